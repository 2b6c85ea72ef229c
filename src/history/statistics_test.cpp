// Held against a second computation that knows nothing of rows: it walks the events themselves, with loops as
// plain as can be.
#include "history/statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "history/history_for_test.hpp"
#include "history/naive_statistics_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using By = StatisticsQuestion::By;

StatisticsQuestion ask(By by, std::optional<Interval> interval = {}, Time from = kNoon - 24h,
                       Time to = kNoon + 48h) {
    return {by, from, to, interval, 20s, {}};
}

HistoryRow visit(Time started, Duration waited, bool answered, Duration talked = 60s) {
    HistoryRow row;
    row.kind = HistoryRow::Kind::visit;
    row.stage = HistoryRow::Stage::closed;
    row.started = started;
    row.account = "office";
    row.queue = kSupport;
    row.waited = waited;
    row.outcome = answered ? CallOutcome::answered : CallOutcome::abandoned;
    if (answered) {
        row.answered = started + waited;
        row.talked = talked;
        row.agent = kAgent;
        row.offers = {{kAgent, started + waited - 3s, started + waited, true}};
    }
    row.ended = started + waited + row.talked;
    return row;
}

TEST(StatisticsTest, FiguresOfAQueue) {
    Statistics statistics(ask(By::queue), paris());
    statistics.add(visit(kNoon, 10s, true, 100s));
    statistics.add(visit(kNoon + 1min, 30s, true, 50s));
    statistics.add(visit(kNoon + 20min, 60s, false));
    HistoryRow waiting = visit(kNoon + 21min, {}, false);
    waiting.outcome = CallOutcome::in_progress;
    statistics.add(waiting);
    const auto rows = statistics.rows();
    ASSERT_THAT(rows, SizeIs(1));
    const StatisticsRow& row = rows.front();
    EXPECT_EQ(row.key, kSupport);
    EXPECT_EQ(row.offered, 4U);
    EXPECT_EQ(row.answered, 2U);
    EXPECT_EQ(row.lost, 1U);
    EXPECT_EQ(row.service_level(), 0.5);
    EXPECT_EQ(row.average_wait(), 20s);
    EXPECT_EQ(row.longest_wait, 30s);
    EXPECT_EQ(row.average_talk(), 75s);
    EXPECT_EQ(row.talk, 150s);
    EXPECT_EQ(row.busiest, kNoon) << "of equals the first";
    EXPECT_EQ(statistics.occupancy(row), std::nullopt);
}

TEST(StatisticsTest, NothingAnsweredHasNoServiceLevel) {
    Statistics statistics(ask(By::queue), paris());
    statistics.add(visit(kNoon, 10s, false));
    EXPECT_EQ(statistics.rows().front().service_level(), std::nullopt);
    EXPECT_EQ(statistics.rows().front().average_wait(), 0s);
}

TEST(StatisticsTest, AgentsAreCountedByTheirOffers) {
    Statistics statistics(ask(By::agent), paris());
    HistoryRow row = visit(kNoon, 30s, true, 600s);
    row.offers.insert(row.offers.begin(), {"agent_0033972000002_43", kNoon, kNoon + 15s, false});
    statistics.add(row);
    const auto rows = statistics.rows();
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].key, kAgent);
    EXPECT_EQ(rows[0].answered, 1U);
    EXPECT_EQ(rows[0].average_wait(), 3s) << "how long the agent let it ring";
    EXPECT_EQ(rows[1].lost, 1U);
    EXPECT_EQ(*statistics.occupancy(rows[0]), 600.0 / (72 * 3600));
}

TEST(StatisticsTest, AccountCountsEachCallerOnce) {
    Statistics statistics(ask(By::account), paris());
    const HistoryRow caller = visit(kNoon, 10s, true);
    statistics.add(caller);
    HistoryRow leg;  // the agent's side of it
    leg.started = kNoon + 8s;
    leg.account = "office";
    leg.line = kAlice;
    leg.parent = caller.started;
    leg.answered = kNoon + 10s;
    leg.talked = 60s;
    statistics.add(leg);
    ASSERT_THAT(statistics.rows(), SizeIs(1));
    EXPECT_EQ(statistics.rows().front().offered, 1U);
    EXPECT_EQ(statistics.rows().front().talk, 60s);
}

TEST(StatisticsTest, HourThatComesTwiceIsTwo) {
    const Time before = *begin_of_day(2026, 10, 25, paris()) + 2h + 30min;  // 02:30, summer time
    const StatisticsQuestion question = ask(By::queue, Interval::hour, before - 12h, before + 12h);
    Statistics statistics(question, paris());
    statistics.add(visit(before, 10s, true));
    statistics.add(visit(before + 1h, 10s, true));  // 02:30 again
    const auto rows = statistics.rows();
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].span.end, rows[1].span.begin);
    EXPECT_EQ(paris().date(rows[0].span.begin).substr(11, 2), "02");
    EXPECT_EQ(paris().date(rows[1].span.begin).substr(11, 2), "02");
}

TEST(StatisticsTest, OnlyWhatWasAskedFor) {
    StatisticsQuestion question = ask(By::queue, {}, kNoon, kNoon + 1h);
    question.key = kSupport;
    Statistics statistics(question, paris());
    statistics.add(visit(kNoon - Duration(1), 1s, true));
    statistics.add(visit(kNoon + 1h, 1s, true));
    EXPECT_THAT(statistics.rows(), IsEmpty());
    HistoryRow other = visit(kNoon, 1s, true);
    other.queue = "0033972000008";
    statistics.add(other);
    EXPECT_THAT(statistics.rows(), IsEmpty());
}

TEST(StatisticsTest, AreThoseOfASecondComputationForRandomStreams) {
    EXPECT_TRUE(rc::check([] {
        // Beginning shortly before clocks change, so that days and hours of all lengths come.
        const Time begun = *begin_of_day(2026, *rc::gen::element(3U, 10U, 6U), 25, paris());
        const auto stream = random_stream(begun);
        Told told(begun);
        for (const auto& [at, event] : stream) {
            told.now = at;
            told.tell(event);
        }
        const auto interval = *rc::gen::element<std::optional<Interval>>(
            std::nullopt, Interval::quarter_hour, Interval::hour, Interval::day, Interval::week);
        const auto by = *rc::gen::element(By::queue, By::agent, By::line, By::account);
        const StatisticsQuestion question = ask(by, interval, begun, begun + 24h * 8);
        Statistics statistics(question, paris());
        for (const auto& [started, row] : told.rows) statistics.add(row);
        const auto mine = statistics.rows();
        const auto naive = naive_statistics(stream, question, paris());
        RC_ASSERT(mine.size() == naive.size());
        for (std::size_t i = 0; i < mine.size(); ++i) {
            RC_ASSERT(mine[i].key == naive[i].key);
            RC_ASSERT(mine[i].span == naive[i].span);
            RC_ASSERT(mine[i].offered == naive[i].offered);
            RC_ASSERT(mine[i].answered == naive[i].answered);
            RC_ASSERT(mine[i].lost == naive[i].lost);
            RC_ASSERT(mine[i].answered_in_time == naive[i].answered_in_time);
            RC_ASSERT(mine[i].total_wait == naive[i].total_wait);
            RC_ASSERT(mine[i].longest_wait == naive[i].longest_wait);
            RC_ASSERT(mine[i].talk == naive[i].talk);
            RC_ASSERT(mine[i].talks == naive[i].talks);
        }
    }));
}

}  // namespace
}  // namespace callboard
