#pragma once

#include <functional>

#include "core/state.hpp"
#include "hub/hub.hpp"

namespace callboard {

/// The state as it was at `time`: the fold of all events from local midnight of the day before on
/// (docs/decisions/fold-starts-yesterday.md). Reads the disk. Error: missing, when the journal does not reach
/// back to that time; unavailable, when it cannot be read, there are more than kMostRewound events, or
/// `given_up`, which is asked now and then, says so.
Result<State> rewound(const Hub& hub, Time time, const std::function<bool()>& given_up);

inline constexpr std::size_t kMostRewound = 5'000'000;

}  // namespace callboard
