#include "contacts/contact_lookup.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/throttle.hpp"
#include "contacts/lookup_answer.hpp"
#include "contacts/lookup_turns.hpp"
#include "net/destinations.hpp"
#include "net/http_client.hpp"
#include "net/url_template.hpp"

namespace callboard {
namespace {

constexpr std::chrono::minutes kSweep{1};
constexpr std::array<std::string_view, 2> kPlaceholders = {"*NUMBER*", "*E164*"};
constexpr UrlTemplate kTemplate = {.placeholders = kPlaceholders,
                                   .example = "https://crm.example/name?phone=*NUMBER*",
                                   .instead_of_user = "give lookup_header instead"};

std::string filled(std::string_view url, const std::string& number) {
    const std::string e164 = "+" + number.substr(std::min<std::size_t>(number.size(), 2));
    return kTemplate.filled(url, [&](std::size_t i) -> std::string_view { return i == 0 ? number : e164; });
}

HttpClient::Settings client_settings(const ContactLookup::Settings& settings) {
    HttpClient::Settings client;
    client.authorities = settings.authorities;
    const Destinations destinations(settings.allow_private);
    if (!destinations.names(host_of(settings.url)))
        client.allowed = [destinations](std::string_view address) { return destinations.allows(address); };
    return client;
}

HttpClient::Headers headers_of(const ContactLookup::Settings& settings) {
    HttpClient::Headers headers = {{"Accept", "application/json, text/plain"}};
    if (const auto line = header_line(settings.header.reveal()); !line.name.empty())
        headers.emplace_back(line.name, line.value);
    return headers;
}

Counter& counted(Metrics& metrics, const char* result) {
    return metrics.counter(
        "callboard_contact_lookups_total",
        "Names of numbers that the directory was asked for; refused: it was left alone, or "
        "too many waited.",
        {{"result", result}});
}

}  // namespace

class ContactLookup::Impl {
  public:
    Impl(Settings the_settings, ContactStore& the_store, const Clock& the_clock, Metrics& metrics)
        : settings(std::move(the_settings)),
          store(the_store),
          clock(the_clock),
          found(counted(metrics, "found")),
          nobody(counted(metrics, "nobody")),
          failed(counted(metrics, "failed")),
          refused(counted(metrics, "refused")),
          headers(headers_of(settings)),
          client(std::make_unique<HttpClient>(client_settings(settings))),
          thread([this] { run(); }) {}
    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        work.notify_one();
        thread.join();
        client.reset();  // its last answers come to nobody
    }

    bool ask(std::string_view account, std::string_view number) {
        const auto due = store.is_to_be_looked_up(account, number, clock.now());
        if (!due || !*due) return false;
        bool waits = false;
        {
            const std::lock_guard lock(mutex);
            waits = turns.want({std::string(account), std::string(number)}, clock.steady());
        }
        waits ? work.notify_one() : refused.add();
        return waits;
    }

  private:
    struct Answered {
        LookupQuestion question;
        LookupAnswer answer;
    };

    void run() {
        std::unique_lock lock(mutex);
        while (!stopping) {
            work.wait_for(lock, kSweep,
                          [this] { return stopping || !answers.empty() || turns.has_next(clock.steady()); });
            const auto heard = std::exchange(answers, {});
            lock.unlock();
            // Before its turn is over: who asks in between would find neither the name nor the question.
            for (const Answered& one : heard) keep(one);
            lock.lock();
            for (const Answered& one : heard)
                turns.answered(one.question, one.answer.kind == LookupAnswer::Kind::failed, clock.steady());
            std::vector<LookupQuestion> begun;
            while (auto next = turns.next(clock.steady())) begun.push_back(*std::move(next));
            lock.unlock();
            for (LookupQuestion& one : begun) begin(std::move(one));
            sweep();
            lock.lock();
        }
    }
    void begin(LookupQuestion question) {
        HttpClient::Request request;
        request.url = filled(settings.url, question.number);
        request.headers = headers;
        request.limits = {.within = settings.timeout,
                          .connect_within = settings.timeout,
                          .most_body_bytes = 64 << 10,
                          .most_header_bytes = 16 << 10};
        client->send(std::move(request), [this, question = std::move(question)](const auto& answer) {
            LookupAnswer read = answer ? read_lookup(answer->status, answer->header("content-type"),
                                                     answer->body, settings.field)
                                       : LookupAnswer{LookupAnswer::Kind::failed, {}, answer.error().what};
            {
                const std::lock_guard lock(mutex);
                answers.push_back({question, std::move(read)});
            }
            work.notify_one();
        });
    }

    void keep(const Answered& one) {
        if (one.answer.kind == LookupAnswer::Kind::failed) {
            failed.add();
            if (const auto count = answer_log.hit(clock.steady()))
                spdlog::warn("contacts: the directory gave no name ({} times): {}; see lookup in [contacts]",
                             *count, one.answer.why);
            return;
        }
        const bool known = one.answer.kind == LookupAnswer::Kind::found;
        (known ? found : nobody).add();
        const Time until =
            clock.now() + (known ? settings.keep : std::min(settings.keep, settings.keep_nobody));
        note(store.keep_looked_up(one.question.account, {one.question.number, one.answer.name}, until));
    }

    void sweep() {
        const auto now = clock.steady();
        if (now < next_sweep) return;
        next_sweep = now + kSweep;
        note(store.forget_looked_up(clock.now()));
    }

    void note(const Result<void>& written) {
        if (!written && file_log.hit(clock.steady()))
            spdlog::error("contacts: what the directory said cannot be kept: {}", written.error().what);
    }

    const Settings settings;
    ContactStore& store;
    const Clock& clock;
    Counter& found;
    Counter& nobody;
    Counter& failed;
    Counter& refused;
    const HttpClient::Headers headers;  // of every question

    std::mutex mutex;
    std::condition_variable work;
    // Guarded by mutex.
    LookupTurns turns;
    std::vector<Answered> answers;
    bool stopping = false;

    // Of the thread.
    std::chrono::steady_clock::time_point next_sweep = std::chrono::steady_clock::time_point::min();
    Throttle answer_log{std::chrono::minutes(5)}, file_log;

    std::unique_ptr<HttpClient> client;
    std::thread thread;
};

ContactLookup::ContactLookup(Settings settings, ContactStore& store, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(settings), store, clock, metrics)) {}
ContactLookup::~ContactLookup() = default;

bool ContactLookup::ask(std::string_view account, std::string_view number) {
    return impl_->ask(account, number);
}

std::optional<std::string> ContactLookup::wrong_url(std::string_view url) {
    if (auto wrong = kTemplate.wrong(url)) return wrong;
    if (url.find(kPlaceholders[0]) == std::string_view::npos &&
        url.find(kPlaceholders[1]) == std::string_view::npos)
        return "has to say where the number goes: *NUMBER* (0033612345678) or *E164* (+33612345678)";
    return std::nullopt;
}

}  // namespace callboard
