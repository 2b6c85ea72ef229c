#include "event/time_span.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

/// UTC, as a person would write it.
Time utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
    const auto days =
        std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
    return Time(days) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

TimeZone zone(const char* name) {
    auto found = TimeZone::named(name);
    EXPECT_TRUE(found) << name;
    return found ? *std::move(found) : TimeZone::utc();
}

TEST(TimeSpan, spans_in_nights_when_clocks_change) {
    const auto paris = zone("Europe/Paris");
    // Forward at 01:00 UTC: 02:00 does not exist, the day has 23 hours.
    const Time spring = utc(2026, 3, 29, 1, 10);
    EXPECT_EQ(span_around(spring, Interval::day, paris),
              (TimeSpan{utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)}));
    EXPECT_EQ(span_around(spring, Interval::hour, paris),
              (TimeSpan{utc(2026, 3, 29, 1), utc(2026, 3, 29, 2)}));
    // Back at 01:00 UTC: 02:00 to 03:00 comes twice, and is two hours.
    EXPECT_EQ(span_around(utc(2026, 10, 25, 0, 59), Interval::hour, paris),
              (TimeSpan{utc(2026, 10, 25, 0), utc(2026, 10, 25, 1)}));
    EXPECT_EQ(span_around(utc(2026, 10, 25, 1), Interval::hour, paris),
              (TimeSpan{utc(2026, 10, 25, 1), utc(2026, 10, 25, 2)}));
    EXPECT_EQ(span_around(utc(2026, 10, 25, 12), Interval::day, paris),
              (TimeSpan{utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)}));
    // Weeks from Monday to Monday, over the change.
    EXPECT_EQ(span_around(spring, Interval::week, paris),
              (TimeSpan{utc(2026, 3, 22, 23), utc(2026, 3, 29, 22)}));
    EXPECT_EQ(span_around(utc(2026, 10, 25, 22, 59), Interval::week, paris),
              (TimeSpan{utc(2026, 10, 18, 22), utc(2026, 10, 25, 23)}));
    EXPECT_EQ(span_around(utc(2026, 6, 1, 9, 44, 59), Interval::quarter_hour, paris),
              (TimeSpan{utc(2026, 6, 1, 9, 30), utc(2026, 6, 1, 9, 45)}));
    // Half an hour forward at 02:00, half an hour back at 02:00: hours are cut at the change.
    const auto lord_howe = zone("Australia/Lord_Howe");
    EXPECT_EQ(span_around(utc(2026, 4, 4, 15, 5), Interval::hour, lord_howe),
              (TimeSpan{utc(2026, 4, 4, 15), utc(2026, 4, 4, 15, 30)}));
    // A zone between whole hours.
    EXPECT_EQ(span_around(utc(2026, 6, 1, 9), Interval::hour, zone("Asia/Kathmandu")),
              (TimeSpan{utc(2026, 6, 1, 8, 15), utc(2026, 6, 1, 9, 15)}));
}

TEST(TimeSpan, spans_follow_each_other_without_gap) {
    const TimeZone zones[] = {zone("Europe/Paris"), zone("America/Sao_Paulo"), zone("Asia/Kathmandu"),
                              zone("Australia/Lord_Howe"), TimeZone::utc()};
    EXPECT_TRUE(rc::check([&zones] {
        const auto& some = zones[*rc::gen::inRange<std::size_t>(0, std::size(zones))];
        const Time time = Time{} + std::chrono::seconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000));
        for (const auto interval : {Interval::quarter_hour, Interval::hour, Interval::day, Interval::week}) {
            const TimeSpan span = span_around(time, interval, some);
            RC_ASSERT(span.begin <= time);
            RC_ASSERT(time < span.end);
            RC_ASSERT(span_around(span.begin, interval, some) == span);
            RC_ASSERT(span_around(span.end - Duration(1), interval, some) == span);
            RC_ASSERT(span_around(span.end, interval, some).begin == span.end);
        }
    }));
}

TEST(TimeSpan, day_of_a_date) {
    EXPECT_EQ(begin_of_day(2026, 3, 29, zone("Europe/Paris")), utc(2026, 3, 28, 23));
    EXPECT_EQ(begin_of_day(2026, 2, 29, TimeZone::utc()), std::nullopt);
    EXPECT_EQ(begin_of_day(2500, 1, 1, TimeZone::utc()), std::nullopt);
}

}  // namespace
}  // namespace callboard
