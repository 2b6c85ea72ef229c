#include "delivery/session/told.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Announced event(Sequence sequence, std::string line) {
    Record record;
    record.sequence = sequence;
    record.account = "alpha";
    record.ressource = std::move(line);
    return std::make_shared<const Announcement>(std::move(record), Time{}, TimeZone::utc());
}

std::vector<std::string> text(const std::vector<Told>& all) {
    std::vector<std::string> text;
    for (const auto& one : all) text.push_back(std::to_string(one.event->record.sequence) + " " + *one.token);
    return text;
}

const std::vector<Announced> kEvents = {event(1, "alice"), event(2, "bob"), event(4, "alice"),
                                        event(5, "bob")};

TEST(Told, HasEachEventOncePerTokenThatCoversIt) {
    const std::vector<Covered> covered = {{"ALICE", {"alpha", "alice", {}}, 0},
                                          {"ALL", {"alpha", "", {}}, 0}};
    EXPECT_THAT(text(told(kEvents, covered, 0)),
                ElementsAre("1 ALICE", "1 ALL", "2 ALL", "4 ALICE", "4 ALL", "5 ALL"));
}

TEST(Told, BeginsBehindThePlaceAndBehindEachSubscription) {
    const std::vector<Covered> covered = {{"ALICE", {"alpha", "alice", {}}, 0},
                                          {"ALL", {"alpha", "", {}}, 4}};
    EXPECT_THAT(text(told(kEvents, covered, 1)), ElementsAre("4 ALICE", "5 ALL"));
    EXPECT_THAT(text(told(kEvents, covered, 5)), IsEmpty());
    EXPECT_THAT(text(told(kEvents, {}, 0)), IsEmpty());
}

TEST(Told, IsMaskedUnderTheTokensThatAre) {
    Record record = kEvents.front()->record;
    record.data = R"({"Calling":"0033612345678"})";
    const std::vector<Announced> one = {
        std::make_shared<const Announcement>(std::move(record), Time{}, TimeZone::utc())};
    const std::vector<Covered> covered = {{"PLAIN", {"alpha", "", {}}, 0},
                                          {"MASKED", {"alpha", "", {}, {}, true}, 0},
                                          {"WALL", {"alpha", "alice", {}, {}, true}, 0}};
    const auto all = told(one, covered, 0);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[0].encoded().v2_after, HasSubstr("0033612345678"));
    EXPECT_THAT(all[1].encoded().v2_after, HasSubstr("0033612****78"));
    EXPECT_EQ(&all[1].encoded(), &all[2].encoded()) << "made once for all who are masked";
}

TEST(Told, IsPutInTheOrderOfTheJournal) {
    const std::vector<Covered> covered = {{"ALICE", {"alpha", "alice", {}}, 0},
                                          {"ALL", {"alpha", "", {}}, 0}};
    const auto wanted = told(kEvents, covered, 0);
    auto by_token = told(kEvents, std::span(covered).first(1), 0);
    const auto rest = told(kEvents, std::span(covered).last(1), 0);
    by_token.insert(by_token.end(), rest.begin(), rest.end());
    put_in_order(by_token);
    EXPECT_EQ(text(by_token), text(wanted));
}

TEST(Told, IsCutBetweenTwoEvents) {
    const std::vector<Covered> covered = {{"A", {"alpha", "", {}}, 0}, {"B", {"alpha", "", {}}, 0}};
    auto all = told(kEvents, covered, 0);
    EXPECT_EQ(cut(all, 8), std::nullopt);
    EXPECT_EQ(cut(all, 7), 4U);
    EXPECT_THAT(text(all), ElementsAre("1 A", "1 B", "2 A", "2 B", "4 A", "4 B"));
    EXPECT_EQ(cut(all, 2), 1U);
    EXPECT_THAT(text(all), ElementsAre("1 A", "1 B"));
}

}  // namespace
}  // namespace callboard
