#include "delivery/webhook/courier.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "net/url_template.hpp"

namespace callboard::webhook {
namespace {

constexpr std::size_t kPage = 256;  // records that one webhook is read on by, then the others have their turn
/// What time alone brings about is told when no event from before can come any more.
constexpr Duration kSlack = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kHousekeeping{1'000};
constexpr std::chrono::milliseconds kTrouble{1'000};
constexpr std::chrono::milliseconds kGrace{1'000};  // for what is under way when stopping
constexpr std::chrono::minutes kRetirement{10};
constexpr std::chrono::seconds kLongestWait{60};

}  // namespace

Result<std::unique_ptr<Courier>> Courier::start(const std::filesystem::path& file, const Secret& key,
                                                Hub& hub, const Journal& journal, const Clock& clock,
                                                Metrics& metrics, std::vector<Webhook> configured,
                                                Rules rules, Settings settings) {
    auto opened = WebhookFile::open(file, key);
    if (!opened) return opened.error();
    std::unique_ptr<Courier> courier(
        new Courier(*std::move(opened), hub, journal, clock, metrics, std::move(rules), std::move(settings)));
    if (auto loaded = courier->load(std::move(configured)); !loaded) return loaded.error();
    hub.add(*courier);
    courier->thread_ = std::thread([it = courier.get()] { it->run(); });
    return courier;
}

Courier::Courier(WebhookFile file, Hub& hub, const Journal& journal, const Clock& clock, Metrics& metrics,
                 Rules rules, Settings settings)
    : file_(std::move(file)),
      hub_(hub),
      journal_(journal),
      clock_(clock),
      metrics_(metrics),
      settings_(std::move(settings)),
      destinations_(std::make_shared<const Destinations>(rules.allow_private)),
      thresholds_(std::move(rules.thresholds)) {
    HttpClient::Settings client;
    client.authorities = settings_.authorities;
    // Every webhook has its share, and tests and replays theirs.
    client.most_at_once = kMostWebhooks * settings_.schedule.parallel + kMostImmediate;
    open_ = std::make_unique<HttpClient>(client);
    client.allowed = [this](std::string_view address) {
        const std::lock_guard lock(destinations_mutex_);
        return destinations_->allows(address);
    };
    guarded_ = std::make_unique<HttpClient>(std::move(client));
}

Courier::~Courier() {
    stop();
    guarded_.reset();
    open_.reset();
}

void Courier::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (!thread_.joinable()) return;
    thread_.join();
    hub_.remove(*this);
}

void Courier::on_announced(Sequence) noexcept {
    if (!listening_) return;
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    wake_.notify_one();
}

Result<void> Courier::load(std::vector<Webhook> configured) {
    auto standings = file_.standings();
    if (!standings) return standings.error();
    std::map<std::string, Standing> known;
    for (Standing& standing : *standings) known.emplace(standing.id, standing);
    for (const auto& [id, standing] : known)
        if (standing.made) endpoints_.emplace(id, endpoint(*standing.made, standing));
    for (Webhook& webhook : configured) {
        const auto found = known.find(webhook.id);
        Standing standing = found == known.end() ? fresh(webhook) : found->second;
        // Somebody has looked after it.
        if (standing.state == Schedule::State::stopped && standing.shape != file_.shape(webhook))
            standing = fresh(webhook);
        const std::string id = webhook.id;
        auto [added, is_new] = endpoints_.emplace(id, endpoint(std::move(webhook), standing));
        added->second.changed = true;
        known.erase(id);
    }
    for (const auto& [id, standing] : known)
        if (!standing.made) forget(id);
    auto waiting = file_.waiting();
    if (!waiting) return waiting.error();
    for (const Waiting& one : *waiting) {
        const auto found = endpoints_.find(one.webhook);
        if (found == endpoints_.end())
            changes_.over.push_back(one.id);
        else
            found->second.schedule.add(one.id, one.subject, one.attempts, one.due);
    }
    // They may have been put off by another calendar.
    for (auto& [id, endpoint] : endpoints_) endpoint.schedule.calendar_was_set(clock_.now());
    listening_ = !endpoints_.empty();
    return {};
}

/// Begins with what comes from now on.
Standing Courier::fresh(const Webhook& webhook) const {
    Standing standing;
    standing.id = webhook.id;
    standing.place = {hub_.epoch(), hub_.last(), clock_.now()};
    return standing;
}

Courier::Endpoint Courier::endpoint(Webhook webhook, const Standing& standing) const {
    Place place = standing.place;
    if (place.epoch != hub_.epoch() || place.sequence > hub_.last()) {
        spdlog::warn("webhooks: {} stood in another journal; it goes on from now", webhook.name);
        place = {hub_.epoch(), hub_.last(), clock_.now()};
    }
    Sequence from = place.sequence;
    if (Feed(webhook, place, from, hub_.zone()).folds())
        from = std::min(from, std::max<Sequence>(journal_.first_at(place.time - settings_.folded), 1) - 1);
    Feed feed(webhook, place, from, hub_.zone());
    return {std::move(webhook), Schedule(settings_.schedule, standing.state, standing.failing_since),
            std::move(feed),    standing.last_error,
            standing.place,     false};
}

Standing Courier::standing_of(const Endpoint& endpoint) const {
    Standing standing;
    standing.id = endpoint.webhook.id;
    standing.place = endpoint.feed.place();
    standing.state = endpoint.schedule.state();
    standing.failing_since = endpoint.schedule.failing_since();
    standing.last_error = endpoint.last_error;
    standing.shape = file_.shape(endpoint.webhook);
    if (!endpoint.webhook.configured) standing.made = endpoint.webhook;
    return standing;
}

View Courier::view(const Endpoint& endpoint) {
    return {endpoint.webhook, endpoint.schedule.state(), endpoint.schedule.waiting(),
            endpoint.schedule.failing_since(), endpoint.last_error};
}

void Courier::put_in_force(std::vector<Webhook> configured) {
    std::vector<std::string> gone;
    for (const auto& [id, endpoint] : endpoints_)
        if (endpoint.webhook.configured &&
            std::none_of(configured.begin(), configured.end(),
                         [&known = id](const Webhook& one) { return one.id == known; }))
            gone.push_back(id);
    for (const std::string& id : gone) forget(id);
    for (Webhook& webhook : configured) {
        const auto found = endpoints_.find(webhook.id);
        if (found == endpoints_.end()) {
            const std::string id = webhook.id;
            const Standing standing = fresh(webhook);
            endpoints_.emplace(id, endpoint(std::move(webhook), standing)).first->second.changed = true;
            continue;
        }
        Endpoint& known = found->second;
        if (known.webhook.same(webhook)) continue;
        // What waits stays, and goes where the webhook leads now.
        const bool stopped = known.schedule.state() == Schedule::State::stopped;
        Standing standing = stopped ? fresh(webhook) : standing_of(known);
        known.feed = endpoint(webhook, standing).feed;
        known.webhook = std::move(webhook);
        known.schedule.resume(clock_.now());
        known.changed = true;
    }
    listening_ = !endpoints_.empty();
}

void Courier::forget(const std::string& id) {
    endpoints_.erase(id);
    changes_.standings.erase(id);
    std::erase_if(changes_.added, [&](const Changes::Added& one) { return one.waiting.webhook == id; });
    std::erase_if(changes_.attempts, [&](const Attempt& one) { return one.webhook == id; });
    changes_.removed.push_back(id);
}

void Courier::run() {
    while (true) {
        run_requests();
        finish_arrived();
        housekeeping();
        bool more = false;
        trouble_ = false;
        // Nothing is attempted that is not in the file: its id has to stay the same.
        if (flush()) {
            more = read_feeds();
            if (flush()) attempt_due();
        }
        wait(more);
        const std::lock_guard lock(mutex_);
        if (stopping_) break;
    }
    const auto end = clock_.steady() + kGrace;
    while (!under_way_.empty() && clock_.steady() < end) {
        finish_arrived();
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, std::chrono::milliseconds(50), [this] { return !arrived_.empty(); });
    }
    for (auto& [id, endpoint] : endpoints_) endpoint.changed = true;
    flush();
    if (const auto synced = file_.sync(); !synced) spdlog::error("webhooks: {}", synced.error().what);
}

void Courier::wait(bool more) {
    const auto until = next_wake();
    std::unique_lock lock(mutex_);
    if (!more)
        wake_.wait_for(lock, until - clock_.steady(),
                       [this] { return woken_ || stopping_ || !requests_.empty() || !arrived_.empty(); });
    woken_ = false;
}

Courier::Steady Courier::next_wake() const {
    const Steady now = clock_.steady();
    const Time wall = clock_.now();
    Steady wake = now + kLongestWait;
    const auto at = [&](Time time) {
        const auto wait = std::clamp<Duration>(time - wall, Duration::zero(), kLongestWait);
        wake = std::min(wake, now + std::chrono::duration_cast<Steady::duration>(wait));
    };
    bool behind = unsynced_;
    for (const auto& [id, endpoint] : endpoints_) {
        if (endpoint.schedule.state() == Schedule::State::stopped) continue;
        if (const auto due = endpoint.schedule.next(); due && !trouble_) at(*due);
        if (const auto due = endpoint.feed.next(thresholds_); due)
            at(std::max(*due + kSlack, wall + kSlack / 10));
        behind = behind || endpoint.feed.place() != endpoint.written;
    }
    if (trouble_) wake = std::min(wake, now + kTrouble);
    return behind ? std::min(wake, std::max(next_housekeeping_, now)) : wake;
}

void Courier::run_requests() {
    std::deque<std::function<void()>> requests;
    {
        const std::lock_guard lock(mutex_);
        requests.swap(requests_);
    }
    for (const auto& request : requests) request();
}

void Courier::finish_arrived() {
    std::vector<Arrived> arrived;
    {
        const std::lock_guard lock(mutex_);
        arrived.swap(arrived_);
    }
    for (Arrived& one : arrived) {
        auto found = under_way_.extract(one.ticket);
        if (!found.empty()) finish(std::move(found.mapped()), std::move(one.reply));
    }
}

void Courier::finish(UnderWay over, Reply reply) {
    Attempt& attempt = over.attempt;
    if (!over.scheduled) --immediate_;
    const auto found = endpoints_.find(over.endpoint);
    if (found == endpoints_.end()) {
        if (over.done) over.done(Error{Error::Kind::missing, "This webhook was removed meanwhile"});
        return;
    }
    Endpoint& endpoint = found->second;
    const Time now = clock_.now();
    attempt.took = std::chrono::duration_cast<Duration>(clock_.steady() - over.begun);
    attempt.status = reply.status;
    attempt.answer = std::move(reply.answer);
    attempt.error = std::move(reply.error);
    if (over.scheduled) {
        const double random = std::uniform_real_distribution<double>()(random_);
        const auto finished = endpoint.schedule.finish(attempt.delivery, reply.outcome, now, random);
        attempt.number = finished.attempts;
        attempt.result = finished.verdict;
        settle(endpoint, attempt, finished);
    } else {
        attempt.result = reply.outcome == Schedule::Outcome::delivered ? Schedule::Verdict::delivered
                         : reply.outcome == Schedule::Outcome::gone    ? Schedule::Verdict::gone
                                                                       : Schedule::Verdict::failed;
        if (reply.outcome == Schedule::Outcome::delivered &&
            endpoint.schedule.state() == Schedule::State::paused)
            endpoint.schedule.resume(now);
    }
    if (endpoint.last_error != attempt.error) endpoint.changed = true;
    endpoint.last_error = attempt.error;
    attempt.id = file_.next_attempt();
    metrics_
        .counter("callboard_webhook_deliveries_total",
                 "Attempts to deliver to webhooks, by what came of them.",
                 {{"result", text_of(attempt.result)}})
        .add();
    if (over.done) over.done(attempt);
    changes_.attempts.push_back(std::move(attempt));
}

void Courier::settle(Endpoint& endpoint, const Attempt& attempt, const Schedule::Finished& finished) {
    endpoint.changed = endpoint.changed || finished.verdict != Schedule::Verdict::delivered;
    switch (finished.verdict) {
        case Schedule::Verdict::retrying:
            changes_.retried.push_back({attempt.delivery, finished.attempts, finished.due});
            break;
        case Schedule::Verdict::gone:
            spdlog::warn("webhooks: {} is stopped: its receiver answered 410", endpoint.webhook.name);
            std::erase_if(changes_.added, [&](const Changes::Added& one) {
                return one.waiting.webhook == endpoint.webhook.id;
            });
            changes_.cleared.push_back(endpoint.webhook.id);
            break;
        case Schedule::Verdict::failed:
            spdlog::warn("webhooks: {} did not take delivery {} in {} attempts: {}", endpoint.webhook.name,
                         file_.id_of(attempt.delivery), finished.attempts, attempt.error);
            [[fallthrough]];
        case Schedule::Verdict::delivered:
            changes_.over.push_back(attempt.delivery);
            break;
    }
}

bool Courier::read_feeds() {
    bool more = false;
    for (auto& [id, endpoint] : endpoints_) more = read_on(endpoint) || more;
    return more;
}

/// Reads one page; whether there is more to read at once.
bool Courier::read_on(Endpoint& endpoint) {
    if (endpoint.schedule.state() == Schedule::State::stopped ||
        endpoint.schedule.waiting() >= settings_.most_waiting)
        return false;
    note_lost(endpoint);
    std::vector<Message> told;
    const Time now = clock_.now();
    const Sequence position = endpoint.feed.position();
    if (position >= hub_.last()) {
        endpoint.feed.until(now - kSlack, thresholds_, told);
        add(endpoint, std::move(told));
        return false;
    }
    const auto page = hub_.read(position, kPage);
    if (!page) {
        trouble_ = true;
        if (const auto times = trouble_spoken_.hit(clock_.steady()))
            spdlog::error("webhooks: {} ({} times)", page.error().what, *times);
        return false;
    }
    for (const Announced& event : page->events) endpoint.feed.take(event->record, thresholds_, told);
    endpoint.feed.skip(page->next);
    add(endpoint, std::move(told));
    return endpoint.feed.position() > position && endpoint.feed.position() < hub_.last();
}

/// Loss is never silent.
void Courier::note_lost(Endpoint& endpoint) {
    const Sequence first = hub_.first();
    if (endpoint.feed.position() + 1 >= first) return;
    const Sequence reached = endpoint.feed.place().sequence;
    if (reached + 1 < first) {
        const std::uint64_t lost = first - 1 - reached;
        endpoint.last_error =
            fmt::format("{} events were older than the journal's retention before they could be read", lost);
        endpoint.changed = true;
        spdlog::error("webhooks: {}: {}", endpoint.webhook.name, endpoint.last_error);
        metrics_
            .counter("callboard_webhook_lost_total",
                     "Events that the journal forgot before a webhook read them.")
            .add(lost);
    }
    endpoint.feed.skip(first - 1);
}

void Courier::add(Endpoint& endpoint, std::vector<Message> told) {
    if (told.empty()) return;
    const Time now = clock_.now();
    endpoint.changed = true;
    for (Message& message : told) {
        const auto subject = subject_of(message);
        changes_.added.push_back(
            {{file_.next_delivery(), endpoint.webhook.id, subject, 0, now}, std::move(message)});
    }
}

/// Writes what changed; only then do new deliveries wait to be attempted.
bool Courier::flush() {
    for (auto& [id, endpoint] : endpoints_)
        if (endpoint.changed) changes_.standings[id] = standing_of(endpoint);
    if (changes_.empty()) return true;
    if (const auto written = file_.write(changes_); !written) {
        trouble_ = true;
        if (const auto times = trouble_spoken_.hit(clock_.steady()))
            spdlog::error("webhooks: {} ({} times)", written.error().what, *times);
        return false;
    }
    unsynced_ = true;
    for (const auto& [id, standing] : changes_.standings)
        if (const auto found = endpoints_.find(id); found != endpoints_.end()) {
            found->second.changed = false;
            found->second.written = standing.place;
        }
    for (const auto& [one, message] : changes_.added)
        if (const auto found = endpoints_.find(one.webhook); found != endpoints_.end())
            found->second.schedule.add(one.id, one.subject, one.attempts, one.due);
    changes_ = {};
    return true;
}

void Courier::housekeeping() {
    const Steady now = clock_.steady();
    if (now < next_housekeeping_) return;
    next_housekeeping_ = now + kHousekeeping;
    for (auto& [id, endpoint] : endpoints_)
        endpoint.changed = endpoint.changed || endpoint.feed.place() != endpoint.written;
    if (std::exchange(unsynced_, false))
        if (const auto synced = file_.sync(); !synced)
            if (const auto times = trouble_spoken_.hit(now))
                spdlog::error("webhooks: {} ({} times)", synced.error().what, *times);
    if (now < next_retirement_) return;
    const auto more = file_.retire(clock_.now() - settings_.log_age);
    next_retirement_ = more && *more ? now : now + kRetirement;
}

void Courier::attempt_due() {
    const Time now = clock_.now();
    if (now < std::exchange(looked_, now))
        for (auto& [id, endpoint] : endpoints_) endpoint.schedule.calendar_was_set(now);
    for (auto& [id, endpoint] : endpoints_)
        while (const auto delivery = endpoint.schedule.begin(now)) {
            auto message = file_.message(*delivery);
            if (message) {
                attempt(endpoint, *std::move(message), *delivery, true, {});
                continue;
            }
            spdlog::error("webhooks: {}: {}", endpoint.webhook.name, message.error().what);
            const bool gone = message.error().kind == Error::Kind::missing;
            const auto finished = endpoint.schedule.finish(
                *delivery, gone ? Schedule::Outcome::delivered : Schedule::Outcome::failed, now, 0);
            if (finished.verdict != Schedule::Verdict::retrying) changes_.over.push_back(*delivery);
        }
}

void Courier::attempt(Endpoint& endpoint, Message message, std::int64_t delivery, bool scheduled,
                      std::function<void(Result<Attempt>)> done) {
    const Time now = clock_.now();
    HttpClient::Request request =
        request_of(endpoint.webhook, message, file_.id_of(delivery), now, settings_.deadline);
    const bool named = [&] {
        const std::lock_guard lock(destinations_mutex_);
        return destinations_->names(host_of(request.url));
    }();
    UnderWay begun;
    begun.endpoint = begun.attempt.webhook = endpoint.webhook.id;
    begun.attempt.delivery = delivery;
    begun.attempt.callboard_id = file_.id_of(delivery);
    begun.attempt.at = now;
    begun.attempt.request = fmt::format("{} {}", request.method, request.url);
    begun.attempt.message = std::move(message);
    begun.begun = clock_.steady();
    begun.scheduled = scheduled;
    begun.done = std::move(done);
    if (!scheduled) ++immediate_;
    const std::uint64_t ticket = ++last_ticket_;
    under_way_.emplace(ticket, std::move(begun));
    (named ? *open_ : *guarded_).send(std::move(request), [this, ticket](Result<HttpClient::Answer> answer) {
        {
            const std::lock_guard lock(mutex_);
            arrived_.push_back({ticket, reply_of(std::move(answer))});
        }
        wake_.notify_one();
    });
}

}  // namespace callboard::webhook
