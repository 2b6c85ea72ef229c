#include "event/time_span.hpp"

#include <date/tz.h>

#include <algorithm>

namespace callboard {
namespace {

/// The offset that holds around an instant. Looking one up costs a microsecond and each holds for months, so
/// every thread keeps the last.
const date::sys_info& period_at(const TimeZone& zone, date::sys_seconds second) {
    thread_local std::string last_zone;
    thread_local date::sys_info last;
    if (last_zone != zone.name() || second < last.begin || second >= last.end) {
        last = date::locate_zone(zone.name())->get_info(second);
        last_zone = zone.name();
    }
    return last;
}

/// The midnight `days` days after one. By noons, because a day has 23 to 25 hours.
Time midnight_after(Time midnight, int days, const TimeZone& zone) {
    return zone.midnight(midnight + std::chrono::hours(12) + date::days(days));
}

TimeSpan days_around(Time time, Interval interval, const TimeZone& zone) {
    const Time midnight = zone.midnight(time);
    if (interval == Interval::day) return {midnight, midnight_after(midnight, 1, zone)};
    const auto second = date::floor<std::chrono::seconds>(midnight);
    const auto day = date::floor<date::days>(second + period_at(zone, second).offset);
    const int weekday = static_cast<int>(date::weekday(day).iso_encoding());
    const Time monday = midnight_after(midnight, 1 - weekday, zone);
    return {monday, midnight_after(monday, 7, zone)};
}

}  // namespace

TimeSpan span_around(Time time, Interval interval, const TimeZone& zone) {
    if (interval == Interval::day || interval == Interval::week) return days_around(time, interval, zone);
    const auto second = date::floor<std::chrono::seconds>(time);
    const auto& period = period_at(zone, second);
    const auto step = interval == Interval::hour ? std::chrono::seconds(3600) : std::chrono::seconds(900);
    const auto since = (second + period.offset).time_since_epoch();
    const auto into = (since % step + step) % step;
    // Clocks that move by half an hour cut an hour short.
    return {Time(std::max(second - into, period.begin)), Time(std::min(second - into + step, period.end))};
}

std::optional<Time> begin_of_day(int year, unsigned month, unsigned day, const TimeZone& zone) {
    const date::year_month_day date{date::year(year), date::month(month), date::day(day)};
    if (!date.ok() || year < kFirstYear || year > kLastYear) return std::nullopt;
    const date::local_seconds midnight{date::local_days(date)};
    return Time(date::locate_zone(zone.name())->to_sys(midnight, date::choose::earliest));
}

}  // namespace callboard
