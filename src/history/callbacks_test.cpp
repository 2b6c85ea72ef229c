#include "history/callbacks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "history/history_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kCaller = "0033612345678";

class CallbacksTest : public testing::Test {
  protected:
    HistoryRow missed(Duration after, std::string calling = kCaller) {
        HistoryRow row;
        row.started = kNoon + after;
        row.account = "office";
        row.call_id = "call-" + std::to_string(after.count());
        row.line = kAlice;
        row.calling = std::move(calling);
        row.outcome = CallOutcome::missed;
        row.ended = row.started + 20s;
        row.waited = 20s;
        return row;
    }
    HistoryRow answered(Duration after, bool incoming) {
        HistoryRow row = missed(after, incoming ? kCaller : kAlice);
        row.incoming = incoming;
        row.called = incoming ? kAlice : kCaller;
        row.outcome = CallOutcome::answered;
        row.answered = row.started + 5s;
        return row;
    }
    std::vector<Callback> list(const std::vector<HistoryRow>& rows, std::vector<CallbackTick> ticks = {}) {
        CallbackList callers(kNoon - 1h, kNoon + 1h, std::move(ticks),
                             [](std::string_view number) { return number == kBob; });
        for (const auto& row : rows) callers.add(row);
        return callers.entries();
    }
};

TEST_F(CallbacksTest, CallerWhomNobodyAnswered) {
    const auto found = list({missed(0s), missed(5min)});
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].number, kCaller);
    EXPECT_EQ(found[0].line, kAlice);
    EXPECT_EQ(found[0].attempts, 2U);
    EXPECT_EQ(found[0].first, kNoon);
    EXPECT_EQ(found[0].last, kNoon + 5min);
    EXPECT_EQ(found[0].through, kNoon + 5min);
    EXPECT_EQ(found[0].longest_wait, 20s);
    EXPECT_EQ(found[0].done, std::nullopt);
}

TEST_F(CallbacksTest, CalledBackOrAnsweredLater) {
    EXPECT_THAT(list({missed(0s), answered(5min, false)}), IsEmpty());
    EXPECT_THAT(list({missed(0s), answered(5min, true)}), IsEmpty());
    EXPECT_THAT(list({missed(0s), answered(3h, false)}), IsEmpty()) << "also after the time asked for";
    EXPECT_THAT(list({answered(-5min, true), missed(0s)}), SizeIs(1)) << "but not before";
}

TEST_F(CallbacksTest, CallBackThatNobodyTookIsNone) {
    HistoryRow tried = answered(5min, false);
    tried.answered.reset();
    tried.outcome = CallOutcome::missed;
    EXPECT_THAT(list({missed(0s), tried}), SizeIs(1));
}

TEST_F(CallbacksTest, OnePhoneOfSeveralTookIt) {
    HistoryRow busy = missed(1s);
    HistoryRow taken = answered(0s, true);
    taken.call_id = busy.call_id;
    EXPECT_THAT(list({busy, taken}), IsEmpty());
}

TEST_F(CallbacksTest, SeveralPhonesOfOneCallAreOneAttempt) {
    HistoryRow other = missed(1s);
    other.line = kBob;
    other.call_id = missed(0s).call_id;
    EXPECT_EQ(list({missed(0s), other}).at(0).attempts, 1U);
}

TEST_F(CallbacksTest, NobodyToCallBack) {
    HistoryRow leg = missed(0s);
    leg.parent = kNoon - 5s;
    HistoryRow elsewhere = missed(0s);
    elsewhere.outcome = CallOutcome::transferred;
    EXPECT_THAT(list({missed(0s, "anonymous"), missed(0s, ""), missed(0s, kBob), missed(2h), missed(-2h), leg,
                      elsewhere}),
                IsEmpty());
}

TEST_F(CallbacksTest, TickedOffUntilTheyCallAgain) {
    const CallbackTick tick{"office", kCaller, kNoon + 5min, kNoon + 6min, "Alice"};
    const auto done = list({missed(0s), missed(5min)}, {tick});
    ASSERT_THAT(done, SizeIs(1));
    EXPECT_EQ(done[0].done, tick);
    EXPECT_EQ(done[0].attempts, 2U);
    const auto again = list({missed(0s), missed(5min), missed(10min)}, {tick});
    ASSERT_THAT(again, SizeIs(1));
    EXPECT_EQ(again[0].done, std::nullopt);
    EXPECT_EQ(again[0].attempts, 1U);
    EXPECT_EQ(again[0].first, kNoon + 10min);
}

TEST_F(CallbacksTest, LastFirst) {
    const auto found = list({missed(0s, "a"), missed(2min, "b"), missed(1min, "c")});
    ASSERT_THAT(found, SizeIs(3));
    EXPECT_EQ(found[0].number + found[1].number + found[2].number, "bca");
}

TEST_F(CallbacksTest, OrderOfRowsDoesNotMatter) {
    EXPECT_TRUE(rc::check([this] {
        std::vector<HistoryRow> rows;
        for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
            const auto after = std::chrono::minutes(*rc::gen::inRange(-70, 70)) + Duration(i);
            rows.push_back(*rc::gen::arbitrary<bool>() ? missed(after)
                                                       : answered(after, *rc::gen::arbitrary<bool>()));
        }
        const auto forwards = list(rows);
        // Plainly: an attempt counts when nothing that was answered was answered after it.
        std::set<std::string> wanted;
        for (const auto& one : rows) {
            bool counts = !one.answered && one.started >= kNoon - 1h && one.started < kNoon + 1h;
            for (const auto& other : rows)
                counts = counts && (!other.answered || *other.answered < one.started);
            if (counts) wanted.insert(one.call_id);
        }
        RC_ASSERT((forwards.empty() ? 0 : forwards[0].attempts) == wanted.size());
        std::reverse(rows.begin(), rows.end());
        RC_ASSERT(list(rows) == forwards);
    }));
}

}  // namespace
}  // namespace callboard
