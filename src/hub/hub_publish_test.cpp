// Who appends what is published: the thread that publishes, or the hub's own.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "hub/hub.hpp"
#include "hub/hub_for_test.hpp"

namespace callboard {
namespace {

using test::becomes;
using test::kLine;
using test::kPatience;
using test::one_line;
using test::SharedClock;
using test::WilfulJournal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Event registered() {
    Event event;
    event.name = "registered";
    event.ressource = kLine;
    event.data = LineData{};
    return event;
}

class Publish : public ::testing::Test {
  protected:
    Publish() {
        journal_.on_append = [this] {
            if (slow) clock_.advance(Hub::kQuick + Duration(1));
            const std::lock_guard lock(mutex_);
            appended_by_ = std::this_thread::get_id();
        };
        EXPECT_TRUE(hub_.start());
        clock_.advance(std::chrono::hours(1));
    }

    /// One event; `outcomes` gets what became of it.
    bool publish() {
        std::vector<Hub::Submission> one;
        one.push_back({{registered()}, {}, [this](const Result<Hub::Appended>& appended) {
                           const std::lock_guard lock(mutex_);
                           if (appended)
                               numbers_.push_back(appended->first);
                           else
                               errors_.push_back(appended.error().what);
                       }});
        return hub_.publish(one);
    }
    std::vector<Sequence> numbers() {
        const std::lock_guard lock(mutex_);
        return numbers_;
    }
    std::vector<std::string> errors() {
        const std::lock_guard lock(mutex_);
        return errors_;
    }
    bool appended_here() {
        const std::lock_guard lock(mutex_);
        return appended_by_ == std::this_thread::get_id();
    }

    std::atomic<bool> slow{false};
    WilfulJournal journal_;
    SharedClock clock_;
    Metrics metrics_;
    std::mutex mutex_;
    std::thread::id appended_by_;
    std::vector<Sequence> numbers_;
    std::vector<std::string> errors_;
    Hub hub_{journal_,
             clock_,
             metrics_,
             one_line(),
             TimeZone::utc(),
             {.most_queued = 8,
              .sync_interval = std::chrono::milliseconds(1),
              .first_retry = std::chrono::milliseconds(1),
              .last_retry = std::chrono::milliseconds(2)}};
};

TEST_F(Publish, AppendsItselfWhenNothingElseIsGoingOn) {
    ASSERT_TRUE(publish());
    EXPECT_THAT(numbers(), ElementsAre(1)) << "before it returned";
    EXPECT_TRUE(appended_here());
    EXPECT_EQ(hub_.last(), 1U);
}

TEST_F(Publish, TakesSeveralAsOneGroup) {
    std::vector<Hub::Submission> three(3);
    for (auto& one : three) {
        one.events = {registered(), registered()};
        one.done = [this](const Result<Hub::Appended>& appended) { numbers_.push_back(appended->last); };
    }
    ASSERT_TRUE(hub_.publish(three));
    EXPECT_THAT(numbers_, ElementsAre(2, 4, 6));
    EXPECT_EQ(journal_.tries, 1);
}

TEST_F(Publish, LeavesASlowJournalToTheHubForAWhile) {
    slow = true;
    ASSERT_TRUE(publish());
    EXPECT_TRUE(appended_here()) << "nobody could know";
    ASSERT_TRUE(publish());
    ASSERT_TRUE(becomes([this] { return numbers().size() == 2; }));
    EXPECT_FALSE(appended_here());
    slow = false;
    clock_.advance(Hub::kDistrust);
    ASSERT_TRUE(publish());
    EXPECT_THAT(numbers(), ElementsAre(1, 2, 3));
    EXPECT_TRUE(appended_here());
}

TEST_F(Publish, DoesNotWaitForAJournalThatHangs) {
    journal_.hangs = true;
    std::promise<void> first;
    ASSERT_TRUE(hub_.submit({registered()}, {}, [&first](const auto&) { first.set_value(); }));
    ASSERT_TRUE(becomes([this] { return journal_.tries == 1; }));
    ASSERT_TRUE(publish());
    ASSERT_TRUE(publish());
    EXPECT_TRUE(numbers().empty());
    journal_.hangs = false;
    journal_.resumed.release();
    ASSERT_EQ(first.get_future().wait_for(kPatience), std::future_status::ready);
    ASSERT_TRUE(becomes([this] { return numbers().size() == 2; }));
    EXPECT_THAT(numbers(), ElementsAre(2, 3)) << "behind what came first";
}

TEST_F(Publish, SaysNoWhenThereIsNoRoom) {
    journal_.hangs = true;
    ASSERT_TRUE(hub_.submit({registered()}, {}));
    ASSERT_TRUE(becomes([this] { return journal_.tries == 1; }));
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(publish());
    std::vector<Hub::Submission> one(1);
    one[0].events = {registered()};
    EXPECT_FALSE(hub_.publish(one));
    EXPECT_EQ(one[0].events.size(), 1U) << "left as it was";
    journal_.hangs = false;
    journal_.resumed.release();
    EXPECT_TRUE(becomes([this] { return numbers().size() == 7; }));
}

TEST_F(Publish, SaysWhyNothingWasKept) {
    journal_.full = true;
    ASSERT_TRUE(publish());
    EXPECT_THAT(errors(), ElementsAre(HasSubstr("the disk is full")));
    EXPECT_THAT(hub_.trouble(), HasSubstr("the disk is full"));
    journal_.full = false;
    EXPECT_TRUE(becomes([this] { return hub_.trouble().empty(); })) << "found out without another event";
    ASSERT_TRUE(publish());
    ASSERT_TRUE(becomes([this] { return numbers().size() == 1; }));
}

TEST_F(Publish, SaysNoOnceItIsStopped) {
    hub_.stop();
    EXPECT_FALSE(publish());
    EXPECT_TRUE(numbers().empty());
}

TEST_F(Publish, KeepsOrderAmongManyThreads) {
    constexpr int kThreads = 4, kEach = 500;
    std::vector<std::vector<Sequence>> of(kThreads);
    std::atomic<int> done{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < kThreads; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < kEach; ++i) {
                    const auto note = [&, t](const Result<Hub::Appended>& appended) {
                        of[static_cast<std::size_t>(t)].push_back(appended->first);
                        ++done;
                    };
                    std::vector<Hub::Submission> one;
                    one.push_back({{registered()}, {}, note});
                    const auto given = [&] {
                        return t % 2 == 0 ? hub_.publish(one)
                                          : hub_.submit({registered()}, {}, note, kPatience);
                    };
                    while (!given()) std::this_thread::yield();
                }
            });
    }
    ASSERT_TRUE(becomes([&] { return done == kThreads * kEach; }));
    std::set<Sequence> all;
    for (const auto& numbers : of) {
        EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
        all.insert(numbers.begin(), numbers.end());
    }
    EXPECT_EQ(all.size(), std::size_t{kThreads} * kEach);
    EXPECT_EQ(*all.rbegin(), Sequence{kThreads} * kEach);
}

}  // namespace
}  // namespace callboard
