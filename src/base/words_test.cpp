// Result, Secret, Clock and Throttle: the small words that everyone uses.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <string>
#include <type_traits>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/throttle.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;

TEST(Result, holds_a_value) {
    Result<std::string> result = std::string("here");
    ASSERT_TRUE(result);
    EXPECT_TRUE(result.has_value());
    EXPECT_EQ(*result, "here");
    EXPECT_EQ(result->size(), 4U);
}

TEST(Result, holds_an_error) {
    const Result<std::string> result = Error{Error::Kind::missing, "no such line"};
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, Error::Kind::missing);
    EXPECT_EQ(result.error().what, "no such line");
}

TEST(Result, tells_an_error_from_a_value_that_is_an_error) {
    // The value's type decides, not what it converts to.
    const Result<int> zero = 0;
    EXPECT_TRUE(zero) << "a false value is still a value";
    EXPECT_EQ(*zero, 0);
}

TEST(Result, gives_up_what_cannot_be_copied) {
    Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
    const std::unique_ptr<int> taken = *std::move(result);
    EXPECT_EQ(*taken, 3);
}

TEST(Result, of_nothing_is_done_or_not) {
    EXPECT_TRUE(Result<void>());
    const Result<void> failed = Error{Error::Kind::unavailable, "later"};
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().what, "later");
}

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

TEST(Secret, cannot_be_printed) {
    static_assert(!Printable<Secret>);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
}

TEST(Secret, equals_itself_alone) {
    const Secret secret("ABC");
    EXPECT_TRUE(secret.equals("ABC"));
    for (const auto* other : {"", "A", "AB", "ABCD", "ABCABC", "abc", "ABD"})
        EXPECT_FALSE(secret.equals(other)) << other;
    EXPECT_TRUE(Secret().empty());
    EXPECT_TRUE(Secret().equals(""));
    EXPECT_FALSE(Secret().equals("x"));
}

TEST(Secret, equals_as_strings_do) {
    EXPECT_TRUE(rc::check([](const std::string& one, const std::string& other) {
        RC_ASSERT(Secret(one).equals(other) == (one == other));
        RC_ASSERT(Secret(one).equals(one));
        RC_ASSERT(!Secret(one).equals(one + one + '\0'));
    }));
}

TEST(Clock, of_tests_moves_when_told) {
    ManualClock clock;
    const Time begun = clock.now();
    const auto steady = clock.steady();
    clock.advance(1500ms);
    EXPECT_EQ(clock.now() - begun, 1500ms);
    EXPECT_EQ(clock.steady() - steady, 1500ms);
    clock.jump(-1h);
    EXPECT_EQ(clock.now() - begun, 1500ms - 1h) << "an administrator sets the clock back";
    EXPECT_EQ(clock.steady() - steady, 1500ms) << "which deadlines do not notice";
}

TEST(Clock, counts_nanoseconds_since_the_epoch) {
    EXPECT_EQ(nanoseconds_since_epoch(time_from_nanoseconds(1'780'000'000'255'954'700)),
              1'780'000'000'255'954'700);
    EXPECT_EQ(nanoseconds_since_epoch(Time{}), 0);
}

TEST(Clock, of_the_system_does_not_go_back) {
    const SystemClock clock;
    const auto before = clock.steady();
    EXPECT_GE(clock.steady(), before);
    EXPECT_GT(clock.now(), time_from_nanoseconds(1'700'000'000'000'000'000));
}

TEST(Throttle, speaks_at_once_then_counts_in_silence) {
    const ManualClock start;
    Throttle throttle(10s);
    const auto begun = start.steady();
    EXPECT_EQ(throttle.hit(begun), 1U);
    EXPECT_EQ(throttle.hit(begun + 1s), std::nullopt);
    EXPECT_EQ(throttle.hit(begun + 9999ms, 5), std::nullopt);
    EXPECT_EQ(throttle.hit(begun + 10s), 7U) << "one and five held back, and this one";
    EXPECT_EQ(throttle.hit(begun + 19s), std::nullopt);
    EXPECT_EQ(throttle.hit(begun + 60s), 2U);
}

TEST(Throttle, loses_no_count) {
    EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& steps) {
        Throttle throttle(1s);
        std::chrono::steady_clock::time_point now{};
        std::uint64_t spoken = 0;
        for (const auto step : steps) {
            now += std::chrono::milliseconds(step * 10);
            spoken += throttle.hit(now, 3).value_or(0);
        }
        spoken += throttle.hit(now + 1s, 0).value_or(0);
        RC_ASSERT(spoken == 3 * steps.size());
    }));
}

}  // namespace
}  // namespace callboard
