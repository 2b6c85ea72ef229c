#include "sources/ovh/ovh_source.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "base/backoff.hpp"
#include "base/throttle.hpp"
#include "net/http_client.hpp"
#include "sources/ovh/ovh_place.hpp"
#include "sources/ovh/ovh_repeats.hpp"
#include "sources/source_state.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock::time_point;

constexpr milliseconds kTick{100};
constexpr milliseconds kAnswerWithin{30'000};  // of what is answered at once
constexpr milliseconds kOnlySkipped{100};      // after an answer of which nothing could be told on
constexpr milliseconds kNotedTogether{50};     // places this close to each other

Counter& skipped(Metrics& metrics, const std::string& source, const char* reason) {
    return metrics.counter(
        "callboard_ovh_skipped_total",
        "Events of the service that were not told on: of a number that the configuration does "
        "not have, unreadable, or told before.",
        {{"source", source}, {"reason", reason}});
}

}  // namespace

class OvhSource::Impl {
  public:
    Impl(Settings the_settings, EventSink& the_sink, const Clock& the_clock, Metrics& metrics)
        : settings(std::move(the_settings)),
          sink(the_sink),
          clock(the_clock),
          polls(metrics.counter("callboard_ovh_polls_total", "Polls that the service answered.",
                                {{"source", settings.name}})),
          events(metrics.counter("callboard_ovh_events_total", "Events of the service that were told on.",
                                 {{"source", settings.name}})),
          gaps(metrics.counter("callboard_ovh_gaps_total",
                               "Times that the service could not tell everything since the last answer.",
                               {{"source", settings.name}})),
          unknown(skipped(metrics, settings.name, "unknown_number")),
          unreadable(skipped(metrics, settings.name, "unreadable")),
          repeated(skipped(metrics, settings.name, "repeated")),
          state(settings.name, "ovh", the_clock, metrics),
          file(settings.place,
               Secret(fmt::format("{}\n{}\n{}", settings.url, static_cast<int>(settings.version),
                                  settings.token.reveal()))) {}

    void run() {
        const OvhPlace place = resume();
        OvhSession session(settings.version, settings.token, place.session);
        HttpClient client({});
        while (!stopping()) {
            const auto wait = attempt(client, session);
            const auto until = clock.steady() + wait;
            while (clock.steady() < until && rest(std::min(wait, kTick))) save_settled();
        }
        // The journal has all of it, and the hub, which stops after us, sees to the disk.
        if (!settling.empty()) save(settling.back().place);
    }

    bool stopping() {
        const std::lock_guard lock(mutex);
        return stop;
    }
    const Settings settings;
    EventSink& sink;
    const Clock& clock;
    Counter& polls;
    Counter& events;
    Counter& gaps;
    Counter& unknown;
    Counter& unreadable;
    Counter& repeated;
    SourceState state;
    std::thread thread;

    std::mutex mutex;
    std::condition_variable changed;
    // Guarded by mutex.
    bool stop = false;
    std::optional<Result<HttpClient::Answer>> answered;

  private:
    /// A place that is noted when the disk has what leads up to it.
    struct Settling {
        Steady begun, last;
        OvhPlace place;
    };

    /// Where an earlier run was, and what it may be told again.
    OvhPlace resume() {
        OvhPlace place = file.load();
        if (place.session.empty()) return place;
        const auto read = sink.read(place.after, [this](const Record& record) {
            repeats.was_kept(record.name, record.ressource, record.data);
        });
        if (!read) spdlog::warn("source {}: {}; events may be told twice", settings.name, read.error().what);
        saved = place;
        return place;
    }

    /// Waits. False: it is time to stop.
    bool rest(milliseconds time) {
        std::unique_lock lock(mutex);
        return !changed.wait_for(lock, time, [this] { return stop; });
    }

