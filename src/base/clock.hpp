#pragma once

#include <chrono>
#include <cstdint>

namespace callboard {

/// An instant: nanoseconds since 1970-01-01 UTC.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

inline constexpr std::int64_t nanoseconds_since_epoch(Time time) { return time.time_since_epoch().count(); }
inline constexpr Time time_from_nanoseconds(std::int64_t ns) { return Time{Duration{ns}}; }

/// Where time comes from. Only this folder asks the system; everyone else takes a Clock& or a Time.
class Clock {
  public:
    virtual ~Clock() = default;
    /// Wall clock; may jump.
    virtual Time now() const = 0;
    /// Never goes back; for deadlines.
    virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// The system's clock. Thread-safe.
class SystemClock final : public Clock {
  public:
    Time now() const override;
    std::chrono::steady_clock::time_point steady() const override;
};

/// A clock that stands still until told otherwise, for tests. Not thread-safe.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Time start = time_from_nanoseconds(1'780'000'000'000'000'000)) : now_(start) {}
    Time now() const override { return now_; }
    std::chrono::steady_clock::time_point steady() const override { return steady_; }
    void advance(Duration by) {
        now_ += by;
        steady_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(by);
    }
    /// Moves the wall clock alone, as an administrator or NTP would.
    void jump(Duration by) { now_ += by; }

  private:
    Time now_;
    std::chrono::steady_clock::time_point steady_{};
};

}  // namespace callboard
