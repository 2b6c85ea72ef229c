#pragma once

#include <optional>

#include "event/time_zone.hpp"

namespace callboard {

/// A stretch of local time that figures are counted by. Weeks begin on Monday (ISO 8601).
enum class Interval { quarter_hour, hour, day, week };

/// From `begin` on, before `end`.
struct TimeSpan {
    Time begin{}, end{};
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// The interval of local time that `time` is in. In nights when clocks change days have 23 or 25 hours, and
/// the hour that comes twice is two.
TimeSpan span_around(Time time, Interval interval, const TimeZone& zone);

/// What nanoseconds since 1970 reach, with room for a calculation.
inline constexpr int kFirstYear = 1700, kLastYear = 2250;

/// When the day of this date begins. Nothing: there is no such date, or it is not in these years.
std::optional<Time> begin_of_day(int year, unsigned month, unsigned day, const TimeZone& zone);

}  // namespace callboard
