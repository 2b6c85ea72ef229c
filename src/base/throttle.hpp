#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace callboard {

/// Lets a repeated message through at most once per interval and counts what it held back, so that a flood
/// of bad input cannot become a flood of log lines. One thread, or under its owner's lock.
class Throttle {
  public:
    explicit Throttle(std::chrono::steady_clock::duration interval = std::chrono::seconds(10))
        : interval_(interval) {}

    /// Reports `count` occurrences at `now`. Has a value when it is time to speak: how many since the last
    /// time.
    std::optional<std::uint64_t> hit(std::chrono::steady_clock::time_point now, std::uint64_t count = 1) {
        held_ += count;
        if (now < silent_until_) return std::nullopt;
        silent_until_ = now + interval_;
        return std::exchange(held_, 0);
    }

  private:
    std::chrono::steady_clock::duration interval_;
    std::chrono::steady_clock::time_point silent_until_ = std::chrono::steady_clock::time_point::min();
    std::uint64_t held_ = 0;
};

}  // namespace callboard
