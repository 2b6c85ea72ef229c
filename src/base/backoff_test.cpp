#include "base/backoff.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToItsMostAndBeginsAnew) {
    Backoff backoff;
    EXPECT_EQ(backoff.next(0), milliseconds(500));
    EXPECT_EQ(backoff.next(0), milliseconds(1'000));
    EXPECT_EQ(backoff.next(1), milliseconds(1'000));  // 2 s, less half of it
    for (int i = 0; i < 10; ++i) backoff.next(0);
    EXPECT_EQ(backoff.next(0), Backoff::kLongest);
    backoff.reset();
    EXPECT_EQ(backoff.next(0), Backoff::kFirst);
}

}  // namespace
}  // namespace callboard
