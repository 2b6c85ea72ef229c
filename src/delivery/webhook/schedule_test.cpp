#include "delivery/webhook/schedule.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <vector>

namespace callboard::webhook {
namespace {

using namespace std::chrono_literals;
using Outcome = Schedule::Outcome;
using State = Schedule::State;
using Verdict = Schedule::Verdict;

constexpr Time kStart = time_from_nanoseconds(1'780'000'000'000'000'000);

Schedule schedule(Schedule::Settings settings = {}) { return {settings, State::active, std::nullopt}; }

TEST(Schedule, BeginsWhatIsDueAndNothingElse) {
    Schedule one = schedule();
    EXPECT_EQ(one.begin(kStart), std::nullopt);
    one.add(1, 100, 0, kStart + 5s);
    EXPECT_EQ(one.next(), kStart + 5s);
    EXPECT_EQ(one.begin(kStart + 5s - 1ns), std::nullopt);
    EXPECT_EQ(one.begin(kStart + 5s), 1);
    EXPECT_EQ(one.begin(kStart + 5s), std::nullopt) << "it is under way";
    EXPECT_EQ(one.next(), std::nullopt);
    EXPECT_EQ(one.waiting(), 1U);
    EXPECT_EQ(one.finish(1, Outcome::delivered, kStart + 6s, 0).verdict, Verdict::delivered);
    EXPECT_EQ(one.waiting(), 0U);
}

TEST(Schedule, ACallsLaterEventWaitsForTheEarlierAndOtherCallsGoOn) {
    Schedule one = schedule();
    one.add(1, 100, 0, kStart);
    one.add(2, 100, 0, kStart);
    one.add(3, 200, 0, kStart);
    EXPECT_EQ(one.begin(kStart), 1);
    EXPECT_EQ(one.begin(kStart), 3);
    EXPECT_EQ(one.begin(kStart), std::nullopt);
    EXPECT_EQ(one.finish(1, Outcome::failed, kStart, 0).verdict, Verdict::retrying);
    EXPECT_EQ(one.finish(3, Outcome::delivered, kStart, 0).verdict, Verdict::delivered);
    EXPECT_EQ(one.begin(kStart + 8s), 1) << "still the first";
    EXPECT_EQ(one.finish(1, Outcome::delivered, kStart + 8s, 0).verdict, Verdict::delivered);
    EXPECT_EQ(one.begin(kStart + 8s), 2);
}

TEST(Schedule, WhatWasUnderWayAtThePauseMakesNoProbeLater) {
    Schedule one = schedule({.parallel = 6});
    for (int i = 1; i <= 10; ++i) one.add(i, static_cast<Schedule::Subject>(i), 0, kStart);
    for (int i = 1; i <= 6; ++i) ASSERT_EQ(one.begin(kStart), i);
    for (int i = 1; i <= 6; ++i) one.finish(i, Outcome::failed, kStart + 1s, 0);
    ASSERT_EQ(one.state(), State::paused);
    EXPECT_EQ(one.next(), kStart + 9s) << "the first probe, 8 s after the third failure";
    EXPECT_EQ(one.begin(kStart + 9s), 7);
    EXPECT_EQ(one.begin(kStart + 9s), std::nullopt) << "one probe at a time";
    one.finish(7, Outcome::failed, kStart + 9s, 0);
    EXPECT_EQ(one.next(), kStart + 25s) << "a probe that fails doubles the wait";
    EXPECT_EQ(one.begin(kStart + 25s), 8);
    one.finish(8, Outcome::delivered, kStart + 25s, 0);
    EXPECT_EQ(one.state(), State::active);
    EXPECT_EQ(one.next(), kStart) << "all that waits is due at once";
}

TEST(Schedule, BoundsWhatIsUnderWay) {
    Schedule one = schedule();
    for (int i = 1; i <= 10; ++i) one.add(i, static_cast<Schedule::Subject>(i), 0, kStart);
    for (int i = 1; i <= 4; ++i) EXPECT_EQ(one.begin(kStart), i);
    EXPECT_EQ(one.begin(kStart), std::nullopt);
    EXPECT_EQ(one.under_way(), 4U);
    one.finish(2, Outcome::delivered, kStart, 0);
    EXPECT_EQ(one.begin(kStart), 5);
}

TEST(Schedule, TenAttemptsAreADay) {
    for (const double random : {0.0, 0.5, 1.0}) {
        Schedule one = schedule();
        one.add(1, 100, 0, kStart);
        Time now = kStart;
        Duration before{};
        for (unsigned attempt = 1; attempt <= 10; ++attempt) {
            now = std::max(now, one.next().value());
            ASSERT_EQ(one.begin(now), 1);
            const auto finished = one.finish(1, Outcome::failed, now, random);
            EXPECT_EQ(finished.attempts, attempt);
            ASSERT_EQ(finished.verdict, attempt == 10 ? Verdict::failed : Verdict::retrying);
            if (attempt == 10) break;
            const Duration wait = finished.due - now;
            EXPECT_GT(wait, before * 2);
            before = wait;
        }
        EXPECT_GT(now - kStart, 20h);
        EXPECT_LT(now - kStart, 26h);
        EXPECT_EQ(one.waiting(), 0U);
    }
}

TEST(Schedule, AGivenUpDeliveryLetsTheNextOfItsCallGo) {
    Schedule one = schedule({.attempts = 2, .pause_after = 100});
    one.add(1, 100, 1, kStart);
    one.add(2, 100, 0, kStart);
    EXPECT_EQ(one.begin(kStart), 1);
    EXPECT_EQ(one.finish(1, Outcome::failed, kStart, 0).verdict, Verdict::failed);
    EXPECT_EQ(one.begin(kStart), 2);
}

TEST(Schedule, AFailingEndpointIsPausedAndProbedOneAtATime) {
    Schedule one = schedule();
    for (int i = 1; i <= 20; ++i) one.add(i, static_cast<Schedule::Subject>(i), 0, kStart);
    for (int i = 1; i <= 3; ++i) ASSERT_EQ(one.begin(kStart), i);
    for (int i = 1; i <= 3; ++i) one.finish(i, Outcome::failed, kStart + 1s, 0);
    EXPECT_EQ(one.state(), State::paused);
    EXPECT_EQ(one.failing_since(), kStart + 1s);
    EXPECT_EQ(one.next(), kStart + 9s);
    EXPECT_EQ(one.begin(kStart + 8s), std::nullopt);
    EXPECT_EQ(one.begin(kStart + 9s), 4) << "the one due for longest";
    EXPECT_EQ(one.begin(kStart + 9s), std::nullopt);
    one.finish(4, Outcome::failed, kStart + 9s, 0);
    EXPECT_EQ(one.next(), kStart + 25s) << "twice as long";
}

TEST(Schedule, ProbesAreNeverMoreThanTenMinutesApart) {
    Schedule one = schedule();
    Time now = kStart;
    for (int i = 1; i <= 100; ++i) {
        one.add(i, static_cast<Schedule::Subject>(i), 0, now);
        const Time next = one.next().value();
        EXPECT_LE(next - now, 11min);
        now = std::max(now, next);
        const auto id = one.begin(now);
        ASSERT_TRUE(id);
        one.finish(*id, Outcome::failed, now, 1);
    }
}

TEST(Schedule, ResumesByItselfWithEverythingThatWaits) {
    Schedule one = schedule({.parallel = 100});
    for (int i = 1; i <= 5; ++i) {
        one.add(i, static_cast<Schedule::Subject>(i), 6, kStart);
        ASSERT_EQ(one.begin(kStart), i);
    }
    for (int i = 1; i <= 5; ++i) one.finish(i, Outcome::failed, kStart, 0);
    ASSERT_EQ(one.state(), State::paused);
    one.add(6, 6, 0, kStart + 1min);
    ASSERT_EQ(one.begin(kStart + 1min), 6);
    one.finish(6, Outcome::delivered, kStart + 1min, 0);
    EXPECT_EQ(one.state(), State::active);
    EXPECT_EQ(one.failing_since(), std::nullopt);
    for (int i = 1; i <= 5; ++i) EXPECT_TRUE(one.begin(kStart + 1min)) << "although its own wait is hours";
}

TEST(Schedule, OneThatNobodyTakesHoldsUpNoOther) {
    Schedule one = schedule();
    one.add(1, 1, 0, kStart);
    Time now = kStart;
    for (int i = 2; i < 50; ++i) {
        now += 1s;
        if (one.begin(now) == 1) one.finish(1, Outcome::failed, now, 0);
        one.add(i, static_cast<Schedule::Subject>(i), 0, now);
        const auto id = one.begin(now);
        ASSERT_EQ(id, i);
        one.finish(i, Outcome::delivered, now, 0);
        EXPECT_EQ(one.state(), State::active);
    }
}

TEST(Schedule, ACalendarThatIsSetBackPutsNothingOff) {
    Schedule one = schedule({.pause_after = 100});
    one.add(1, 100, 0, kStart);
    one.add(2, 200, 0, kStart);
    EXPECT_EQ(one.begin(kStart), 1);
    one.finish(1, Outcome::failed, kStart, 0);
    const Time earlier = kStart - 1h;
    one.calendar_was_set(earlier);
    EXPECT_EQ(one.begin(earlier), 2) << "was due";
    EXPECT_EQ(one.begin(earlier + 8s - 1ns), std::nullopt);
    EXPECT_EQ(one.begin(earlier + 9s), 1) << "waits as after a failure";
}

TEST(Schedule, ACalendarThatIsSetBackPutsNoProbeOff) {
    Schedule one = schedule({.pause_after = 1});
    one.add(1, 100, 0, kStart);
    EXPECT_EQ(one.begin(kStart), 1);
    one.finish(1, Outcome::failed, kStart, 0);
    EXPECT_EQ(one.state(), State::paused);
    const Time earlier = kStart - 1h;
    one.calendar_was_set(earlier);
    EXPECT_EQ(one.begin(earlier + 9s), 1);
}

TEST(Schedule, GoneStopsIt) {
    Schedule one = schedule();
    one.add(1, 1, 0, kStart);
    one.add(2, 2, 0, kStart);
    one.add(3, 1, 0, kStart);
    ASSERT_EQ(one.begin(kStart), 1);
    ASSERT_EQ(one.begin(kStart), 2);
    EXPECT_EQ(one.finish(1, Outcome::gone, kStart, 0).verdict, Verdict::gone);
    EXPECT_EQ(one.state(), State::stopped);
    EXPECT_EQ(one.waiting(), 0U);
    EXPECT_EQ(one.finish(2, Outcome::delivered, kStart, 0).verdict, Verdict::delivered) << "was under way";
    EXPECT_EQ(one.state(), State::stopped);
    one.add(4, 4, 0, kStart);
    EXPECT_EQ(one.begin(kStart + 48h), std::nullopt);
    one.resume(kStart + 48h);
    one.add(5, 5, 0, kStart + 48h);
    EXPECT_EQ(one.begin(kStart + 48h), 5);
}

TEST(Schedule, GoesOnAsItWasLeft) {
    Schedule stopped({}, State::stopped, kStart);
    stopped.add(1, 1, 0, kStart);
    EXPECT_EQ(stopped.begin(kStart), std::nullopt);
    Schedule paused({}, State::paused, kStart);
    paused.add(1, 1, 4, kStart);
    paused.add(2, 2, 4, kStart);
    EXPECT_EQ(paused.begin(kStart), 1) << "a restart is a good moment to probe";
    EXPECT_EQ(paused.begin(kStart), std::nullopt);
    EXPECT_EQ(paused.finish(1, Outcome::failed, kStart, 0).attempts, 5U);
    EXPECT_EQ(paused.failing_since(), kStart);
}

/// An endpoint that does anything: what it is given, and what the schedule promises of that.
TEST(Schedule, NothingIsLostSkippedOrOvertaken) {
    const bool held = rc::check([](const std::vector<std::uint8_t>& script) {
        Schedule one = schedule({.parallel = 3});
        Time now = kStart;
        Schedule::Id last = 0;
        std::map<Schedule::Id, Schedule::Subject> added;
        std::map<Schedule::Id, Verdict> over;
        std::map<Schedule::Id, unsigned> attempts;
        std::vector<Schedule::Id> under_way;
        const auto settled_before = [&](Schedule::Id id) {
            return std::all_of(added.begin(), added.lower_bound(id), [&](const auto& earlier) {
                return earlier.second != added.at(id) || over.contains(earlier.first);
            });
        };
        const auto begin = [&] {
            while (const auto id = one.begin(now)) {
                RC_ASSERT(!over.contains(*id));
                RC_ASSERT(settled_before(*id));
                RC_ASSERT(std::find(under_way.begin(), under_way.end(), *id) == under_way.end());
                under_way.push_back(*id);
                RC_ASSERT(under_way.size() <= 3U);
            }
        };
        const auto finish = [&](std::size_t which, Outcome outcome) {
            const auto id = under_way[which % under_way.size()];
            std::erase(under_way, id);
            const auto finished = one.finish(id, outcome, now, 0.5);
            RC_ASSERT(finished.attempts == ++attempts[id]);
            RC_ASSERT(finished.attempts <= 10U);
            if (finished.verdict != Verdict::retrying) over[id] = finished.verdict;
        };
        for (const std::uint8_t step : script) {
            if (step % 4 == 0) {
                added[++last] = step / 4 % 5;
                one.add(last, added[last], 0, now);
            } else if (step % 4 == 1) {
                now += std::chrono::seconds(step);
            } else if (!under_way.empty()) {
                finish(step / 4, step % 4 == 2 ? Outcome::delivered : Outcome::failed);
            }
            begin();
        }
        // From now on it works: everything arrives.
        for (int i = 0; i < 10'000 && (one.waiting() > 0 || !under_way.empty()); ++i) {
            if (!under_way.empty()) finish(0, Outcome::delivered);
            if (const auto next = one.next()) now = std::max(now, *next);
            begin();
        }
        RC_ASSERT(over.size() == added.size());
        for (const auto& [id, verdict] : over)
            RC_ASSERT(verdict == Verdict::delivered || attempts[id] == 10U);
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace callboard::webhook
