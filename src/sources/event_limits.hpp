#pragma once

#include <cstddef>

namespace callboard {

/// What one event that somebody else tells may hold.
struct EventLimits {
    static constexpr std::size_t kLongestData = 64 << 10;  ///< bytes of its `data`
    static constexpr std::size_t kMostMembers = 100;       ///< of its `data`
    static constexpr std::size_t kDeepest = 32;            ///< arrays and objects within each other
    static constexpr std::size_t kLongestName = 64;        ///< bytes of its name, and of a member's name
};

}  // namespace callboard
