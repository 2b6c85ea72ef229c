#include <string>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/snapshot.hpp"
#include "delivery/presented_token.hpp"
#include "delivery/refusal.hpp"

namespace callboard {

void answer_events(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                   const Exchange& exchange) {
    // A stream has no length to tell, and no end.
    if (request.method == "HEAD")
        return exchange->respond({200, {{"Content-Type", "text/event-stream"}}, {}});
    api.event_stream.serve(reactor, request, exchange);
}

void answer_snapshot(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                     const Exchange& exchange) {
    const Readers& readers = api.readers;
    const Time now = api.clock.now();
    const auto grant = readers.tokens.find(presented_token(request), now);
    if (!grant)
        return refuse(reactor, readers.wrong_tokens, request.peer, exchange,
                      error_answer(403, kTokenRefused));
    const auto directory = readers.hub.directory();
    const auto sources = api.sources();
    std::string body;
    // State and cursor of one moment: a stream from this cursor has every event after it and none before.
    readers.hub.with_state([&](const State& state) {
        const std::string cursor = readers.seal.seal({readers.hub.epoch(), state.sequence});
        body = snapshot_json(state, *directory, sources, *grant, cursor, now);
    });
    exchange->respond(json_answer(200, std::move(body)));
}

}  // namespace callboard
