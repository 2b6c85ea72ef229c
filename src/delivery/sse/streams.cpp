#include "delivery/sse/streams.hpp"

#include <algorithm>
#include <list>
#include <optional>
#include <utility>

#include "delivery/presented_token.hpp"
#include "delivery/refusal.hpp"
#include "delivery/sse/frame.hpp"
#include "delivery/starting_point.hpp"

namespace callboard {
namespace {

/// Events that one wake takes before other work of the reactor has its turn.
constexpr std::size_t kMostAtOnce = 1'024;
/// Events that a stream reads from memory on the reactor's own thread before others have their turn.
constexpr std::size_t kMostRead = 4'000;
/// After this a browser comes back by itself.
constexpr std::string_view kRetry = "retry: 2000\n";

SharedBytes shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

HttpResponse refusal(int status, std::string_view message) {
    HttpResponse response{
        status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, "{\"message\":"};
    append_json_string(response.body, message);
    response.body += '}';
    return response;
}

}  // namespace

struct EventStream::Streams::Stream {
    Exchange exchange;
    std::string token;
    Grant grant;
    sse::Filter filter;
    Sequence after = 0;                ///< everything up to here was written, or is nothing for it
    std::optional<Live::Place> place;  ///< in the audience
    std::shared_ptr<Listening> listening = {};
    void got(std::size_t events) const {
        if (listening) listening->got(events);
    }
};

EventStream::Streams::Streams(const Readers& readers, Reactor& reactor, Settings settings)
    : readers_(readers),
      reactor_(reactor),
      settings_(settings),
      seen_(readers.hub.last()),
      deliveries_(readers.metrics.counter("callboard_deliveries_total", "Events written to clients",
                                          {{"transport", "sse"}})),
      subscribers_(readers.metrics.gauge("callboard_subscribers", "Clients that wait for events",
                                         {{"transport", "sse"}})),
      delivery_seconds_(readers.metrics.histogram("callboard_delivery_seconds", "From signal to socket")),
      wake_(readers.hub, reactor, [this] { wake(); }) {
    reactor_.post([this] {
        check();
        beat();
    });
}

void EventStream::Streams::serve(const HttpRequest& request, Exchange exchange) {
    if (stopping_) return exchange->respond(refusal(503, "The server is stopping; come back in a moment"));
    std::string token = presented_token(request);
    auto grant = readers_.tokens.find(token, reactor_.clock().now());
    if (!grant)
        return refuse(reactor_, readers_.wrong_tokens, request.peer, exchange, refusal(403, kTokenRefused));
    const std::string_view last = request.header("Last-Event-ID");
    const std::string cursor = last.empty() ? request.parameter("after").value_or("") : std::string(last);
    const StartingPoint start = starting_point(readers_.hub, readers_.seal, cursor, readers_.hub.last());
    auto stream = std::make_shared<Stream>();
    stream->exchange = std::move(exchange);
    stream->token = std::move(token);
    stream->grant = std::move(*grant);
    stream->filter =
        sse::Filter::from(request.parameter("service").value_or(""), request.parameter("event").value_or(""));
    stream->after = start.after;
    stream->listening = readers_.listeners.connected(request.peer, stream->token, stream->grant, "sse");
    begin(stream, start.message);
}

void EventStream::Streams::begin(const Member& stream, std::string_view gap) {
    subscribers_.add(1);
    reading_.insert(stream);
    stream->exchange->on_gone([this, weak = std::weak_ptr(stream)] {
        if (const auto gone = weak.lock()) leave(*gone);
    });
    stream->exchange->begin_stream(
        {200,
         {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
         {}});
    std::string first(kRetry);
    first.append("id: ").append(id(stream->after)).append("\n\n");
    if (!gap.empty()) first += sse::notice("gap", gap);
    stream->exchange->write(shared(std::move(first)));
    catch_up(stream);
}

void EventStream::Streams::catch_up(const Member& stream) {
    if (!reading_.contains(stream)) return;
    wake_.listen(true);
    PageReader::Job job{stream->after, stream->grant, kMostEvents, true};
    if (readers_.hub.in_memory(stream->after))
        return caught(stream, read_covered(readers_.hub, job, kMostRead));
    if (!readers_.pages.read(std::move(job), reactor_,
                             [this, stream](PageReader::Found found) { caught(stream, found); }))
        end(stream, "Too many clients read old events; come back in a moment");
}

void EventStream::Streams::caught(const Member& stream, const PageReader::Found& found) {
    if (!reading_.contains(stream)) return;
    if (found.failed) return end(stream, "The journal cannot be read just now; come back in a moment");
    measure(found.events, 1);
    stream->exchange->write(text(*stream, found.events));
    stream->after = std::max(stream->after, found.next);
    if (!reading_.contains(stream)) return;  // writing found it gone
    if (stream->after >= readers_.hub.last()) return join(stream);
    if (stream->exchange->backlog() > 0)
        return stream->exchange->on_drained([this, stream] { catch_up(stream); });
    reactor_.post([this, stream] { catch_up(stream); });
}

void EventStream::Streams::join(const Member& stream) {
    if (live_.size() == 0) seen_ = stream->after;
    reading_.erase(stream);
    stream->place = live_.add(stream->token, stream->grant, stream);
}

void EventStream::Streams::leave(Stream& stream) {
    subscribers_.add(-1);
    stream.listening = nullptr;
    if (stream.place) {
        const auto place = *std::exchange(stream.place, std::nullopt);
        const auto member = live_.remove(place);  // the stream may die with it
        return;
    }
    std::erase_if(reading_, [&](const Member& member) { return member.get() == &stream; });
}

void EventStream::Streams::wake() {
    if (live_.size() == 0) return;  // who comes next says what it has
    if (!readers_.hub.in_memory(seen_)) return fall_back();
    const auto page = readers_.hub.read(seen_, kMostAtOnce);
    if (!page || page->next == seen_) return;
    for (const auto& event : page->events)
        live_.for_each_covering(event->record, [&](Live::Group& group) {
            if (group.fresh.empty()) touched_.push_back(&group);
            group.fresh.push_back(event);
        });
    seen_ = page->next;
    // Writing may find a client gone and end its group: only one's own, and that is not looked at any more.
    for (auto* group : std::exchange(touched_, {})) tell(*group);
    if (seen_ < readers_.hub.last()) reactor_.post([this] { wake(); });
}

void EventStream::Streams::tell(Live::Group& group) {
    const auto fresh = std::move(group.fresh);
    group.fresh.clear();
    const std::vector<Member> members(group.members.begin(), group.members.end());
    SharedBytes same;
    std::size_t sharing = 0;
    for (const auto& stream : members) {
        const bool whole = stream->filter.everything() && stream->after < fresh.front()->record.sequence;
        if (whole) {
            if (same)
                stream->got(fresh.size());
            else
                same = text(*stream, fresh);
            ++sharing;
        }
        write_live(stream, whole ? same : text(*stream, fresh));
    }
    measure(fresh, sharing);
}

void EventStream::Streams::write_live(const Member& stream, const SharedBytes& bytes) {
    stream->exchange->write(bytes);
    stream->after = std::max(stream->after, seen_);
    if (!stream->place || stream->exchange->backlog() <= settings_.most_backlog) return;
    reading_.insert(stream);
    live_.remove(*std::exchange(stream->place, std::nullopt));
    stream->exchange->on_drained([this, stream] { catch_up(stream); });
}

/// So much came at once that memory has lost what the audience has not seen: each reads for itself.
void EventStream::Streams::fall_back() {
    const Sequence lost_from = seen_;
    seen_ = readers_.hub.last();
    for (auto* group : live_.groups())
        for (const auto& stream : live_.take(*group)) {
            stream->place.reset();
            stream->after = std::max(stream->after, lost_from);
            reading_.insert(stream);
            catch_up(stream);
        }
}

/// What of `events` is for this stream, and not yet written to it; it has got that then.
SharedBytes EventStream::Streams::text(const Stream& stream, std::span<const Announced> events) const {
    std::string bytes;
    std::size_t taken = 0;
    for (const auto& event : events)
        if (event->record.sequence > stream.after && stream.filter.takes(event->record)) {
            sse::append_event(bytes, id(event->record.sequence), event->encoded(stream.grant.masked),
                              stream.token);
            ++taken;
        }
    stream.got(taken);
    return shared(std::move(bytes));
}

void EventStream::Streams::check() {
    const Time now = reactor_.clock().now();
    for (auto* group : live_.dead(readers_.tokens, now))
        for (const auto& stream : std::vector<Member>(group->members.begin(), group->members.end()))
            end(stream, kTokenRefused);
    for (const auto& stream : std::vector<Member>(reading_.begin(), reading_.end()))
        if (!readers_.tokens.find(stream->token, now)) end(stream, kTokenRefused);
    live_.prune();
    wake_.listen(live_.size() + reading_.size() > 0);
    if (!stopping_) reactor_.after(kTokenCheck, [this] { check(); });
}

void EventStream::Streams::beat() {
    const SharedBytes bytes = live_.size() > 0 ? shared(sse::heartbeat(id(seen_))) : nullptr;
    for (auto* group : live_.groups())
        for (const auto& stream : std::vector<Member>(group->members.begin(), group->members.end()))
            if (stream->exchange->backlog() == 0 && stream->after <= seen_) stream->exchange->write(bytes);
    if (!stopping_) reactor_.after(settings_.heartbeat, [this] { beat(); });
}

void EventStream::Streams::stop() {
    stopping_ = true;
    wake();
    for (auto* group : live_.groups())
        for (const auto& stream : std::vector<Member>(group->members.begin(), group->members.end()))
            end(stream, "The server is stopping; come back in a moment");
    for (const auto& stream : std::vector<Member>(reading_.begin(), reading_.end()))
        end(stream, "The server is stopping; come back in a moment");
}

void EventStream::Streams::end(const Member& stream, std::string_view message) {
    stream->exchange->on_gone({});
    leave(*stream);
    stream->exchange->write(shared(sse::notice("end", message)));
    stream->exchange->end_stream();
}

std::string EventStream::Streams::id(Sequence through) const {
    return readers_.seal.seal({readers_.hub.epoch(), through});
}

void EventStream::Streams::measure(std::span<const Announced> events, std::size_t clients) {
    deliveries_.add(events.size() * clients);
    const Time now = reactor_.clock().now();
    for (const auto& event : events)
        if (event->signalled != Time{})
            delivery_seconds_.observe(std::chrono::duration<double>(now - event->signalled).count(), clients);
}

}  // namespace callboard
