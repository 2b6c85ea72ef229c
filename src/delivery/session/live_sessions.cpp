#include "delivery/session/live_sessions.hpp"

#include <algorithm>
#include <utility>

#include "delivery/session/session_answers.hpp"
#include "delivery/starting_point.hpp"

namespace callboard {
namespace {

/// Events that one wake takes before other work of the reactor has its turn; an answer takes no more either.
constexpr std::size_t kMostAtOnce = kMostEvents;
/// Events that a reader reads from memory on the reactor's own thread before others have their turn.
constexpr std::size_t kMostRead = 4'000;
/// Checks between two looks for sessions that were idle for too long.
constexpr std::uint64_t kChecksToExpiry = 40;

std::size_t index(Transport transport) { return static_cast<std::size_t>(transport); }

std::vector<Told> behind(Sequence place, std::span<const Told> all) {
    std::vector<Told> rest;
    for (const Told& one : all)
        if (one.event->record.sequence > place) rest.push_back(one);
    return rest;
}

}  // namespace

void SessionReader::subscriptions_changed() { live_.restart(*this); }

LiveSessions::LiveSessions(const Readers& readers, Sessions& sessions, Reactor& reactor)
    : readers_(readers),
      sessions_(sessions),
      reactor_(reactor),
      seen_(readers.hub.last()),
      figures_([&]() -> std::array<Figures, kTransports> {
          const auto figures = [&](const char* transport) -> Figures {
              return {readers.metrics.counter("callboard_deliveries_total", "Events written to clients",
                                              {{"transport", transport}}),
                      readers.metrics.gauge("callboard_subscribers", "Clients that wait for events",
                                            {{"transport", transport}})};
          };
          return {figures("v2"), figures("websocket"), figures("websocket")};
      }()),
      delivery_seconds_(readers.metrics.histogram("callboard_delivery_seconds", "From signal to socket")),
      wake_(readers.hub, reactor, [this] { wake(); }) {
    reactor_.post([this] { check(); });
}

bool LiveSessions::attach(std::string_view id, const Member& reader) {
    return sessions_.attach(id, reader,
                            [this, reader](const SessionRecord& session) { join(reader, session); });
}

void LiveSessions::join(const Member& reader, const SessionRecord& session) {
    reader->joined_ = true;
    reader->member_ = members_.insert(members_.end(), reader);
    figures_[index(reader->transport())].subscribers.add(1);
    reader->after_ = session.place();
    if (session.replaced) {
        reader->after_ = readers_.hub.first() - 1;
        reader->gap_ = kJournalReplaced;
    }
    use(reader, session);
}

void LiveSessions::restart(SessionReader& reader) {
    if (!reader.joined_) return;
    const Member self = *reader.member_;
    reader.after_ = std::max(reader.after_, place(reader));
    leave_audience(reader);
    use(self, sessions_.look(reader));
}

void LiveSessions::use(const Member& reader, SessionRecord session) {
    const Time now = reactor_.clock().now();
    std::vector<std::string> dead;
    reader->covered_.clear();
    ++reader->round_;
    for (const Subscription& one : *session.subscriptions) {
        if (auto grant = readers_.tokens.find(one.token, now))
            reader->covered_.push_back({one.token, *std::move(grant), one.start});
        else
            dead.push_back(one.token);
    }
    if (!dead.empty()) session = sessions_.drop(*reader, dead);
    if (session.bereft) return reader->refused();
    begin_listening(*reader, session.id);
    catch_up(reader);
}

/// Under the tokens that it now has, and no others. Those that it had already go on.
void LiveSessions::begin_listening(SessionReader& reader, const std::string& session) {
    auto before = std::exchange(reader.listening_, {});
    for (const Covered& one : reader.covered_) {
        const auto known = before.find(one.token);
        auto listening = known == before.end() ? nullptr : std::move(known->second);
        if (!listening)
            listening = reader.transport_ == Transport::poll
                            ? readers_.listeners.asked(reader.peer_, one.token, one.grant, "v2", session)
                            : readers_.listeners.connected(reader.peer_, one.token, one.grant, "websocket");
        if (!listening) return;  // there is no audit
        reader.listening_.emplace(one.token, std::move(listening));
    }
}

void LiveSessions::count(const SessionReader& reader, std::span<const Told> all) {
    if (reader.listening_.empty()) return;
    for (const Told& one : all)
        if (const auto found = reader.listening_.find(*one.token); found != reader.listening_.end())
            found->second->got(1);
}

void LiveSessions::catch_up(const Member& reader) {
    if (!reader->joined_) return;
    wake_.listen(true);
    const Sequence oldest = readers_.hub.first();
    if (reader->after_ + 1 < oldest && !reader->covered_.empty()) {
        if (reader->gap_.empty()) reader->gap_ = events_gone(oldest - 1 - reader->after_);
        reader->after_ = oldest - 1;
    }
    PageReader::Job job{reader->after_, {}, kMostEvents, false, {}};
    if (reader->covered_.empty()) {
        // Nothing is for it until it subscribes to something.
        reader->after_ = std::max(reader->after_, readers_.hub.last());
        return go_live(reader);
    }
    job.grant = reader->covered_.front().grant;
    for (std::size_t i = 1; i < reader->covered_.size(); ++i) job.also.push_back(reader->covered_[i].grant);
    if (readers_.hub.in_memory(reader->after_))
        return caught(reader, reader->round_, read_covered(readers_.hub, job, kMostRead));
    if (!readers_.pages.read(std::move(job), reactor_,
                             [this, reader, round = reader->round_](const PageReader::Found& found) {
                                 caught(reader, round, found);
                             }))
        reader->failed(session::kTooMuchReading);
}

void LiveSessions::caught(const Member& reader, std::uint32_t round, const PageReader::Found& found) {
    if (!reader->joined_ || reader->round_ != round) return;
    if (found.failed) return reader->failed(session::kJournalTrouble);
    auto all = told(found.events, reader->covered_, reader->after_);
    const Sequence through = cut(all, kMostEvents).value_or(found.next);
    if (!all.empty() || !reader->gap_.empty()) {
        measure(reader->transport(), all, 1);
        count(*reader, all);
        const std::string gap = reader->gap_;
        if (!reader->deliver_found(all, std::max(reader->after_, through), gap)) return;
        reader->gap_.clear();
    }
    reader->after_ = std::max(reader->after_, through);
    if (!reader->joined_) return;  // writing found it gone
    if (reader->after_ >= readers_.hub.last()) return go_live(reader);
    read_on(reader);
}

/// Others have their turn before it reads more.
void LiveSessions::read_on(const Member& reader) {
    reader->when_written([this, reader, round = reader->round_] {
        reactor_.post([this, reader, round] {
            if (reader->round_ == round) catch_up(reader);
        });
    });
}

void LiveSessions::go_live(const Member& reader) {
    if (stopping_) return reader->stop();
    if (live_.size() == 0) seen_ = reader->after_;
    // The audience knows what its tokens cover; thousands wait.
    const auto covered = std::exchange(reader->covered_, {});
    reader->places_.reserve(covered.size());
    for (const Covered& one : covered) reader->places_.push_back(live_.add(one.token, one.grant, reader));
}

/// What it missed is read at its own pace.
void LiveSessions::leave_and_read(const Member& reader) {
    leave_audience(*reader);
    reader->when_written([this, reader, round = reader->round_] {
        reactor_.post([this, reader, round] {
            if (reader->joined_ && reader->round_ == round) use(reader, sessions_.look(*reader));
        });
    });
}

void LiveSessions::leave_audience(SessionReader& reader) {
    for (const auto& place : std::exchange(reader.places_, {})) live_.remove(place);
    reader.touched_ = 0;
}

void LiveSessions::withdraw(SessionReader& reader) {
    if (!std::exchange(reader.joined_, false)) return;
    const Member self = *reader.member_;
    reader.after_ = std::max(reader.after_, place(reader));
    leave_audience(reader);
    reader.listening_.clear();
    members_.erase(reader.member_);
    figures_[index(reader.transport())].subscribers.add(-1);
}

Sequence LiveSessions::place(const SessionReader& reader) const {
    if (!reader.gap_.empty()) return 0;
    return reader.places_.empty() ? reader.after_ : std::max(reader.after_, seen_);
}

void LiveSessions::wake() {
    if (live_.size() == 0) return;  // who comes next says what it has
    if (!readers_.hub.in_memory(seen_)) return fall_back();
    const auto page = readers_.hub.read(seen_, kMostAtOnce);
    if (!page || page->next == seen_) return;
    auto tellings = gather(page->events);
    tell(tellings, page->next);
    // Those who left meanwhile had nothing of this: it is seen only now.
    seen_ = std::max(seen_, page->next);
    if (seen_ < readers_.hub.last()) reactor_.post([this] { wake(); });
}

/// What each token gets, taken out of the audience: telling one client may bring in or end others.
std::vector<LiveSessions::Telling> LiveSessions::gather(std::span<const Announced> events) {
    for (const auto& event : events) {
        if (event->record.native) continue;
        live_.for_each_covering(event->record, [&](Live::Group& group) {
            if (group.fresh.empty()) touched_.push_back(&group);
            group.fresh.push_back(event);
        });
    }
    std::vector<Telling> tellings;
    tellings.reserve(touched_.size());
    for (Live::Group* group : std::exchange(touched_, {})) {
        Telling& one = tellings.emplace_back();
        one.token = group->token;
        one.fresh = std::exchange(group->fresh, {});
        one.members.assign(group->members.begin(), group->members.end());
        for (const Announced& event : one.fresh) one.all.push_back({event, &one.token, group->grant.masked});
        for (const Member& reader : one.members)
            if (reader->places_.size() > 1) ++reader->touched_;
    }
    return tellings;
}

void LiveSessions::tell(std::vector<Telling>& tellings, Sequence through) {
    for (Telling& telling : tellings) {
        const Sequence first = telling.fresh.front()->record.sequence;
        for (const Member& reader : telling.members) {
            if (reader->places_.empty()) continue;  // it left, or reads for itself
            const auto touched = std::exchange(reader->touched_, 0);
            if (reader->places_.size() > 1 && touched == 0) continue;  // has had everything already
            if (touched > 1)
                tell_alone(reader, merged(*reader, tellings), through);
            else if (reader->after_ < first)
                tell_same(telling, reader, through);
            else
                tell_alone(reader, behind(reader->after_, telling.all), through);
        }
        for (const Transport transport :
             {Transport::poll, Transport::websocket, Transport::compressed_websocket})
            measure(transport, telling.all, telling.clients[index(transport)]);
    }
}

void LiveSessions::tell_same(Telling& telling, const Member& reader, Sequence through) {
    SharedBytes& bytes = telling.bytes[index(reader->transport())];
    if (!bytes) bytes = reader->bytes(telling.all);
    count(*reader, telling.all);
    if (!reader->deliver(bytes, through)) return;
    ++telling.clients[index(reader->transport())];
    reader->after_ = std::max(reader->after_, through);
    if (!reader->places_.empty() && reader->falls_behind()) leave_and_read(reader);
}

void LiveSessions::tell_alone(const Member& reader, std::vector<Told> all, Sequence through) {
    const auto last = cut(all, kMostEvents);
    if (all.empty()) return;
    const Sequence reached = last.value_or(through);
    count(*reader, all);
    if (!reader->deliver(reader->bytes(all), reached)) return;
    measure(reader->transport(), all, 1);
    reader->after_ = std::max(reader->after_, reached);
    if (!reader->places_.empty() && (last || reader->falls_behind())) leave_and_read(reader);
}

/// What a session of several tokens gets of a wake, in order.
std::vector<Told> LiveSessions::merged(const SessionReader& reader,
                                       const std::vector<Telling>& tellings) const {
    std::vector<Told> all;
    for (const auto& [group, member] : reader.places_)  // in the order of subscription
        for (const Telling& telling : tellings)
            if (telling.token == group->token)
                for (const Told& one : behind(reader.after_, telling.all)) all.push_back(one);
    put_in_order(all);
    return all;
}

/// So much came at once that memory has lost what the audience has not seen: each reads for itself.
void LiveSessions::fall_back() {
    const std::vector<Member> all(members_.begin(), members_.end());
    for (const Member& reader : all) {
        if (!reader->joined_ || reader->places_.empty()) continue;
        reader->after_ = std::max(reader->after_, seen_);
        leave_and_read(reader);
    }
    seen_ = readers_.hub.last();
}

void LiveSessions::check() {
    const Time now = reactor_.clock().now();
    const auto steady = reactor_.clock().steady();
    std::vector<Member> bereaved, overdue;
    for (const Live::Group* group : live_.dead(readers_.tokens, now))
        bereaved.insert(bereaved.end(), group->members.begin(), group->members.end());
    for (const Member& reader : members_) {
        if (reader->deadline_ != SessionReader::SteadyTime{} && reader->deadline_ <= steady)
            overdue.push_back(reader);
        // Those in the audience were asked with their groups.
        else if (reader->places_.empty() &&
                 std::any_of(reader->covered_.begin(), reader->covered_.end(),
                             [&](const Covered& one) { return !readers_.tokens.find(one.token, now); }))
            bereaved.push_back(reader);
    }
    for (const Member& reader : overdue) reader->timed_out();
    for (const Member& reader : bereaved) restart(*reader);
    live_.prune();
    wake_.listen(!members_.empty());
    if (++checks_ % kChecksToExpiry == 0) forget_absent();
    if (!stopping_) reactor_.after(kTokenCheck, [this] { check(); });
}

void LiveSessions::forget_absent() {
    sessions_.expire();
    readers_.listeners.expire();
}

void LiveSessions::stop() {
    stopping_ = true;
    wake();
    const std::vector<Member> all(members_.begin(), members_.end());
    for (const Member& reader : all)
        if (reader->joined_) reader->stop();
}

void LiveSessions::measure(Transport transport, std::span<const Told> all, std::size_t clients) {
    if (clients == 0 || all.empty()) return;
    figures_[index(transport)].deliveries.add(all.size() * clients);
    const Time now = reactor_.clock().now();
    for (const Told& one : all)
        if (one.event->signalled != Time{})
            delivery_seconds_.observe(std::chrono::duration<double>(now - one.event->signalled).count(),
                                      clients);
}

}  // namespace callboard