    /// Asks the next question and deals with its answer. Returns how long to wait before the next.
    milliseconds attempt(HttpClient& client, OvhSession& session) {
        const auto question = session.question();
        const Steady asked = clock.steady();
        const auto answer = ask(client, question);
        if (!answer) return milliseconds::zero();
        if (!*answer) {
            hung = question.waits && clock.steady() - asked >= settings.poll_within;
            return lost(answer->error().what, false);
        }
        const HttpClient::Answer& reply = **answer;
        auto heard = session.hear(reply.status, reply.body, reply.header("x-callboard-gap"),
                                  *sink.directory(), clock.now());
        switch (heard.kind) {
            case OvhSession::Heard::Kind::going_on:
                if (!session.place().empty()) save({session.place(), sink.last()});
                return milliseconds::zero();
            case OvhSession::Heard::Kind::told:
                polls.add();
                return told(session, heard, asked);
            case OvhSession::Heard::Kind::lost:
                note_gap(heard.why);
                return lost(heard.why, false);
            case OvhSession::Heard::Kind::refused:
                return lost(heard.why, true);
            case OvhSession::Heard::Kind::trouble:
                break;
        }
        return lost(heard.why, false);
    }

    /// Nothing: it is time to stop.
    std::optional<Result<HttpClient::Answer>> ask(HttpClient& client, const OvhSession::Question& question) {
        HttpClient::Request request;
        request.method = question.method;
        request.url = settings.url + question.path;
        request.limits = {.within = question.waits ? settings.poll_within : kAnswerWithin,
                          .connect_within = settings.connect_within,
                          .most_body_bytes = OvhAnswer::kLongest};
        const Steady asked = clock.steady();
        const auto id = client.send(std::move(request), [this](Result<HttpClient::Answer> answer) {
            const std::lock_guard lock(mutex);
            answered = std::move(answer);
            changed.notify_all();
        });
        for (;;) {
            {
                std::unique_lock lock(mutex);
                changed.wait_for(lock, kTick, [this] { return stop || answered; });
                if (answered) return std::exchange(answered, std::nullopt);
                if (stop) break;
            }
            if (question.waits && !hung && clock.steady() - asked >= settings.accepted_after) listening();
            save_settled();
        }
        client.cancel(id);
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return answered.has_value(); });  // HttpClient answers everyone
        // What came before it was cancelled is dealt with also when it is time to stop: the service knows
        // that we have it, and will not tell it again.
        auto last = std::exchange(answered, std::nullopt);
        return *last ? std::move(last) : std::nullopt;
    }

    milliseconds told(OvhSession& session, OvhSession::Heard& heard, Steady asked) {
        hung = false;
        listening();
        if (!heard.gap.empty()) note_gap(heard.gap);
        if (!heard.why.empty() && message_log.hit(clock.steady()))
            spdlog::info("source {}: the service says: {}", settings.name, ovh_reason(heard.why));
        note_skipped(heard.answer);
        std::vector<Event> fresh;
        for (auto& one : heard.answer.events) {
            if (repeats.is_repeat(one, sink.data_of(one.event)))
                repeated.add();
            else
                fresh.push_back(std::move(one.event));
        }
        repeats.answered();
        const std::size_t count = fresh.size();
        Sequence before = sink.last();
        if (!keep(std::move(fresh))) return milliseconds::zero();
        session.kept();
        events.add(count);
        note_place({session.place(), before}, count > 0);
        save_settled();
        if (count > 0 || clock.steady() - asked >= settings.least_hold) {
            backoff.reset();
            return milliseconds::zero();
        }
        const bool skipped_some = !heard.answer.unknown.empty() || !heard.answer.unreadable.empty();
        return skipped_some ? kOnlySkipped : backoff.next(random());
    }

    /// False: it is time to stop, and nothing is kept.
    bool keep(std::vector<Event> fresh) {
        if (fresh.empty()) return true;
        Backoff again;
        for (const Time collected = clock.now();;) {
            const auto kept = sink.keep(fresh, collected);
            if (kept) return true;
            if (kept.error().kind == Error::Kind::invalid) {
                unreadable.add(fresh.size());
                spdlog::error("source {}: {} events are lost: {}", settings.name, fresh.size(),
                              kept.error().what);
                return true;
            }
            if (keep_log.hit(clock.steady()))
                spdlog::warn("source {}: {} events wait: {}", settings.name, fresh.size(), kept.error().what);
            if (!rest(again.next(random()))) return false;
        }
    }

    void note_place(OvhPlace place, bool has_events) {
        // Without any place at all a restart would leave out more than a crash of the machine could.
        if (saved.session.empty() || (!has_events && settling.empty())) return save(place);
        const Steady now = clock.steady();
        if (!settling.empty() && now - settling.back().begun < kNotedTogether)
            settling.back() = {settling.back().begun, now, std::move(place)};
        else
            settling.push_back({now, now, std::move(place)});
    }

    void save_settled() {
        std::optional<OvhPlace> newest;
        while (!settling.empty() && clock.steady() - settling.front().last >= settings.settled_after) {
            newest = std::move(settling.front().place);
            settling.pop_front();
        }
        if (newest) save(*newest);
    }
    void save(const OvhPlace& place) {
        if (place == saved) return;
        const auto written = file.save(place);
        if (written)
            saved = place;
        else if (place_log.hit(clock.steady()))
            spdlog::error("source {}: {}; after a restart events would be asked for again", settings.name,
                          written.error().what);
    }

    void note_gap(const std::string& what) {
        gaps.add();
        spdlog::warn("source {}: events are missing: {}", settings.name, ovh_reason(what));
    }
    void note_skipped(const OvhAnswer& answer) {
        const Steady now = clock.steady();
        unknown.add(answer.unknown.size());
        unreadable.add(answer.unreadable.size());
        if (!answer.unknown.empty())
            if (const auto count = unknown_log.hit(now, answer.unknown.size()))
                spdlog::warn(
                    "source {}: {} events are of numbers that the configuration does not have, such as {}; "
                    "add "
                    "them as [[account.service]] to have their events",
                    settings.name, *count, ovh_reason(answer.unknown.back()));
        if (!answer.unreadable.empty())
            if (const auto count = unreadable_log.hit(now, answer.unreadable.size()))
                spdlog::warn("source {}: {} events cannot be read: {}", settings.name, *count,
                             ovh_reason(answer.unreadable.back()));
    }

    void listening() {
        if (state.up()) return;
        state.set(true, {});
        said.clear();
        spdlog::info("source {}: listening to {}", settings.name, settings.url);
    }

    milliseconds lost(const std::string& why, bool refused) {
        state.set(false, why);
        // The same trouble again is said once in a while only, and a dead token once.
        const bool again = said == why;
        if (const auto count = log.hit(clock.steady()); (count && !refused) || !again)
            spdlog::warn("source {}: {}{}", settings.name, why, refused ? "" : "; trying again");
        said = why;
        const auto wait = backoff.next(random());
        return refused ? std::max(wait, settings.refused_wait) : wait;
    }

    double random() { return std::uniform_real_distribution<double>(0, 1)(randomness); }

    // Of the source's thread.
    const OvhPlaceFile file;
    OvhPlace saved;
    std::deque<Settling> settling;  // oldest first
    OvhRepeats repeats;
    bool hung = false;  // the last poll was held to its deadline
    Backoff backoff;
    std::minstd_rand randomness{std::random_device{}()};
    Throttle log{std::chrono::minutes(5)}, unknown_log{std::chrono::minutes(5)},
        unreadable_log{std::chrono::minutes(5)}, message_log{std::chrono::minutes(5)}, keep_log, place_log;
    std::string said;
};

OvhSource::OvhSource(Settings settings, EventSink& sink, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(settings), sink, clock, metrics)) {}

OvhSource::~OvhSource() { stop(); }

Result<void> OvhSource::start() {
    impl_->state.set(false, "connecting");
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
    return {};
}

void OvhSource::stop() {
    if (!impl_->thread.joinable()) return;
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stop = true;
        impl_->changed.notify_all();
    }
    impl_->thread.join();
    impl_->state.set(false, "stopped");
}

SourceHealth OvhSource::health() const { return impl_->state.health(); }

}  // namespace callboard
