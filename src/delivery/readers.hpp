#pragma once

#include <chrono>

#include "base/metrics.hpp"
#include "delivery/access.hpp"
#include "delivery/cursor.hpp"
#include "delivery/listeners.hpp"
#include "delivery/page_reader.hpp"
#include "delivery/wrong_tokens.hpp"
#include "hub/hub.hpp"

namespace callboard {

/// What every transport works with. All of it outlives the transports.
struct Readers {
    Hub& hub;
    const TokenAuthority& tokens;
    const CursorSeal& seal;
    PageReader& pages;
    WrongTokens& wrong_tokens;
    Metrics& metrics;
    Listeners& listeners;
};

/// Most events of one answer or one read.
inline constexpr std::size_t kMostEvents = 1'000;
/// How often those who wait are checked for tokens that died.
inline constexpr std::chrono::milliseconds kTokenCheck{250};

}  // namespace callboard
