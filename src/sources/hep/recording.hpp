#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace callboard {

/// One datagram of a recording and when it came to the collector that recorded it.
struct RecordedPacket {
    Time received{};
    std::string bytes;
};

/// Reads a `.hep` file: for each datagram the time (uint64, big endian, ns since 1970), the length (uint32,
/// big endian) and as many bytes. Errors name the offset of what is wrong; nothing is read of a damaged file.
Result<std::vector<RecordedPacket>> parse_recording(std::string_view file);
/// The same from a path.
Result<std::vector<RecordedPacket>> read_recording(const std::string& path);

/// Makes a recorded HEP packet one of now: sets the mirror's time, and replaces the end of every Call-ID of
/// the message (Call-ID, Replaces, Refer-To) by `round` in four digits, so that a recording can be played any
/// number of times without its calls being taken for copies of earlier ones. Same length; packets that are no
/// HEP come back unchanged.
std::string replayed(std::string packet, Time captured, unsigned round);

}  // namespace callboard
