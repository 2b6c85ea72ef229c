#include "contacts/lookup_turns.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <vector>

namespace callboard {
namespace {

using std::chrono::seconds;

LookupQuestion question(int number, const std::string& account = "office") {
    return {account, "00336000" + std::to_string(10'000 + number)};
}

class LookupTurnsTest : public testing::Test {
  protected:
    bool want(int number) { return turns_.want(question(number), now_); }
    /// How many are begun now.
    std::size_t begin_all() {
        std::size_t count = 0;
        for (; const auto one = turns_.next(now_); ++count) under_way_.push_back(*one);
        return count;
    }
    void answer(bool failed) {
        ASSERT_FALSE(under_way_.empty());
        turns_.answered(under_way_.front(), failed, now_);
        under_way_.erase(under_way_.begin());
    }
    void fail_until_left_alone() {
        for (int i = 0; i < LookupTurns::kFailures; ++i) {
            want(900 + i);
            begin_all();
            answer(true);
        }
    }

    LookupTurns turns_;
    LookupTurns::Steady now_{std::chrono::hours(1)};
    std::vector<LookupQuestion> under_way_;
};

TEST_F(LookupTurnsTest, AsksEachQuestionOnceHoweverManyWantToKnow) {
    EXPECT_TRUE(want(1));
    EXPECT_TRUE(want(1));
    EXPECT_EQ(begin_all(), 1U);
    EXPECT_TRUE(want(1)) << "it is under way";
    EXPECT_EQ(begin_all(), 0U);
    answer(false);
    EXPECT_TRUE(want(1));
    EXPECT_EQ(begin_all(), 1U) << "later it is asked anew";
}

TEST_F(LookupTurnsTest, AccountsAskForThemselves) {
    EXPECT_TRUE(turns_.want(question(1, "office"), now_));
    EXPECT_TRUE(turns_.want(question(1, "shop"), now_));
    EXPECT_EQ(begin_all(), 2U);
}

TEST_F(LookupTurnsTest, AsksAFewAtOnceInOrder) {
    for (int i = 0; i < 20; ++i) want(i);
    EXPECT_EQ(begin_all(), LookupTurns::kMostAtOnce);
    EXPECT_EQ(under_way_.front(), question(0));
    answer(false);
    EXPECT_EQ(begin_all(), 1U);
    EXPECT_EQ(under_way_.back(), question(8));
}

TEST_F(LookupTurnsTest, RefusesWhatWouldWaitTooLong) {
    for (std::size_t i = 0; i < LookupTurns::kMostWaiting; ++i) EXPECT_TRUE(want(static_cast<int>(i)));
    EXPECT_FALSE(want(5'000));
    begin_all();
    EXPECT_TRUE(want(5'000));
}

TEST_F(LookupTurnsTest, LeavesADirectoryAloneThatFails) {
    for (int i = 0; i < 4; ++i) {
        want(i);
        begin_all();
        answer(true);
    }
    EXPECT_FALSE(turns_.left_alone_until(now_));
    for (int i = 10; i < 30; ++i) want(i);
    begin_all();
    answer(true);
    EXPECT_EQ(turns_.left_alone_until(now_), now_ + LookupTurns::kFirstRest);
    EXPECT_EQ(turns_.waiting(), 0U) << "nobody waits for half a minute";
    EXPECT_FALSE(want(50));
    while (!under_way_.empty()) answer(true);
    EXPECT_EQ(turns_.left_alone_until(now_), now_ + LookupTurns::kFirstRest) << "they were under way";
}

TEST_F(LookupTurnsTest, TriesWithOneQuestionAfterwards) {
    fail_until_left_alone();
    now_ += LookupTurns::kFirstRest;
    EXPECT_FALSE(turns_.left_alone_until(now_));
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(want(i));
    EXPECT_EQ(begin_all(), 1U);
    answer(false);
    EXPECT_EQ(begin_all(), 4U);
}

TEST_F(LookupTurnsTest, RestsLongerEachTimeButNeverForEver) {
    fail_until_left_alone();
    for (const seconds rest :
         {seconds(60), seconds(120), seconds(240), seconds(480), seconds(600), seconds(600)}) {
        now_ = *turns_.left_alone_until(now_);
        want(1);
        EXPECT_EQ(begin_all(), 1U);
        answer(true);
        EXPECT_EQ(turns_.left_alone_until(now_), now_ + rest);
    }
    now_ = *turns_.left_alone_until(now_);
    want(1);
    begin_all();
    answer(false);
    fail_until_left_alone();
    EXPECT_EQ(turns_.left_alone_until(now_), now_ + LookupTurns::kFirstRest) << "it was well in between";
}

TEST(LookupTurns, WhateverComesNothingIsAskedTwiceAtOnceNorForgotten) {
    const bool held = rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps) {
        LookupTurns turns;
        LookupTurns::Steady now{std::chrono::hours(1)};
        std::vector<LookupQuestion> under_way;
        for (const auto& [what, number] : steps) {
            if (what % 4 == 0) now += seconds(number);
            if (what % 4 == 1) {
                const bool waits = turns.want(question(number), now);
                RC_ASSERT(!waits || !turns.left_alone_until(now) ||
                          std::count(under_way.begin(), under_way.end(), question(number)) == 1);
            }
            if (what % 4 == 2)
                while (const auto next = turns.next(now)) {
                    RC_ASSERT(std::count(under_way.begin(), under_way.end(), *next) == 0);
                    under_way.push_back(*next);
                }
            if (what % 4 == 3 && !under_way.empty()) {
                turns.answered(under_way.back(), number % 2 == 0, now);
                under_way.pop_back();
            }
            RC_ASSERT(under_way.size() <= LookupTurns::kMostAtOnce);
        }
        while (!under_way.empty()) {
            turns.answered(under_way.back(), false, now);
            under_way.pop_back();
        }
        now += LookupTurns::kLongestRest;
        RC_ASSERT(turns.waiting() == 0 || turns.next(now));
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace callboard
