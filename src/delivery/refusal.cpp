#include "delivery/refusal.hpp"

#include <memory>
#include <utility>

namespace callboard {

void refuse(Reactor& reactor, WrongTokens& wrong_tokens, std::string_view peer, const Exchange& exchange,
            HttpResponse response) {
    const auto wait = wrong_tokens.seen(peer, reactor.clock().steady());
    if (wait.count() == 0) return exchange->respond(response);
    auto held = wrong_tokens.hold();
    if (!held) return exchange->abort();
    reactor.after(wait, [exchange, held = std::move(held), answer = std::move(response)] {
        exchange->respond(answer);
    });
}

}  // namespace callboard
