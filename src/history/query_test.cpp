#include "history/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace callboard {
namespace {

using testing::Each;
using testing::SizeIs;

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(1'780'000'000 + seconds)); }

HistoryRow call() {
    HistoryRow row;
    row.started = at(0);
    row.account = "office";
    row.call_id = "1";
    row.line = row.called = "0033972000001";
    row.dialed = "0033972000000";
    row.calling = "0033612345678";
    row.outcome = CallOutcome::missed;
    return row;
}

HistoryRow visit() {
    HistoryRow row = call();
    row.kind = HistoryRow::Kind::visit;
    row.queue = std::exchange(row.line, "");
    row.offers = {{"agent_0033972000005_17", at(1), at(2), false}};
    return row;
}

HistoryQuery of_office() {
    HistoryQuery query;
    query.account = "office";
    return query;
}

TEST(HistoryQuery, IsOfOneAccount) {
    EXPECT_TRUE(of_office().matches(call()));
    HistoryRow theirs = call();
    theirs.account = "other";
    EXPECT_FALSE(of_office().matches(theirs));
    theirs.account = "";
    EXPECT_FALSE(of_office().matches(theirs));
}

TEST(HistoryQuery, NumberIsAnyOfTheParties) {
    for (const char* number : {"0033612345678", "0033972000001", "0033972000000"}) {
        HistoryQuery query = of_office();
        query.numbers = {number};
        EXPECT_TRUE(query.matches(call())) << number;
    }
    HistoryQuery query = of_office();
    query.numbers = {"0033600000000", "0033612345678"};
    EXPECT_TRUE(query.matches(call())) << "one of them";
    query.numbers = {"003361234567"};
    EXPECT_FALSE(query.matches(call())) << "a part is not the number";
}

TEST(HistoryQuery, EveryMemberNarrows) {
    const auto narrowed = [](auto change) {
        HistoryQuery query = of_office();
        change(query);
        return query.matches(call());
    };
    EXPECT_TRUE(narrowed([](auto& query) { query.line = "0033972000001"; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.line = "0033972000002"; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.queue = "0033972000002"; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.agent = "agent_0033972000005_17"; }));
    EXPECT_TRUE(narrowed([](auto& query) { query.outcomes = {CallOutcome::busy, CallOutcome::missed}; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.outcomes = {CallOutcome::busy}; }));
    EXPECT_TRUE(narrowed([](auto& query) { query.incoming = true; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.incoming = false; }));
    EXPECT_TRUE(narrowed([](auto& query) { query.kind = HistoryRow::Kind::call; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.kind = HistoryRow::Kind::visit; }));
    EXPECT_TRUE(narrowed([](auto& query) { query.service = "0033972000001"; }));
    EXPECT_FALSE(narrowed([](auto& query) { query.service = "0033972000002"; }));
}

TEST(HistoryQuery, TimeIsOfTheBeginningFromOnAndBefore) {
    HistoryQuery query = of_office();
    query.from = at(0);
    query.to = at(0) + Duration(1);
    EXPECT_TRUE(query.matches(call()));
    query.from = at(0) + Duration(1);
    query.to = at(1);
    EXPECT_FALSE(query.matches(call()));
    query.from = at(-1);
    query.to = at(0);
    EXPECT_FALSE(query.matches(call()));
}

TEST(HistoryQuery, AgentIsMeantByNameNumberOrId) {
    for (const char* agent : {"agent_0033972000005_17", "0033972000005", "17"})
        EXPECT_TRUE(is_of_agent(visit(), agent)) << agent;
    for (const char* agent : {"7", "1", "003397200000", "5_17x", "agent"})
        EXPECT_FALSE(is_of_agent(visit(), agent)) << agent;
    HistoryRow answered = call();
    EXPECT_FALSE(is_of_agent(answered, "17"));
    answered.agent = "agent_0033972000005_17";
    EXPECT_TRUE(is_of_agent(answered, "17"));
}

TEST(HistoryQuery, TokenOfAnAgentCoversTheVisitsOfferedToThem) {
    HistoryQuery query = of_office();
    query.service = "0033972000001";
    query.agent_of_service = "17";
    EXPECT_TRUE(query.matches(visit()));
    query.agent_of_service = "18";
    EXPECT_FALSE(query.matches(visit()));
}

TEST(HistoryQuery, ClassTellsKindDirectionAndOutcomeApart) {
    std::set<RowClass> all;
    for (const auto& base : {call(), visit()})
        for (const bool incoming : {true, false})
            for (std::size_t i = 0; i < kCallOutcomes; ++i) {
                HistoryRow row = base;
                row.incoming = incoming;
                row.outcome = static_cast<CallOutcome>(i);
                EXPECT_TRUE(all.insert(class_of(row)).second);
            }
    EXPECT_THAT(all, SizeIs(4 * kCallOutcomes));
    EXPECT_THAT(all, Each(testing::AllOf(testing::Ge(0), testing::Lt(64))));
}

/// The classes are those of the rows that match, whatever else is asked.
TEST(HistoryQuery, ClassesAreThoseOfTheRowsThatMatch) {
    std::vector<HistoryQuery> queries(5, of_office());
    queries[1].kind = HistoryRow::Kind::visit;
    queries[2].incoming = false;
    queries[3].outcomes = {CallOutcome::busy, CallOutcome::abandoned};
    queries[4].outcomes = {CallOutcome::answered};
    queries[4].kind = HistoryRow::Kind::call;
    queries[4].incoming = true;
    for (const HistoryQuery& query : queries) {
        const auto classes = classes_of(query);
        for (const auto& base : {call(), visit()})
            for (const bool incoming : {true, false})
                for (std::size_t i = 0; i < kCallOutcomes; ++i) {
                    HistoryRow row = base;
                    if (row.kind == HistoryRow::Kind::visit && !incoming) continue;
                    row.incoming = incoming;
                    row.outcome = static_cast<CallOutcome>(i);
                    const bool listed =
                        std::find(classes.begin(), classes.end(), class_of(row)) != classes.end();
                    EXPECT_EQ(listed, query.matches(row));
                }
    }
    EXPECT_THAT(classes_of(queries[4]), SizeIs(1));
}

TEST(HistoryRow, EveryOutcomeHasAWord) {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < kCallOutcomes; ++i) {
        const auto outcome = static_cast<CallOutcome>(i);
        EXPECT_EQ(call_outcome_from(text_of(outcome)), outcome);
        words.insert(text_of(outcome));
    }
    EXPECT_THAT(words, SizeIs(kCallOutcomes));
    for (const char* none : {"", "lost", "Missed", "missed "}) EXPECT_FALSE(call_outcome_from(none)) << none;
}

TEST(HistoryRow, LostIsWhatCameInAndNobodyAnswered) {
    const std::set<CallOutcome> lost = {CallOutcome::missed,    CallOutcome::busy,     CallOutcome::rejected,
                                        CallOutcome::abandoned, CallOutcome::no_agent, CallOutcome::failed};
    for (std::size_t i = 0; i < kCallOutcomes; ++i) {
        HistoryRow row = call();
        row.outcome = static_cast<CallOutcome>(i);
        EXPECT_EQ(is_lost(row), lost.contains(row.outcome)) << text_of(row.outcome);
        row.incoming = false;
        EXPECT_FALSE(is_lost(row)) << text_of(row.outcome);
    }
}

}  // namespace
}  // namespace callboard
