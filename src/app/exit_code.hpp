#pragma once

namespace callboard {

/// What the shell is told.
inline constexpr int kDone = 0;
inline constexpr int kWrongUse = 1;  ///< wrong configuration or arguments
inline constexpr int kNotStarted =
    2;  ///< something outside keeps it from working: port taken, disk not writable

}  // namespace callboard
