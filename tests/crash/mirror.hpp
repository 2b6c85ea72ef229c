#pragma once

#include <cstdint>
#include <stop_token>

namespace callboard::test {

/// A proxy whose phones call each other without a pause, and which mirrors each message as a HEP packet to
/// UDP port `hep_port`, whether somebody listens there or not. About 2,000 messages a second. Returns when
/// told to stop, with the number of messages.
std::uint64_t mirror_calls(std::stop_token stop, std::uint16_t hep_port);

}  // namespace callboard::test
