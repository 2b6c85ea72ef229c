#include "delivery/wrong_tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace callboard {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
const std::chrono::steady_clock::time_point kStart{std::chrono::hours(1)};

TEST(WrongTokens, ForgivesAFewThenDoubles) {
    WrongTokens wrong;
    std::vector<long> waits;
    for (int i = 0; i < 12; ++i) waits.push_back(wrong.seen("192.0.2.1", kStart).count());
    EXPECT_THAT(waits, ::testing::ElementsAre(0, 0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000));
}

TEST(WrongTokens, NeverWaitsLongerThanItSays) {
    WrongTokens wrong;
    for (int i = 0; i < 10'000; ++i) EXPECT_LE(wrong.seen("192.0.2.1", kStart), WrongTokens::kLongest);
}

TEST(WrongTokens, CountsByAddress) {
    WrongTokens wrong;
    for (int i = 0; i < 8; ++i) wrong.seen("192.0.2.1", kStart);
    EXPECT_EQ(wrong.seen("192.0.2.2", kStart), milliseconds(0));
    EXPECT_EQ(wrong.seen("2001:db8::1", kStart), milliseconds(0));
}

TEST(WrongTokens, ForgetsAfterAWhile) {
    WrongTokens wrong;
    for (int i = 0; i < 8; ++i) wrong.seen("192.0.2.1", kStart);
    EXPECT_GT(wrong.seen("192.0.2.1", kStart + WrongTokens::kMemory), milliseconds(0));
    EXPECT_EQ(wrong.seen("192.0.2.1", kStart + 2 * WrongTokens::kMemory + minutes(1)), milliseconds(0));
}

TEST(WrongTokens, RemembersABoundedNumberOfAddresses) {
    WrongTokens wrong;
    for (int i = 0; i < 8; ++i) wrong.seen("first", kStart);
    for (std::size_t i = 0; i < WrongTokens::kMostAddresses - 1; ++i) wrong.seen(std::to_string(i), kStart);
    EXPECT_GT(wrong.seen("first", kStart), milliseconds(0));
    wrong.seen("one more", kStart);
    EXPECT_EQ(wrong.seen("first", kStart), milliseconds(0)) << "the oldest makes room";
}

TEST(WrongTokens, HoldsABoundedNumberOfAnswers) {
    WrongTokens wrong;
    std::vector<std::shared_ptr<void>> held;
    for (std::size_t i = 0; i < WrongTokens::kMostHeld; ++i) held.push_back(wrong.hold());
    EXPECT_THAT(held, ::testing::Each(::testing::NotNull()));
    EXPECT_FALSE(wrong.hold());
    const auto copy = held.back();
    held.pop_back();
    EXPECT_FALSE(wrong.hold()) << "a copy still holds it";
    held.clear();
    EXPECT_TRUE(wrong.hold());
}

}  // namespace
}  // namespace callboard
