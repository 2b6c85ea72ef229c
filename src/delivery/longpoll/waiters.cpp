#include "delivery/longpoll/waiters.hpp"

#include <algorithm>
#include <utility>

#include "delivery/longpoll/answer.hpp"
#include "delivery/refusal.hpp"
#include "delivery/starting_point.hpp"

namespace callboard {
namespace {

/// Events that one wake takes before other work of the reactor has its turn.
constexpr std::size_t kMostAtOnce = 4'096;
/// Events that a request reads on the reactor's own thread.
constexpr std::size_t kMostSearched = 4'000;

/// A connection's mark: where its last answer for this token ended, for clients that send no session. The
/// token is in it, because a proxy may send several clients' requests over one connection.
std::uint64_t mark_of(std::string_view token, Sequence through) {
    constexpr std::uint64_t sequence_bits = (std::uint64_t{1} << 48) - 1;
    return (std::uint64_t{StringHash{}(token)} << 48) | ((through + 1) & sequence_bits);
}

Sequence resume_at(std::uint64_t mark, std::string_view token, Sequence otherwise) {
    constexpr std::uint64_t sequence_bits = (std::uint64_t{1} << 48) - 1;
    const Sequence through = (mark & sequence_bits) - 1;
    return mark != 0 && mark == mark_of(token, through) ? through : otherwise;
}

}  // namespace

LongPoll::Waiters::Waiters(const Readers& readers, Reactor& reactor, Settings settings)
    : readers_(readers),
      reactor_(reactor),
      settings_(settings),
      seen_(readers.hub.last()),
      deliveries_(readers.metrics.counter("callboard_deliveries_total", "Events written to clients",
                                          {{"transport", "longpoll"}})),
      subscribers_(readers.metrics.gauge("callboard_subscribers", "Clients that wait for events",
                                         {{"transport", "longpoll"}})),
      delivery_seconds_(readers.metrics.histogram("callboard_delivery_seconds", "From signal to socket")),
      wake_(readers.hub, reactor, [this] { wake(); }) {}

void LongPoll::Waiters::serve(const HttpRequest& request, Exchange exchange) {
    const auto now = reactor_.clock().now();
    std::string token = request.parameter("token").value_or("");
    auto grant = readers_.tokens.find(token, now);
    if (!grant)
        return refuse(reactor_, readers_.wrong_tokens, request.peer, exchange,
                      longpoll::refusal(403, kTokenRefused));
    const Sequence otherwise = resume_at(exchange->connection_mark(), token, readers_.hub.last());
    const std::string session = request.parameter("session").value_or("");
    // Most come back with what everybody was told last.
    const bool as_told_last =
        !sealed_.empty() && session == sealed_ && sealed_at_ + 1 >= readers_.hub.first();
    StartingPoint start = as_told_last ? StartingPoint{sealed_at_, {}}
                                       : starting_point(readers_.hub, readers_.seal, session, otherwise);
    auto listening = readers_.listeners.asked(request.peer, token, *grant, "longpoll", request.peer);
    search({std::move(exchange), std::move(token), std::move(*grant), start.after, std::move(start.message),
            reactor_.clock().steady() + settings_.poll_timeout, std::move(listening)});
}

void LongPoll::Waiters::search(Search wanted) {
    PageReader::Job job{wanted.after, wanted.grant, kMostEvents, false};
    if (readers_.hub.in_memory(wanted.after))
        return found(std::move(wanted), read_covered(readers_.hub, job, kMostSearched));
    auto shared = std::make_shared<Search>(std::move(wanted));
    if (!readers_.pages.read(std::move(job), reactor_, [this, shared](PageReader::Found result) {
            found(std::move(*shared), std::move(result));
        }))
        shared->exchange->respond(longpoll::refusal(503, "Too many clients read old events; try again"));
}

void LongPoll::Waiters::found(Search wanted, PageReader::Found found) {
    if (wanted.exchange->gone()) return;
    if (found.failed)
        return wanted.exchange->respond(
            longpoll::refusal(503, "The journal cannot be read just now; try again with the same session"));
    if (found.events.empty() && wanted.message.empty() && !stopping_) {
        wanted.after = found.next;
        wake_.listen(true);
        if (found.next >= readers_.hub.last()) return wait(std::move(wanted));
        // Others have their turn before it reads on.
        auto shared = std::make_shared<Search>(std::move(wanted));
        return reactor_.post([this, shared] { search(std::move(*shared)); });
    }
    const bool timed_out = found.events.empty() && wanted.message.empty();
    const auto response =
        longpoll::answer(session(found.next), timed_out ? longpoll::kTimeout : wanted.message, found.events,
                         wanted.token, wanted.grant.masked);
    measure(found.events, 1);
    if (wanted.listening) wanted.listening->got(found.events.size());
    deliver(wanted.exchange, response, wanted.token, found.next);
}

void LongPoll::Waiters::wait(Search wanted) {
    if (waiting_.size() == 0) seen_ = wanted.after;
    HttpExchange& exchange = *wanted.exchange;
    const auto place = waiting_.add(
        wanted.token, wanted.grant,
        Waiter{std::move(wanted.exchange), wanted.after, wanted.deadline, std::move(wanted.listening)});
    subscribers_.add(1);
    exchange.on_gone([this, place] {
        waiting_.remove(place);
        subscribers_.add(-1);
    });
    if (!std::exchange(sweeping_, true)) reactor_.after(kTokenCheck, [this] { sweep(); });
}

void LongPoll::Waiters::wake() {
    if (waiting_.size() == 0) return;  // who comes next says what it has
    if (!readers_.hub.in_memory(seen_)) return fall_back();
    const auto page = readers_.hub.read(seen_, kMostAtOnce);
    if (!page || page->next == seen_) return;
    gather(page->events);
    seen_ = page->next;
    // Answering may bring in the next request of a connection, and with it new members of a group: these are
    // in nobody's way, because the members of each touched group are taken out before they are answered.
    for (auto* group : std::exchange(touched_, {})) answer_fresh(*group);
    if (seen_ < readers_.hub.last()) reactor_.post([this] { wake(); });
}

void LongPoll::Waiters::gather(std::span<const Announced> events) {
    for (const auto& event : events) {
        if (event->record.native) continue;
        waiting_.for_each_covering(event->record, [&](Waiting::Group& group) {
            if (group.fresh.empty()) touched_.push_back(&group);
            group.fresh.push_back(event);
        });
    }
}

void LongPoll::Waiters::answer_fresh(Waiting::Group& group) {
    const std::string token = group.token;
    const Grant grant = group.grant;
    auto fresh = std::move(group.fresh);
    auto waiters = waiting_.take(group);
    subscribers_.add(-static_cast<std::int64_t>(waiters.size()));

    const bool all = fresh.size() <= kMostEvents;
    if (!all) fresh.resize(kMostEvents);
    const Sequence through = all ? seen_ : fresh.back()->record.sequence;
    const Sequence before = fresh.front()->record.sequence;
    const auto late = std::stable_partition(waiters.begin(), waiters.end(),
                                            [&](const Waiter& waiter) { return waiter.after < before; });
    if (late != waiters.begin()) {
        const auto clients = static_cast<std::size_t>(std::distance(waiters.begin(), late));
        const auto response = longpoll::answer(session(through), "", fresh, token, grant.masked);
        measure(fresh, clients);
        for (auto waiter = waiters.begin(); waiter != late; ++waiter) {
            if (waiter->listening) waiter->listening->got(fresh.size());
            deliver(waiter->exchange, response, token, through);
        }
    }
    for (auto waiter = late; waiter != waiters.end(); ++waiter) read_alone(token, grant, std::move(*waiter));
}

/// Looks for itself: it has some of what the others get, or memory has lost what it needs.
void LongPoll::Waiters::read_alone(const std::string& token, const Grant& grant, Waiter waiter) {
    waiter.exchange->on_gone({});
    search({std::move(waiter.exchange),
            token,
            grant,
            waiter.after,
            {},
            waiter.deadline,
            std::move(waiter.listening)});
}

/// So much came at once that memory has lost what the audience has not seen: each reads for itself.
void LongPoll::Waiters::fall_back() {
    const Sequence lost_from = seen_;
    seen_ = readers_.hub.last();
    for (auto* group : waiting_.groups()) {
        const std::string token = group->token;
        const Grant grant = group->grant;
        auto waiters = waiting_.take(*group);
        subscribers_.add(-static_cast<std::int64_t>(waiters.size()));
        for (auto& waiter : waiters) {
            waiter.after = std::max(waiter.after, lost_from);
            read_alone(token, grant, std::move(waiter));
        }
    }
}

void LongPoll::Waiters::sweep() {
    answer_dead();
    answer_overdue(reactor_.clock().steady());
    waiting_.prune();
    sweeping_ = waiting_.size() > 0;
    wake_.listen(sweeping_);
    if (sweeping_) reactor_.after(kTokenCheck, [this] { sweep(); });
}

void LongPoll::Waiters::answer_overdue(SteadyTime now) {
    for (auto* group : waiting_.groups()) {
        const std::string token = group->token;
        std::list<Waiter> overdue;
        for (auto waiter = group->members.begin(); waiter != group->members.end();) {
            const auto here = waiter++;
            if (!stopping_ && here->deadline > now) continue;
            overdue.push_back(waiting_.remove({group, here}));
        }
        subscribers_.add(-static_cast<std::int64_t>(overdue.size()));
        for (const auto& waiter : overdue) {
            const Sequence through = std::max(waiter.after, seen_);
            deliver(waiter.exchange, longpoll::answer(session(through), longpoll::kTimeout, {}, token), token,
                    through);
        }
    }
}

void LongPoll::Waiters::answer_dead() {
    for (auto* group : waiting_.dead(readers_.tokens, reactor_.clock().now())) {
        const auto waiters = waiting_.take(*group);
        subscribers_.add(-static_cast<std::int64_t>(waiters.size()));
        for (const auto& waiter : waiters) waiter.exchange->respond(longpoll::refusal(403, kTokenRefused));
    }
}

void LongPoll::Waiters::stop() {
    stopping_ = true;
    wake();
    answer_overdue({});
}

void LongPoll::Waiters::deliver(const Exchange& exchange, const SharedBytes& response, std::string_view token,
                                Sequence through) {
    exchange->connection_mark() = mark_of(token, through);
    exchange->respond(response);
}

void LongPoll::Waiters::measure(std::span<const Announced> events, std::size_t clients) {
    deliveries_.add(events.size() * clients);
    const Time now = reactor_.clock().now();
    for (const auto& event : events)
        if (event->signalled != Time{})
            delivery_seconds_.observe(std::chrono::duration<double>(now - event->signalled).count(), clients);
}

/// The cursor as text; most answers of one moment have the same.
const std::string& LongPoll::Waiters::session(Sequence through) {
    if (sealed_.empty() || sealed_at_ != through) {
        sealed_ = readers_.seal.seal({readers_.hub.epoch(), through});
        sealed_at_ = through;
    }
    return sealed_;
}

}  // namespace callboard
