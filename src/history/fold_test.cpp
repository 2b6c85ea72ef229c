#include "history/fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "history/history_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::IsEmpty;
using testing::SizeIs;

TEST(HistoryOfLines, call_that_is_answered) {
    Told told;
    told.tell(line_event("start_ringing", kAlice, "1"));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::in_progress);
    told.pass(8s);
    told.tell(line_event("end_ringing", kAlice, "1"));
    told.tell(line_event("start_calling", kAlice, "1"));
    told.pass(60s);
    told.tell(reasoned(line_event("end_calling", kAlice, "1"), "Q.850;cause=16"));
    ASSERT_THAT(told.rows, SizeIs(1));
    const HistoryRow& row = told.at(0);
    EXPECT_EQ(row.outcome, CallOutcome::answered);
    EXPECT_EQ(row.stage, HistoryRow::Stage::closed);
    EXPECT_EQ(row.started, kNoon);
    EXPECT_EQ(row.rang, kNoon);
    EXPECT_EQ(row.waited, 8s + 2ns);
    EXPECT_EQ(row.talked, 60s + 1ns);
    EXPECT_TRUE(row.incoming);
    EXPECT_EQ(row.calling, "0033612345678");
    EXPECT_EQ(row.line, kAlice);
    EXPECT_EQ(row.account, "office");
    EXPECT_EQ(row.cause, "Q.850;cause=16");
    EXPECT_EQ(told.fold.unfinished(), 0U);
}

TEST(HistoryOfLines, calls_that_nobody_takes) {
    const std::pair<const char*, CallOutcome> reasons[] = {
        {"", CallOutcome::missed},
        {"486 Busy Here", CallOutcome::busy},
        {"603 Decline", CallOutcome::rejected},
        {"Call completed elsewhere", CallOutcome::transferred},
        {"503 Service Unavailable", CallOutcome::failed}};
    for (const auto& [reason, outcome] : reasons) {
        Told told;
        told.tell(line_event("start_ringing", kAlice, "1"));
        told.pass(20s);
        told.tell(reasoned(line_event("end_ringing", kAlice, "1"), reason));
        ASSERT_THAT(told.rows, SizeIs(1));
        EXPECT_EQ(told.at(0).outcome, outcome) << reason;
        EXPECT_EQ(told.at(0).waited, 20s + 1ns);
        EXPECT_EQ(is_lost(told.at(0)), outcome != CallOutcome::transferred);
    }
}

TEST(HistoryOfLines, caller_who_gives_up) {
    Told told;
    told.tell(line_event("start_ringing", kAlice, "1", kAlice, "0033612345678"));
    told.tell(line_event("end_ringing", kAlice, "1", kAlice, "0033612345678"));
    EXPECT_FALSE(told.at(0).incoming);
    EXPECT_EQ(told.at(0).outcome, CallOutcome::abandoned);
    EXPECT_FALSE(is_lost(told.at(0)));
}

TEST(HistoryOfLines, answer_that_crossed_the_end_of_ringing) {
    Told told;
    told.tell(line_event("start_ringing", kAlice, "1"));
    told.tell(line_event("end_ringing", kAlice, "1"));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::missed);
    told.restart();
    told.tell(line_event("start_calling", kAlice, "1"));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::in_progress);
    EXPECT_EQ(told.at(0).ended, std::nullopt);
    told.tell(line_event("end_calling", kAlice, "1"));
    ASSERT_THAT(told.rows, SizeIs(1));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::answered);
}

TEST(HistoryOfLines, phone_that_rings_again_in_one_call) {
    Told told;
    told.tell(line_event("start_ringing", kAlice, "1"));
    told.tell(line_event("end_ringing", kAlice, "1"));
    told.pass(30s);
    told.tell(line_event("start_ringing", kAlice, "1"));
    ASSERT_THAT(told.rows, SizeIs(1));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::in_progress);
}

