#include "event/time_zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

using namespace std::chrono_literals;

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

struct Written {
    const char* zone;
    Time time;
    const char* date;
};

TEST(TimeZone, writes_rfc_3339_as_the_service_does) {
    const Written cases[] = {
        {"Europe/Paris", utc(2026, 6, 7, 9, 40, 16) + 36'197'406ns, "2026-06-07T11:40:16.036197406+02:00"},
        {"Europe/Paris", utc(2026, 6, 7, 9, 40, 16) + 36'508'950ns, "2026-06-07T11:40:16.03650895+02:00"},
        {"Europe/Paris", utc(2026, 1, 7, 9, 40, 16), "2026-01-07T10:40:16+01:00"},
        {"America/St_Johns", utc(2026, 1, 7, 9) + 500ms, "2026-01-07T05:30:00.5-03:30"},
        {"UTC", Time{} + 1ns, "1970-01-01T00:00:00.000000001Z"},
    };
    for (const auto& one : cases) EXPECT_EQ(zone(one.zone).rfc3339(one.time), one.date);
}

TEST(TimeZone, writes_the_date_of_the_protocol) {
    const Written cases[] = {
        // The sample of OVH's own description: matches its Timestamp to the microsecond.
        {"Europe/Paris", time_from_nanoseconds(1'425'554'670'255'954'700),
         "2015-03-05T12:24:30.255954 (CET)"},
        {"Europe/Paris", time_from_nanoseconds(1'780'000'000'255'954'700),
         "2026-05-28T22:26:40.255954 (CEST)"},
        {"UTC", Time{}, "1970-01-01T00:00:00.000000 (UTC)"},
        {"UTC", Time{} + 999ns, "1970-01-01T00:00:00.000000 (UTC)"},
        {"UTC", Time{} + 1us, "1970-01-01T00:00:00.000001 (UTC)"},
        {"UTC", Time{} - 1ns, "1969-12-31T23:59:59.999999 (UTC)"},
        {"America/New_York", utc(2026, 7, 4, 16), "2026-07-04T12:00:00.000000 (EDT)"},
        {"Asia/Kolkata", utc(2026, 1, 1), "2026-01-01T05:30:00.000000 (IST)"},
        {"Indian/Reunion", utc(2026, 2, 28, 21), "2026-03-01T01:00:00.000000 (+04)"},
        // The clocks of Paris go forward at 01:00 UTC on the last Sunday of March …
        {"Europe/Paris", utc(2026, 3, 29, 0, 59, 59), "2026-03-29T01:59:59.000000 (CET)"},
        {"Europe/Paris", utc(2026, 3, 29, 1), "2026-03-29T03:00:00.000000 (CEST)"},
        // … and back at 01:00 UTC on the last Sunday of October: half past two comes twice.
        {"Europe/Paris", utc(2026, 10, 25, 0, 30), "2026-10-25T02:30:00.000000 (CEST)"},
        {"Europe/Paris", utc(2026, 10, 25, 1, 30), "2026-10-25T02:30:00.000000 (CET)"},
        {"Europe/Paris", utc(2028, 2, 29, 12), "2028-02-29T13:00:00.000000 (CET)"},
    };
    for (const auto& [name, time, date] : cases) EXPECT_EQ(zone(name).date(time), date) << name;
}

TEST(TimeZone, writes_the_short_form_of_datetime) {
    EXPECT_EQ(zone("Europe/Paris").datetime(utc(2019, 12, 31, 19, 20, 5) + 999ms), "2019-12-31 20:20:05");
    EXPECT_EQ(TimeZone::utc().datetime(utc(2019, 12, 31, 19, 20, 5)), "2019-12-31 19:20:05");
}

