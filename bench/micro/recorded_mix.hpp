#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace callboard::bench {

/// A HEP packet of a recording, and when it came in.
struct MirroredPacket {
    Time received{};
    std::string bytes;
};

/// Every packet that tests/traces recorded, one recording behind the other in one hour-long day: what proxies
/// and exchanges really send, from one-line keepalives to INVITEs of 1.5 kB.
const std::vector<MirroredPacket>& recorded_mix();

/// The SIP messages in them, those that can be read.
const std::vector<std::string_view>& recorded_messages();

}  // namespace callboard::bench