TEST(HistoryOfLines, name_of_a_call_that_is_used_again) {
    Told told;
    told.tell(line_event("start_ringing", kAlice, "1"));
    told.tell(reasoned(line_event("end_ringing", kAlice, "1"), "603 Decline"));
    told.pass(61s);
    told.tell(line_event("start_ringing", kAlice, "1"));
    ASSERT_THAT(told.rows, SizeIs(2));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::rejected);
    EXPECT_EQ(told.at(0).stage, HistoryRow::Stage::closed);
    EXPECT_EQ(told.at(1).outcome, CallOutcome::in_progress);
}

TEST(HistoryOfLines, call_that_never_rang) {
    Told told;
    told.tell(reasoned(line_event("call_failed", kAlice, "1"), "Q.850;cause=17;text=\"User busy\""));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::busy);
    EXPECT_EQ(told.at(0).ended, told.at(0).started);
    EXPECT_EQ(told.fold.unfinished(), 0U);
}

TEST(HistoryOfLines, transfer_has_a_parent) {
    Told told;
    told.tell(line_event("start_calling", kAlice, "1"));
    told.tell(line_event("start_ringing", kBob, "1", "0033612345678", kBob));
    told.tell(line_event("end_calling", kAlice, "1"));
    told.tell(line_event("start_calling", kBob, "1", "0033612345678", kBob));
    told.tell(line_event("end_calling", kBob, "1", "0033612345678", kBob));
    ASSERT_THAT(told.rows, SizeIs(2));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::transferred);
    EXPECT_EQ(told.at(1).outcome, CallOutcome::answered);
    EXPECT_EQ(told.at(1).parent, told.at(0).started);
}

TEST(HistoryOfLines, two_lines_in_one_call_are_no_transfer) {
    Told told;
    told.tell(line_event("start_calling", kAlice, "1", kAlice, kBob));
    told.tell(line_event("start_ringing", kBob, "1", kAlice, kBob));
    told.tell(line_event("start_calling", kBob, "1", kAlice, kBob));
    told.tell(line_event("end_calling", kAlice, "1", kAlice, kBob));
    told.tell(line_event("end_calling", kBob, "1", kAlice, kBob));
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(told.at(i).outcome, CallOutcome::answered);
        EXPECT_EQ(told.at(i).parent, Time{});
    }
}

TEST(HistoryOfLines, others_say_nothing) {
    Told told;
    for (const char* name : {"registered", "end_hold", "end_calling", "end_ringing", "unheard-of"})
        told.tell(line_event(name, kAlice, "1"));
    EXPECT_THAT(told.rows, IsEmpty());
}

TEST(HistoryOfQueues, visit_that_an_agent_takes) {
    Told told;
    told.tell(visit_event("member-queue-start", "m", {{"QueueMemberCIDName", "Ms Smith"}}));
    told.pass(5s);
    told.tell(visit_event("agent-offering", "m", {{"QueueAgent", "agent_0033972000002_43"}}));
    told.pass(10s);
    told.tell(visit_event("bridge-agent-fail", "m", {{"QueueAgent", "agent_0033972000002_43"}}));
    told.tell(visit_event("agent-offering", "m", {{"QueueAgent", kAgent}}));
    told.tell(line_event("start_ringing", kAlice, "leg"));
    told.pass(4s);
    told.tell(line_event("end_ringing", kAlice, "leg"));
    told.tell(line_event("start_calling", kAlice, "leg"));
    told.tell(visit_event("bridge-agent-start", "m",
                          {{"QueueAgent", kAgent},
                           {"QueueMemberJoinedTime", "1780000000"},
                           {"QueueAgentAnsweredTime", "1780000020"}}));
    told.pass(30s);
    told.restart();
    told.tell(visit_event("bridge-agent-end", "m", {{"QueueAgent", kAgent}}));
    told.tell(
        visit_event("member-queue-end", "m",
                    {{"QueueAgent", kAgent}, {"QueueCause", "Terminated"}, {"QueueHangupCause", "SUCCESS"}}));
    ASSERT_THAT(told.rows, SizeIs(2));
    const HistoryRow& visit = told.at(0);
    EXPECT_EQ(visit.kind, HistoryRow::Kind::visit);
    EXPECT_EQ(visit.outcome, CallOutcome::answered);
    EXPECT_EQ(visit.agent, kAgent);
    EXPECT_EQ(visit.queue, kSupport);
    EXPECT_EQ(visit.name, "Ms Smith");
    EXPECT_EQ(visit.waited, 20s) << "by the exchange's own clock";
    EXPECT_EQ(visit.talked, 30s + 1ns);
    EXPECT_EQ(visit.stage, HistoryRow::Stage::closed);
    ASSERT_THAT(visit.offers, SizeIs(2));
    EXPECT_FALSE(visit.offers[0].answered);
    EXPECT_EQ(*visit.offers[0].ended - visit.offers[0].at, 10s + 1ns);
    EXPECT_TRUE(visit.offers[1].answered);
    const HistoryRow& leg = told.at(1);
    EXPECT_EQ(leg.parent, visit.started);
    EXPECT_EQ(leg.queue, kSupport);
    EXPECT_EQ(leg.agent, kAgent);
}

