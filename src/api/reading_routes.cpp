#include <string>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/history/asking.hpp"
#include "api/history/rewind.hpp"
#include "api/inquiry.hpp"
#include "api/snapshot.hpp"
#include "delivery/presented_token.hpp"
#include "delivery/refusal.hpp"
#include "event/time_text.hpp"

namespace callboard {

void answer_events(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                   const Exchange& exchange) {
    // A stream has no length to tell, and no end.
    if (request.method == "HEAD")
        return exchange->respond({200, {{"Content-Type", "text/event-stream"}}, {}});
    api.event_stream.serve(reactor, request, exchange);
}

namespace {

constexpr std::chrono::seconds kRewindPatience{60};

HttpResponse refused_rewind(const Error& error) {
    return error.kind == Error::Kind::missing ? error_answer(404, error.what) : history_unavailable();
}

/// Calls and waiting callers of what the grant covers.
std::uint64_t calls_in(const State& state, const Directory& directory, const Grant& grant) {
    std::uint64_t calls = 0;
    for (const Service& service : directory.services()) {
        if (!grant.covers(service)) continue;
        if (const auto line = state.lines.find(service.number); line != state.lines.end())
            calls += line->second.calls.size();
        if (const auto queue = state.queues.find(service.number); queue != state.queues.end())
            calls += queue->second.waiting.size();
    }
    return calls;
}

/// The board as it was at a time. What the sources were then nobody knows.
void answer_rewound(const Api& api, Reactor& reactor, const HttpRequest& request, std::string_view text,
                    const Grant& grant, const Exchange& exchange) {
    const Hub& hub = api.readers.hub;
    const auto time = time_from_text(text, hub.zone());
    if (!time || *time > api.clock.now())
        return exchange->respond(
            error_answer(400,
                         "\"at\" is wrong: a time that has been, in nanoseconds since 1970, RFC 3339 as "
                         "2026-03-29T02:30:00+02:00, or a date as 2026-03-29"));
    answer_from_history(
        api, reactor, exchange,
        [&api, &hub, at = *time, grant, inquiry = Inquiry(api, request, grant)](HistoryReader&) {
            const auto deadline = api.clock.steady() + kRewindPatience;
            const auto state = rewound(hub, at, [&api, deadline] {
                return api.history.stopping() || api.clock.steady() > deadline;
            });
            if (!state) return refused_rewind(state.error());
            inquiry.read("snapshot", calls_in(*state, *hub.directory(), grant));
            const std::string cursor = api.readers.seal.seal({hub.epoch(), state->sequence});
            return json_answer(200, snapshot_json(*state, *hub.directory(), {}, grant, cursor, at));
        });
}

}  // namespace

void answer_snapshot(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                     const Exchange& exchange) {
    const Readers& readers = api.readers;
    const Time now = api.clock.now();
    const std::string token = presented_token(request);
    const auto grant = readers.tokens.find(token, now);
    if (!grant)
        return refuse(reactor, readers.wrong_tokens, request.peer, exchange,
                      error_answer(403, kTokenRefused));
    if (const auto at = request.parameter("at"); at && !at->empty())
        return answer_rewound(api, reactor, request, *at, *grant, exchange);
    // Whoever asks again and again listens.
    readers.listeners.asked(request.peer, token, *grant, "snapshot", request.peer);
    const auto directory = readers.hub.directory();
    const auto sources = api.sources();
    std::string body;
    // State and cursor of one moment: a stream from this cursor has every event after it and none before.
    readers.hub.with_state([&](const State& state) {
        const std::string cursor = readers.seal.seal({readers.hub.epoch(), state.sequence});
        body = snapshot_json(state, *directory, sources, *grant, cursor, now,
                             [&hub = readers.hub](std::string_view line) { return hub.sources_of(line); });
    });
    exchange->respond(json_answer(200, std::move(body)));
}

}  // namespace callboard
