#include "sources/ovh/ovh_repeats.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "sources/ovh/ovh_for_test.hpp"

namespace callboard {
namespace {

class OvhRepeatsTest : public testing::Test {
  protected:
    bool repeat(const std::string& data, std::int64_t timestamp, const std::string& name = "start_ringing") {
        OvhEvent told;
        told.event.name = name;
        told.event.ressource = test::kLine;
        told.timestamp = timestamp;
        return repeats_.is_repeat(told, data);
    }
    void kept(const std::string& data) { repeats_.was_kept("start_ringing", test::kLine, data); }

    OvhRepeats repeats_;
};

TEST_F(OvhRepeatsTest, KnowsWhatWasToldInThisRun) {
    EXPECT_FALSE(repeat("a", 1));
    EXPECT_TRUE(repeat("a", 1));
    EXPECT_FALSE(repeat("a", 2)) << "published at another time, it is another";
    EXPECT_FALSE(repeat("b", 1));
    EXPECT_FALSE(repeat("a", 1, "end_ringing"));
    repeats_.answered();
    EXPECT_TRUE(repeat("a", 1));
}

TEST_F(OvhRepeatsTest, KnowsWhatTheJournalHasAsOftenAsItIsThere) {
    kept("a");
    kept("a");
    EXPECT_TRUE(repeat("a", 1));
    EXPECT_TRUE(repeat("a", 2));
    EXPECT_FALSE(repeat("a", 3)) << "the third is new";
}

TEST_F(OvhRepeatsTest, TheJournalCountsUntilSomethingNewIsTold) {
    kept("a");
    kept("b");
    EXPECT_TRUE(repeat("a", 1));
    repeats_.answered();
    EXPECT_FALSE(repeat("new", 2));
    EXPECT_TRUE(repeat("b", 1)) << "within the same answer the order does not matter";
    repeats_.answered();
    kept("c");
    EXPECT_FALSE(repeat("newer", 4));
    repeats_.answered();
    EXPECT_FALSE(repeat("c", 5));
}

TEST_F(OvhRepeatsTest, RemembersNoMoreThanItMay) {
    const auto most = static_cast<std::int64_t>(OvhRepeats::kMostRemembered);
    for (std::int64_t i = 0; i <= most; ++i) EXPECT_FALSE(repeat("a", i));
    EXPECT_TRUE(repeat("a", 1));
    EXPECT_FALSE(repeat("a", 0)) << "the oldest is forgotten";
}

/// Wherever a run is interrupted, and however far back the service begins again, each event passes once.
RC_GTEST_PROP(OvhRepeatsProperty, EachPassesOnceOverARestart, (const std::vector<std::uint8_t>& data)) {
    std::vector<OvhEvent> all;
    for (std::size_t i = 0; i < data.size(); ++i) {
        OvhEvent told;
        told.event.name = std::to_string(data[i] % 3);
        told.timestamp = static_cast<std::int64_t>(i);
        all.push_back(told);
    }
    const auto kept = *rc::gen::inRange<std::size_t>(0, all.size() + 1);
    const auto from = *rc::gen::inRange<std::size_t>(0, kept + 1);
    const auto answer = *rc::gen::inRange<std::size_t>(1, 10);
    OvhRepeats after;
    for (std::size_t i = from; i < kept; ++i) after.was_kept(all[i].event.name, "", "d");
    std::vector<std::int64_t> passed;
    for (std::size_t i = from; i < all.size(); ++i) {
        if (!after.is_repeat(all[i], "d")) passed.push_back(all[i].timestamp);
        if ((i - from) % answer == answer - 1) after.answered();
    }
    std::vector<std::int64_t> wanted;
    for (std::size_t i = kept; i < all.size(); ++i) wanted.push_back(all[i].timestamp);
    RC_ASSERT(passed.size() == wanted.size());
}

}  // namespace
}  // namespace callboard
