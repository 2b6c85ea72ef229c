#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "event/directory.hpp"

namespace callboard::test {

inline constexpr Time kNow = time_from_nanoseconds(1'780'000'000'255'954'700);
inline constexpr const char* kLine = "0033972000001";
inline constexpr const char* kQueue = "0033972000002";

/// One account with a line and a queue.
inline const Directory& directory() {
    static const Directory one({{"ba-demo", "Demo"}}, [] {
        Service line;
        line.account = "ba-demo";
        line.number = line.description = kLine;
        line.id = "1";
        Service queue = line;
        queue.number = queue.description = kQueue;
        queue.type = ServiceType::easy_hunting;
        return std::vector<Service>{line, queue};
    }());
    return one;
}

}  // namespace callboard::test
