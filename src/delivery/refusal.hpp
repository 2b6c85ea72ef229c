#pragma once

#include <string_view>

#include "delivery/wrong_tokens.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Answers a request whose token is wrong: later and later, the more wrong ones its address sends. When too
/// many answers are held back, the connection is dropped.
void refuse(Reactor& reactor, WrongTokens& wrong_tokens, std::string_view peer, const Exchange& exchange,
            HttpResponse response);

/// What is said of a token that is wrong, revoked or expired: never which of these.
inline constexpr std::string_view kTokenRefused = "This token is wrong, revoked or expired";

}  // namespace callboard