TEST(HistoryOfQueues, visits_that_nobody_takes) {
    const std::pair<const char*, CallOutcome> reasons[] = {{"NONE", CallOutcome::abandoned},
                                                           {"EXIT_WITH_KEY", CallOutcome::abandoned},
                                                           {"TIMEOUT", CallOutcome::no_agent},
                                                           {"NO_AGENT_TIMEOUT", CallOutcome::no_agent}};
    for (const auto& [reason, outcome] : reasons) {
        Told told;
        told.tell(visit_event("member-queue-start", "m"));
        told.pass(40s);
        const auto end =
            visit_event("member-queue-end", "m", {{"QueueCause", "Cancel"}, {"QueueCancelReason", reason}});
        told.tell(end);
        told.tell(end);
        ASSERT_THAT(told.rows, SizeIs(1)) << "told twice";
        EXPECT_EQ(told.at(0).outcome, outcome) << reason;
        EXPECT_EQ(told.at(0).waited, 40s + 1ns);
        EXPECT_TRUE(is_lost(told.at(0)));
    }
}

TEST(HistoryOfQueues, caller_who_gives_up_before_the_agent_hears_them) {
    Told told;
    told.tell(visit_event("member-queue-start", "m"));
    told.tell(visit_event("agent-offering", "m", {{"QueueAgent", kAgent}}));
    told.tell(visit_event("bridge-agent-start", "m", {{"QueueAgent", kAgent}}));
    told.tell(
        visit_event("member-queue-end", "m", {{"QueueCause", "Cancel"}, {"QueueCancelReason", "BREAK_OUT"}}));
    told.tell(visit_event("bridge-agent-end", "m", {{"QueueAgent", kAgent}}));
    ASSERT_THAT(told.rows, SizeIs(1));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::abandoned);
    EXPECT_FALSE(told.at(0).answered);
    EXPECT_EQ(told.at(0).agent, "");
    EXPECT_EQ(told.at(0).talked, Duration::zero());
    EXPECT_TRUE(is_lost(told.at(0)));
    ASSERT_THAT(told.at(0).offers, SizeIs(1));
    EXPECT_FALSE(told.at(0).offers[0].answered);
    EXPECT_TRUE(told.at(0).offers[0].ended);
}

TEST(HistoryOfQueues, caller_who_comes_back) {
    Told told;
    told.tell(visit_event("member-queue-start", "m"));
    told.tell(visit_event("member-queue-end", "m", {{"QueueCause", "Cancel"}}));
    told.tell(visit_event("member-queue-resume", "m"));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::in_progress);
    told.tell(visit_event("bridge-agent-start", "m", {{"QueueAgent", kAgent}}));
    ASSERT_THAT(told.rows, SizeIs(1));
    EXPECT_TRUE(told.at(0).answered);
}

