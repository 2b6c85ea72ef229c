#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "sources/hep/recording.hpp"

namespace callboard {

/// How a recording is played.
struct Pace {
    double speed = 1;                        ///< times the recorded one; above 0
    Duration longest_gap = Duration::max();  ///< longer silence is shortened to this, before `speed`
};

/// When each packet is due, counted from the first. Never goes back, also where the recording's clock did.
std::vector<Duration> due_times(std::span<const RecordedPacket> packets, Pace pace);

/// Waits so long; false: stop.
using Pause = std::function<bool(Duration)>;
/// Takes a packet that is due.
using SendPacket = std::function<Result<void>(const RecordedPacket&)>;

/// Sends every packet when it is due; waits in `pause`. False: told to stop. Error: that of `send`, which
/// ends it.
Result<bool> play(std::span<const RecordedPacket> packets, Pace pace, const Clock& clock, const Pause& pause,
                  const SendPacket& send);

}  // namespace callboard
