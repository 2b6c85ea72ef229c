#include "app/player.hpp"

#include <algorithm>
#include <cmath>

namespace callboard {

std::vector<Duration> due_times(std::span<const RecordedPacket> packets, Pace pace) {
    std::vector<Duration> due;
    due.reserve(packets.size());
    Duration now{};
    for (std::size_t i = 0; i < packets.size(); ++i) {
        if (i > 0) {
            const Duration recorded = packets[i].received - packets[i - 1].received;
            const auto gap = std::clamp(recorded, Duration::zero(), pace.longest_gap);
            now += Duration(std::llround(static_cast<double>(gap.count()) / pace.speed));
        }
        due.push_back(now);
    }
    return due;
}

Result<bool> play(std::span<const RecordedPacket> packets, Pace pace, const Clock& clock, const Pause& pause,
                  const SendPacket& send) {
    const auto begun = clock.steady();
    const auto due = due_times(packets, pace);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const Duration left = begun + due[i] - clock.steady();
        if (!pause(std::max(left, Duration::zero()))) return false;
        if (auto sent = send(packets[i]); !sent) return sent.error();
    }
    return true;
}

}  // namespace callboard