TEST(HistoryOfQueues, those_whose_end_was_not_seen) {
    Told told;
    told.tell(visit_event("member-queue-start", "m"));
    told.tell(queue_event("members-count", {{"Count", "1"}, {"QueueSelection", "Single-Queue"}}));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::in_progress);
    told.tell(queue_event("members-count", {{"Count", "0"}, {"QueueSelection", "Single-Queue"}}));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::unknown);
    told.tell(
        visit_event("member-queue-end", "m", {{"QueueCause", "Cancel"}, {"QueueCancelReason", "NONE"}}));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::abandoned);
}

TEST(HistoryFold, what_never_ends_is_let_go) {
    Told told;
    told.tell(line_event("start_calling", kAlice, "1"));
    told.tell(line_event("start_ringing", kAlice, "2"));
    told.pass(HistoryFold::kLongest);
    told.tell(line_event("registered", kAlice, ""));
    EXPECT_EQ(told.at(0).outcome, CallOutcome::unknown);
    EXPECT_EQ(told.at(0).ended, std::nullopt);
    told.fold.forget_open();
    EXPECT_EQ(told.fold.unfinished(), 0U);
}

TEST(HistoryFold, is_bounded) {
    HistoryFold fold;
    Time now = kNoon;
    for (std::size_t i = 0; i < HistoryFold::kMostEnded + 50; ++i) {
        const std::string id = std::to_string(i);
        fold.apply(line_event("start_ringing", kAlice, id), "office", now += Duration(1));
        fold.apply(line_event("end_ringing", kAlice, id), "office", now += Duration(1));
    }
    EXPECT_EQ(fold.unfinished(), HistoryFold::kMostEnded);
    EXPECT_THAT(fold.take_changed(), SizeIs(HistoryFold::kMostEnded + 50));
}

/// Any event of a small office, in an order that need not make sense.
Event any_event() {
    const auto id = std::to_string(*rc::gen::inRange(0, 4));
    const std::string calling = *rc::gen::element<std::string>("0033612345678", "0033698765432", kAlice);
    if (*rc::gen::inRange(0, 2) == 0) {
        const auto name = *rc::gen::element<std::string>("start_ringing", "end_ringing", "start_calling",
                                                         "end_calling", "call_failed", "start_hold");
        const std::string line = *rc::gen::element<std::string>(kAlice, kBob);
        return reasoned(line_event(name, line, id, calling, line),
                        *rc::gen::element<std::string>("", "486 Busy Here", "Call completed elsewhere"));
    }
    const auto name = *rc::gen::element<std::string>(
        "member-queue-start", "member-queue-resume", "members-count", "agent-offering", "bridge-agent-start",
        "bridge-agent-end", "bridge-agent-fail", "member-queue-end");
    const auto agent = *rc::gen::element<std::string>(kAgent, "agent_0033972000002_43", "");
    const auto cause = *rc::gen::element<std::string>("Cancel", "Terminated");
    return visit_event(name.c_str(), id.c_str(),
                       {{"Calling", calling.c_str()},
                        {"QueueAgent", agent.c_str()},
                        {"QueueCause", cause.c_str()},
                        {"Count", "0"}});
}

TEST(HistoryFold, goes_on_after_a_restart_as_if_there_was_none) {
    EXPECT_TRUE(rc::check([] {
        Told whole;
        Told broken;
        for (int i = *rc::gen::inRange(1, 80); i > 0; --i) {
            const Event event = any_event();
            const auto pause = std::chrono::seconds(*rc::gen::inRange(0, 4'000));
            whole.tell(event);
            broken.tell(event);
            whole.pass(pause);
            broken.pass(pause);
            if (*rc::gen::inRange(0, 3) == 0) broken.restart();
        }
        RC_ASSERT(whole.rows == broken.rows);
        for (const auto& [started, row] : whole.rows) {
            RC_ASSERT(row.waited >= Duration{} && row.talked >= Duration{});
            RC_ASSERT(!row.answered || !is_lost(row));
            RC_ASSERT(row.stage != HistoryRow::Stage::closed || row.outcome != CallOutcome::in_progress);
        }
    }));
}

}  // namespace
}  // namespace callboard
