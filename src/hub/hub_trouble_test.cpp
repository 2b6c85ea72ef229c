// What the hub says, and does, while the journal takes nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "hub/hub.hpp"
#include "hub/hub_for_test.hpp"

namespace callboard {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using test::becomes;
using test::kLine;
using test::kPatience;
using test::one_line;
using test::SharedClock;
using test::WilfulJournal;

class Trouble : public ::testing::Test {
  protected:
    Trouble() {
        EXPECT_TRUE(hub_.start());
        clock_.advance(std::chrono::hours(1));
    }

    /// What the hub finds out when it is asked.
    std::string asked() {
        std::promise<std::string> promise;
        auto answer = promise.get_future();
        EXPECT_TRUE(
            hub_.ask_for_trouble([&promise](const std::string& trouble) { promise.set_value(trouble); }));
        if (answer.wait_for(kPatience) != std::future_status::ready) return "no answer";
        return answer.get();
    }

    Result<Hub::Appended> told() {
        Event event;
        event.name = "registered";
        event.ressource = kLine;
        event.data = LineData{};
        std::promise<Result<Hub::Appended>> promise;
        auto answer = promise.get_future();
        EXPECT_TRUE(
            hub_.submit({event}, {}, [&promise](const auto& appended) { promise.set_value(appended); }));
        return answer.get();
    }

    WilfulJournal journal_;
    SharedClock clock_;
    Metrics metrics_;
    Hub hub_{journal_,
             clock_,
             metrics_,
             one_line(),
             TimeZone::utc(),
             {.sync_interval = std::chrono::milliseconds(1),
              .first_retry = std::chrono::milliseconds(1),
              .last_retry = std::chrono::milliseconds(2)}};
};

TEST_F(Trouble, IsFoundOutAlthoughNoEventsCome) {
    EXPECT_THAT(asked(), IsEmpty());
    journal_.full = true;
    clock_.advance(Hub::kKnownFor);
    EXPECT_THAT(asked(), HasSubstr("the disk is full"));
    EXPECT_THAT(hub_.trouble(), HasSubstr("the disk is full"));
}

TEST_F(Trouble, IsNotLookedForWhenEventsWentInJustNow) {
    ASSERT_TRUE(told());
    const int before = journal_.tries;
    for (int i = 0; i < 10; ++i) EXPECT_THAT(asked(), IsEmpty());
    EXPECT_EQ(journal_.tries, before);
    clock_.advance(Hub::kKnownFor);
    for (int i = 0; i < 10; ++i) EXPECT_THAT(asked(), IsEmpty());
    EXPECT_EQ(journal_.tries, before + 1);
}

TEST_F(Trouble, PassesByItself) {
    journal_.full = true;
    EXPECT_FALSE(told());
    EXPECT_THAT(hub_.trouble(), HasSubstr("the disk is full"));
    journal_.full = false;
    EXPECT_TRUE(becomes([this] { return hub_.trouble().empty(); }));
    const auto appended = told();
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->first, 1U);
}

TEST_F(Trouble, OfASyncThatHangsDelaysNoEvent) {
    journal_.sync_hangs = true;
    ASSERT_TRUE(told());
    ASSERT_TRUE(becomes([this] { return journal_.syncs > 0; }));
    for (Sequence next = 2; next < 10; ++next) {
        const auto appended = told();
        ASSERT_TRUE(appended);
        EXPECT_EQ(appended->first, next);
    }
    EXPECT_EQ(journal_.syncs, 1);
    journal_.sync_hangs = false;
    journal_.sync_resumed.release();
    EXPECT_TRUE(becomes([this] { return journal_.syncs > 1; })) << "what came in meanwhile is synced as well";
}

TEST_F(Trouble, OfASyncThatFailsIsToldUntilOneWorks) {
    journal_.sync_fails = true;
    ASSERT_TRUE(told());
    EXPECT_TRUE(becomes([this] { return hub_.trouble() == "cannot sync"; })) << hub_.trouble();
    journal_.sync_fails = false;
    EXPECT_TRUE(becomes([this] { return hub_.trouble().empty(); })) << "tried again without another event";
}

TEST_F(Trouble, LeavesNothingUnsyncedAtTheEnd) {
    ASSERT_TRUE(told());
    hub_.stop();
    const int at_the_end = journal_.syncs;
    EXPECT_GE(at_the_end, 1);
    hub_.stop();
    EXPECT_EQ(journal_.syncs, at_the_end);
}

TEST_F(Trouble, QuestionsDoNotPileUpBehindADiskThatHangs) {
    journal_.hangs = true;
    unsigned asking = 0;
    std::atomic<unsigned> answered{0};
    while (asking < 10 * Hub::kMostAsking &&
           hub_.ask_for_trouble([&answered](const std::string&) { ++answered; }))
        ++asking;
    EXPECT_EQ(asking, Hub::kMostAsking);
    journal_.hangs = false;
    journal_.resumed.release();
    hub_.stop();
    EXPECT_EQ(answered, asking);
    EXPECT_FALSE(hub_.ask_for_trouble([](const std::string&) {}));
}

TEST_F(Trouble, AQuestionGivesNoNumber) {
    EXPECT_THAT(asked(), IsEmpty());
    clock_.advance(Hub::kKnownFor);
    EXPECT_THAT(asked(), IsEmpty());
    EXPECT_EQ(hub_.last(), 0U);
    const auto appended = told();
    ASSERT_TRUE(appended);
    EXPECT_EQ(appended->first, 1U);
    EXPECT_EQ(appended->last, 1U);
}

}  // namespace
}  // namespace callboard
