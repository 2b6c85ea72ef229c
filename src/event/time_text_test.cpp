#include "event/time_text.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

const TimeZone& paris() {
    static const TimeZone zone = *TimeZone::named("Europe/Paris");
    return zone;
}

std::string utc(std::optional<Time> time) { return time ? TimeZone::utc().rfc3339(*time) : "none"; }

TEST(TimeText, Rfc3339) {
    EXPECT_EQ(utc(time_from_rfc3339("2026-03-29T02:30:00+02:00")), "2026-03-29T00:30:00Z");
    EXPECT_EQ(utc(time_from_rfc3339("2026-03-29T02:30:00 02:00")), "2026-03-29T00:30:00Z");
    EXPECT_EQ(utc(time_from_rfc3339("2026-03-28t20:00:00.125-04:30")), "2026-03-29T00:30:00.125Z");
    EXPECT_EQ(utc(time_from_rfc3339("2026-03-29T00:30:00Z")), "2026-03-29T00:30:00Z");
    for (const char* wrong :
         {"", "2026-03-29", "2026-03-29T", "2026-03-29T02:30:00", "2026-13-29T02:30:00Z", "2026-03-29T02:30Z",
          "2026-03-29T02:30:00Zx", "yesterday at noon", "2026-02-30T00:00:00Z",
          "2026-03-29T02:30:00.00000000000000000000000000Z",
          // What a parser of streams makes a number of, or takes for one.
          "2026-05-28T2%0264:2:2B02:00", "2026-03-29T00:30:00-,.5Z", "2026-03-29T24:00:00Z",
          "2026-03-29T00:60:00Z", "2026-03-29T00:00:60Z", "2026-03-29T0x:00:00Z", "2026-03-29T00:00:-1Z",
          "2026-03-29T00:00:nanZ", "2026-03-29T02:30:00.Z", "2026-03-29T02:30:00+2:00",
          "2026-03-29T02:30:00+24:00", "2026-03-29T02:30:00+0200", "2026-03-29T02:30:00*02:00",
          "2026-03-29T02:30:00."})
        EXPECT_EQ(time_from_rfc3339(wrong), std::nullopt) << wrong;
}

TEST(TimeText, YearsThatNanosecondsDoNotReachAreNone) {
    for (const char* wrong : {"9999-12-31T00:00:00Z", "2251-01-01T00:00:00Z", "1699-12-31T23:59:59Z",
                              "0001-01-01T00:00:00Z", "-999-01-01T00:00:00Z"})
        EXPECT_EQ(time_from_rfc3339(wrong), std::nullopt) << wrong;
    EXPECT_EQ(utc(time_from_rfc3339("2250-12-31T00:00:00Z")), "2250-12-31T00:00:00Z");
    EXPECT_EQ(utc(time_from_rfc3339("1700-01-01T00:00:00Z")), "1700-01-01T00:00:00Z");
}

TEST(TimeText, NanosecondsDatesAndRfc3339) {
    EXPECT_EQ(time_from_text("1780000000255954700", paris()),
              time_from_nanoseconds(1'780'000'000'255'954'700));
    EXPECT_EQ(utc(time_from_text("2026-03-29", paris())), "2026-03-28T23:00:00Z");
    EXPECT_EQ(utc(time_from_text("2026-03-29", paris(), true)), "2026-03-29T22:00:00Z") << "23 hours";
    EXPECT_EQ(utc(time_from_text("2026-10-25", paris(), true)), "2026-10-25T23:00:00Z") << "25 hours";
    EXPECT_EQ(utc(time_from_text("2026-03-29T12:00:00Z", paris(), true)), "2026-03-29T12:00:00Z");
    for (const char* wrong : {"", "99999999999999999999", "-5", "2026-02-30", "2026-00-01", "2026x03x29",
                              "20a6-03-29", "9999-01-01"})
        EXPECT_EQ(time_from_text(wrong, paris()), std::nullopt) << wrong;
}

}  // namespace
}  // namespace callboard