TEST(TimeZone, zones_do_not_disturb_each_other) {
    // One thread serves accounts of several zones in turn.
    const TimeZone paris = zone("Europe/Paris");
    const TimeZone tokyo = zone("Asia/Tokyo");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(paris.datetime(utc(2026, 1, 1)), "2026-01-01 01:00:00");
        EXPECT_EQ(tokyo.datetime(utc(2026, 1, 1)), "2026-01-01 09:00:00");
        EXPECT_EQ(paris.datetime(utc(2026, 7, 1)), "2026-07-01 02:00:00");
    }
}

struct Midnight {
    const char* zone;
    Time time, midnight;
    const char* why;
};

TEST(TimeZone, finds_the_last_midnight) {
    const Midnight cases[] = {
        {"Europe/Paris", utc(2026, 5, 28, 20, 26), utc(2026, 5, 27, 22), "a day of 24 hours"},
        {"Europe/Paris", utc(2026, 5, 27, 22), utc(2026, 5, 27, 22), "midnight itself"},
        {"Europe/Paris", utc(2026, 5, 27, 21, 59, 59), utc(2026, 5, 26, 22), "a second before"},
        {"Europe/Paris", utc(2026, 3, 29, 20), utc(2026, 3, 28, 23), "a day of 23 hours, after the change"},
        {"Europe/Paris", utc(2026, 3, 29, 22), utc(2026, 3, 29, 22), "the midnight that ends it"},
        {"Europe/Paris", utc(2026, 10, 25, 22), utc(2026, 10, 24, 22), "a day of 25 hours, after the change"},
        {"Europe/Paris", utc(2026, 10, 25, 23), utc(2026, 10, 25, 23), "the midnight that ends it"},
        {"UTC", utc(2026, 3, 29, 20), utc(2026, 3, 29), "no summer time"},
        {"Asia/Kolkata", utc(2026, 3, 29, 18, 29), utc(2026, 3, 28, 18, 30), "half hours"},
        {"America/Sao_Paulo", utc(2018, 11, 4, 12), utc(2018, 11, 4, 3), "no 00:00: the day begins at 01:00"},
        {"America/Sao_Paulo", utc(2018, 11, 4, 2, 59), utc(2018, 11, 3, 3), "the day before that"},
        {"America/Havana", utc(2018, 11, 4, 12), utc(2018, 11, 4, 4), "00:00 comes twice: the first"},
        {"America/Havana", utc(2018, 11, 4, 4, 30), utc(2018, 11, 4, 4), "between the two"},
    };
    for (const auto& [name, time, midnight, why] : cases)
        EXPECT_EQ(zone(name).midnight(time), midnight)
            << name << ", " << why << ": " << zone(name).date(zone(name).midnight(time));
}

TEST(TimeZone, midnight_is_never_later_nor_a_day_and_more_ago) {
    const TimeZone zones[] = {zone("Europe/Paris"), zone("America/Sao_Paulo"), zone("Asia/Tokyo"),
                              zone("Australia/Lord_Howe"), TimeZone::utc()};
    EXPECT_TRUE(rc::check([&zones] {
        const auto& some = zones[*rc::gen::inRange<std::size_t>(0, std::size(zones))];
        const Time time = Time{} + std::chrono::seconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000));
        const Time midnight = some.midnight(time);
        RC_ASSERT(midnight <= time);
        RC_ASSERT(time - midnight < 25h);
        RC_ASSERT(some.midnight(midnight) == midnight);
        RC_ASSERT(some.date(midnight).substr(0, 10) == some.date(time).substr(0, 10));
    }));
}

TEST(TimeZone, says_what_to_do_about_an_unknown_zone) {
    for (const char* name : {"Europe/Pari", "", "CEST+2", "../../etc/passwd"}) {
        const auto found = TimeZone::named(name);
        ASSERT_FALSE(found) << name;
        EXPECT_EQ(found.error().kind, Error::Kind::missing);
        EXPECT_THAT(found.error().what, testing::HasSubstr("Europe/Paris"));
    }
    EXPECT_EQ(zone("Europe/Paris").name(), "Europe/Paris");
}

}  // namespace
}  // namespace callboard
