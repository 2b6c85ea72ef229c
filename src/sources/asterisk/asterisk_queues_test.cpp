#include "sources/asterisk/asterisk_queues.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sources/asterisk/asterisk_queues_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::ami;
using testing::AsteriskQueuesTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Answered

TEST_F(AsteriskQueuesTest, ACallThatIsAnswered) {
    join();
    EXPECT_THAT(told(), ElementsAre("member-queue-start 0", "members-count 1"));
    call("201", "1.1");
    EXPECT_THAT(told(), ElementsAre("agent-state-change Receiving @201", "agent-offering @201"));
    now_ += 3s;
    dial_end("201", "1.1", "ANSWER");
    leave();
    EXPECT_THAT(told(), IsEmpty()) << "how he left is not certain yet";
    connect("201", "1.1");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-start @201", "members-count 0",
                                    "agent-state-change In a queue call @201"));
    now_ += 5s;
    complete("201", "1.1");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
    hang_up("1.0");
    hang_up("1.1");
    pass(10s);
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(queues_.callers(), 0U);
}

TEST_F(AsteriskQueuesTest, EachActionHasItsFields) {
    join();
    call("201", "1.1");
    told();
    EXPECT_THAT(names(fields("member-queue-start")),
                UnorderedElementsAre("Count", "QueueMemberCIDName", "QueueMemberCIDNumber",
                                     "QueueMemberSessionUUID", "QueueMemberUUID"));
    EXPECT_EQ(fields("member-queue-start").get("QueueMemberCIDNumber"), "0612345678");
    EXPECT_EQ(fields("member-queue-start").get("QueueMemberCIDName"), "Marie");
    EXPECT_THAT(names(fields("members-count")), UnorderedElementsAre("Count", "QueueSelection"));
    EXPECT_EQ(fields("members-count").get("QueueSelection"), "Single-Queue");
    EXPECT_THAT(names(fields("agent-offering")),
                UnorderedElementsAre("QueueAgentSystem", "QueueAgentType", "QueueMemberCIDName",
                                     "QueueMemberCIDNumber", "QueueMemberDNIS", "QueueMemberSessionUUID",
                                     "QueueMemberUUID"));
    EXPECT_EQ(fields("agent-offering").get("QueueMemberDNIS"), "+33123456800") << "what was dialled first";
    EXPECT_EQ(fields("agent-offering").get("QueueAgentType"), "callback");
    EXPECT_EQ(fields("agent-offering").get("QueueAgentSystem"), "single_box");
    now_ += 3s;
    dial_end("201", "1.1", "ANSWER");
    leave();
    connect("201", "1.1");
    told();
    EXPECT_THAT(names(fields("bridge-agent-start")),
                UnorderedElementsAre("QueueAgentAnsweredTime", "QueueAgentCalledTime", "QueueAgentSystem",
                                     "QueueAgentUUID", "QueueMemberCIDName", "QueueMemberCIDNumber",
                                     "QueueMemberDNIS", "QueueMemberJoinedTime", "QueueMemberSessionUUID",
                                     "QueueMemberUUID"));
    EXPECT_EQ(fields("bridge-agent-start").get("QueueMemberJoinedTime"), "1780000000");
    EXPECT_EQ(fields("bridge-agent-start").get("QueueAgentCalledTime"), "1780000000");
    EXPECT_EQ(fields("bridge-agent-start").get("QueueAgentAnsweredTime"), "1780000003") << "whole seconds";
    now_ += 5s;
    complete("201", "1.1");
    told();
    EXPECT_THAT(names(fields("bridge-agent-end")),
                UnorderedElementsAre("QueueAgentAnsweredTime", "QueueAgentBridged", "QueueAgentCalledTime",
                                     "QueueAgentSystem", "QueueAgentUUID", "QueueBridgeTerminatedTime",
                                     "QueueHangupCause", "QueueMemberCIDName", "QueueMemberCIDNumber",
                                     "QueueMemberJoinedTime", "QueueMemberSessionUUID", "QueueMemberUUID"));
    EXPECT_EQ(fields("bridge-agent-end").get("QueueBridgeTerminatedTime"), "1780000008");
    EXPECT_THAT(names(fields("member-queue-end")),
                UnorderedElementsAre("QueueAgentAnsweredTime", "QueueAgentCalledTime", "QueueAgentSystem",
                                     "QueueAgentUUID", "QueueCause", "QueueHangupCause", "QueueMemberCIDName",
                                     "QueueMemberCIDNumber", "QueueMemberJoinedTime",
                                     "QueueMemberLeavingTime", "QueueMemberSessionUUID", "QueueMemberUUID"));
    EXPECT_EQ(fields("member-queue-end").get("QueueMemberLeavingTime"), "1780000008");
    const auto uuid = fields("member-queue-start").get("QueueMemberUUID");
    for (const char* action :
         {"agent-offering", "bridge-agent-start", "bridge-agent-end", "member-queue-end"})
        EXPECT_EQ(fields(action).get("QueueMemberUUID"), uuid) << action;
    EXPECT_EQ(last_["agent-offering"].queue.queue, "sales");
    EXPECT_EQ(last_["agent-offering"].queue.caller_channel, "1.0");
    EXPECT_EQ(last_["agent-offering"].queue.agent_channel, "1.1");
    EXPECT_EQ(last_["agent-offering"].queue.agent_device, "201");
}

TEST_F(AsteriskQueuesTest, ConnectMayBeFasterThanLeave) {
    join();
    call("201", "1.1");
    told();
    dial_end("201", "1.1", "ANSWER");
    connect("201", "1.1");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-start @201", "agent-state-change In a queue call @201"));
    leave("1.0", 2);
    EXPECT_THAT(told(), ElementsAre("members-count 2"));
    complete("201", "1.1");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
}

TEST_F(AsteriskQueuesTest, OfSeveralWhoRingOneWins) {
    join();
    call("201", "1.1");
    call("202", "1.2");
    call("203", "1.3");
    told();
    dial_end("202", "1.2", "ANSWER");
    dial_end("201", "1.1", "CANCEL");
    dial_end("203", "1.3", "CANCEL");
    dial_end("201", "1.1", "CANCEL");
    hang_up("1.1", "26");
    dial_end("203", "1.3", "CANCEL");
    leave();
    connect("202", "1.2");
    hang_up("1.3", "26");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-fail LOSE_RACE @201", "agent-state-change Waiting @201",
                                    "bridge-agent-fail LOSE_RACE @203", "agent-state-change Waiting @203",
                                    "bridge-agent-start @202", "members-count 0",
                                    "agent-state-change In a queue call @202"));
}

TEST_F(AsteriskQueuesTest, LosersMayBeCancelledBeforeTheWinnerIsKnown) {
    join();
    call("201", "1.1");
    call("202", "1.2");
    told();
    dial_end("201", "1.1", "CANCEL");
    EXPECT_THAT(told(), IsEmpty());
    dial_end("202", "1.2", "ANSWER");
    leave();
    connect("202", "1.2");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-fail LOSE_RACE @201", "agent-state-change Waiting @201",
                                    "bridge-agent-start @202", "members-count 0",
                                    "agent-state-change In a queue call @202"));
}

// AgentComplete and its races

TEST_F(AsteriskQueuesTest, CompleteMayLackTheCallersFields) {
    talk();
    hang_up("1.0");
    EXPECT_THAT(told(), IsEmpty());
    complete("201", "1.1", "");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
}

TEST_F(AsteriskQueuesTest, CompleteMayLackTheAgentsFields) {
    talk();
    hang_up("1.1");
    complete("201", "");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
}

TEST_F(AsteriskQueuesTest, CompleteMayLackBoth) {
    talk();
    hang_up("1.0");
    hang_up("1.1");
    complete("201", "", "");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
}

TEST_F(AsteriskQueuesTest, CompleteMayNeverCome) {
    talk();
    hang_up("1.0");
    hang_up("1.1");
    pass(2900ms);
    EXPECT_THAT(told(), IsEmpty());
    pass(200ms);
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
    complete("201", "1.1");
    EXPECT_THAT(told(), IsEmpty()) << "late";
}

TEST_F(AsteriskQueuesTest, CompleteOfSomebodyElseEndsNothing) {
    talk();
    complete("202", "9.9", "");
    complete("201", "9.9", "9.0");
    complete("202", "", "");
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(queues_.callers(), 1U);
}

// Not answered

TEST_F(AsteriskQueuesTest, AnAgentWhoDoesNotAnswerFailsOnce) {
    join();
    call("201", "1.1");
    told();
    now_ += 5s;
    event("AgentRingNoAnswer", caller("1.0") + agent("201", "1.1") + member("201") + "RingTime: 5000");
    dial_end("201", "1.1", "NOANSWER");
    dial_end("201", "1.1", "CANCEL");
    hang_up("1.1", "0");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-fail NO_ANSWER @201", "agent-state-change Waiting @201"));
    EXPECT_THAT(names(fields("bridge-agent-fail")),
                UnorderedElementsAre("QueueAgentAbortedTime", "QueueAgentCalledTime", "QueueAgentSystem",
                                     "QueueHangupCause", "QueueMemberCIDName", "QueueMemberCIDNumber",
                                     "QueueMemberJoinedTime", "QueueMemberSessionUUID", "QueueMemberUUID"));
    EXPECT_EQ(fields("bridge-agent-fail").get("QueueAgentAbortedTime"), "1780000005");
    call("202", "1.2");
    EXPECT_THAT(told(), ElementsAre("agent-state-change Receiving @202", "agent-offering @202"));
}

TEST_F(AsteriskQueuesTest, AnAgentWhoRejectsIsBusyOrRejects) {
    join();
    call("201", "1.1");
    call("202", "1.2");
    told();
    request_hangup("1.1", "17");
    dial_end("201", "1.1", "NOANSWER");
    event("AgentRingNoAnswer", caller("1.0") + agent("201", "1.1") + member("201"));
    hang_up("1.1", "17");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-fail USER_BUSY @201", "agent-state-change Waiting @201"));
    request_hangup("1.2", "21");
    event("AgentRingNoAnswer", caller("1.0") + agent("202", "1.2") + member("202"));
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-fail CALL_REJECTED @202", "agent-state-change Waiting @202"));
}

TEST_F(AsteriskQueuesTest, OtherEndsOfAnAgentsCallHaveTheirWords) {
    const std::map<std::string, std::string> words = {{"BUSY", "USER_BUSY"},
                                                      {"CONGESTION", "NORMAL_TEMPORARY_FAILURE"},
                                                      {"CHANUNAVAIL", "DESTINATION_OUT_OF_ORDER"},
                                                      {"NOANSWER", "NO_ANSWER"}};
    join();
    int number = 1;
    for (const auto& [status, word] : words) {
        const std::string id = "7." + std::to_string(number++);
        call("201", id);
        told();
        dial_end("201", id, status);
        EXPECT_THAT(told(),
                    ElementsAre("bridge-agent-fail " + word + " @201", "agent-state-change Waiting @201"));
    }
}

TEST_F(AsteriskQueuesTest, AHangupAloneEndsAnAgentsCall) {
    join();
    call("201", "1.1");
    call("202", "1.2");
    told();
    hang_up("1.1", "20");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-fail SUBSCRIBER_ABSENT @201", "agent-state-change Waiting @201"));
    hang_up("1.2", "16");
    EXPECT_THAT(told(), IsEmpty());
    pass(3s);
    EXPECT_THAT(told(), ElementsAre("bridge-agent-fail NO_ANSWER @202", "agent-state-change Waiting @202"));
}

// Who is who

TEST_F(AsteriskQueuesTest, EachVisitIsAnother) {
    std::set<std::string> uuids;
    for (int i = 0; i < 3; ++i) {
        join("1.0");
        told();
        uuids.insert(std::string(fields("member-queue-start").get("QueueMemberUUID")));
        request_hangup("1.0");
        event("QueueCallerAbandon", caller("1.0") + "Queue: sales");
        leave();
    }
    EXPECT_EQ(uuids.size(), 3U);
    hang_up("1.0");
    AsteriskQueues other(channels_, knows_);
    std::vector<ExchangeSignal> signals;
    other.on_event(ami("Event: QueueCallerJoin\n" + caller("1.0") + "Queue: sales\nCount: 1"), {now_, now_},
                   signals);
    EXPECT_TRUE(uuids.contains(std::string(signals.front().queue.fields.get("QueueMemberUUID"))))
        << "the same after a restart of ours";
}

TEST_F(AsteriskQueuesTest, AJoinEndsAVisitWhoseEndWasNotSeen) {
    join();
    call("201", "1.1");
    told();
    join();
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-fail NO_ANSWER @201", "agent-state-change Waiting @201",
                            "member-queue-end Cancel BREAK_OUT", "member-queue-start 0", "members-count 1"));
    talk();
    join();
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201", "member-queue-start 0", "members-count 1"));
}

TEST_F(AsteriskQueuesTest, AWithheldNumberIsShownNowhere) {
    event("Newchannel",
          "Channel: PJSIP/gw-1\nChannelState: 4\nCallerIDNum: +33612345678\nCallerIDName: Marie Curie\n"
          "Exten: 8001\nUniqueid: 1.0\nLinkedid: 1.0\nChanVariable: CALLERID(num-pres)=prohib");
    event("QueueCallerJoin", caller("1.0") + "Queue: sales\nCount: 1");
    const ExchangeQueueAction& queue = signals_.front().queue;
    EXPECT_TRUE(queue.caller_withheld);
    for (const auto& [name, value] : queue.fields.members) {
        EXPECT_EQ(value.find("612345678"), std::string::npos) << name;
        EXPECT_EQ(value.find("Marie"), std::string::npos) << name;
    }
    EXPECT_EQ(queue.fields.get("QueueMemberCIDNumber"), "anonymous");
}

TEST_F(AsteriskQueuesTest, AMemberBehindALocalChannelIsHisExtension) {
    join();
    told();
    event("AgentCalled", caller("1.0") +
                             "DestChannel: Local/202@agents-0;1\nDestUniqueid: 1.1\nQueue: sales\n"
                             "Interface: Local/202@agents/n\nMemberName: Heidi");
    EXPECT_THAT(told(), ElementsAre("agent-state-change Receiving @202", "agent-offering @202"));
    EXPECT_EQ(last_["agent-offering"].queue.agent_device, "202");
}

TEST_F(AsteriskQueuesTest, AQueueIsKnownByItsNameElseByTheExtensionThatLeadsToIt) {
    join();
    told();
    EXPECT_EQ(last_["member-queue-start"].queue.queue, "sales") << "neither means anything";
    ours_.insert("8001");
    join("2.0");
    call("201", "2.1", "2.0");
    told();
    EXPECT_EQ(last_["member-queue-start"].queue.queue, "8001");
    EXPECT_EQ(last_["agent-offering"].queue.queue, "8001");
    event("QueueCallerJoin", caller("3.0") + "Queue: overflow\nCount: 1");
    told();
    EXPECT_EQ(last_["member-queue-start"].queue.queue, "overflow")
        << "the extension is that of another queue";
    ours_.insert("sales");
    join("4.0");
    told();
    EXPECT_EQ(last_["member-queue-start"].queue.queue, "sales");
}

// Begun in the middle

TEST_F(AsteriskQueuesTest, AConnectionShowsACallerWhoseBeginningWasMissed) {
    connect("201", "1.1", "5.0");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-start @201", "members-count",
                                    "agent-state-change In a queue call @201"));
    EXPECT_EQ(fields("bridge-agent-start").get("QueueMemberJoinedTime"), "1779999996") << "HoldTime before";
    EXPECT_EQ(fields("bridge-agent-start").get("QueueAgentCalledTime"), "1779999998") << "RingTime before";
    complete("201", "1.1", "5.0");
    EXPECT_EQ(told().size(), 3U);
}

TEST_F(AsteriskQueuesTest, AListShowsWhoWaitsAndWhoTalks) {
    const AmiTimes times{now_, now_};
    channels_.on_snapshot_begins();
    queues_.on_snapshot_begins();
    const auto listed = [&](const std::string& lines) {
        const AmiFrame frame = ami(lines);
        if (frame.event() == "CoreShowChannel") channels_.on_listed(frame, times, ignored_);
        queues_.on_listed(frame, times);
    };
    listed("Event: CoreShowChannel\n" + caller("7.0") +
           "Application: Queue\nApplicationData: sales,tT,,,60\nBridgeId: b1");
    listed(
        "Event: CoreShowChannel\nChannel: PJSIP/201-7\nChannelState: 6\nUniqueid: 7.1\nLinkedid: 7.0\n"
        "Application: AppQueue\nBridgeId: b1");
    listed("Event: CoreShowChannel\n" + caller("8.0") +
           "Application: Queue\nApplicationData: sales\nBridgeId:");
    listed("Event: QueueParams\nQueue: sales");
    listed(
        "Event: QueueEntry\nQueue: sales\nPosition: 1\nChannel: PJSIP/gw-8.0\nUniqueid: 8.0\nCallerIDNum: "
        "0612345678\nWait: 30");
    listed(
        "Event: QueueMember\nQueue: sales\nName: Grace\nLocation: PJSIP/201\nStatus: 2\nPaused: 0\nInCall: "
        "1");
    queues_.on_snapshot_ends(true, times, signals_);
    EXPECT_THAT(told(), UnorderedElementsAre("caller_listed", "caller_listed @201",
                                             "agent_listed In a queue call Available @201"));
    request_hangup("8.0");
    event("QueueCallerAbandon", caller("8.0") + "Queue: sales");
    EXPECT_THAT(told(), ElementsAre("member-queue-end Cancel NONE"));
    EXPECT_EQ(fields("member-queue-end").get("QueueMemberJoinedTime"), "1779999970");
    complete("201", "7.1", "7.0");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-end SUCCESS @201", "member-queue-end SUCCESS Terminated @201",
                            "agent-state-change Waiting @201"));
}

TEST_F(AsteriskQueuesTest, AWholeListLetsThoseGoWhomItDoesNotHave) {
    talk();
    join("2.0");
    told();
    const AmiTimes times{now_, now_};
    channels_.on_snapshot_begins();
    queues_.on_snapshot_begins();
    channels_.on_snapshot_ends(false, times, ignored_);
    queues_.on_snapshot_ends(false, times, signals_);
    EXPECT_EQ(queues_.callers(), 2U) << "half a list";
    told();
    channels_.on_snapshot_begins();
    queues_.on_snapshot_begins();
    channels_.on_snapshot_ends(true, times, ignored_);
    queues_.on_snapshot_ends(true, times, signals_);
    EXPECT_THAT(told(), IsEmpty()) << "the tracker tells it";
    EXPECT_EQ(queues_.callers(), 0U);
}

// Nonsense, and any order

TEST_F(AsteriskQueuesTest, EventsWithoutTheirFieldsTellNothing) {
    for (const char* name : {"QueueCallerJoin", "QueueCallerLeave", "AgentCalled", "AgentConnect",
                             "AgentComplete", "AgentRingNoAnswer", "DialEnd", "HangupRequest", "Hangup",
                             "Newexten", "VarSet", "QueueMemberStatus", "NoSuchEvent", ""}) {
        event(name, "");
        EXPECT_THAT(told(), IsEmpty()) << name;
    }
}

TEST_F(AsteriskQueuesTest, WhateverTheOrderEachCallerBeginsAndEndsOnce) {
    EXPECT_TRUE(rc::check([this] {
        AsteriskChannels channels(knows_);
        AsteriskQueues queues(channels, knows_);
        std::vector<ExchangeSignal> signals;
        Time now = now_;
        const std::vector<std::string> events = {
            "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentCalled",
            "AgentConnect",    "AgentComplete",    "AgentRingNoAnswer",  "DialEnd",
            "HangupRequest",   "Hangup",           "Newexten",           "VarSet"};
        const std::vector<std::string> statuses = {"ANSWER", "CANCEL", "NOANSWER", "BUSY"};
        const int steps = *rc::gen::inRange(1, 60);
        for (int i = 0; i < steps; ++i) {
            const std::string of = *rc::gen::element<std::string>("1.0", "2.0", "");
            const std::string to = *rc::gen::element<std::string>("1.1", "1.2", "2.1", "");
            const AmiFrame frame =
                ami("Event: " + *rc::gen::elementOf(events) +
                    "\nQueue: sales\nInterface: PJSIP/201\nUniqueid: " + of + "\nDestUniqueid: " + to +
                    "\nCount: 1\nVariable: QUEUESTATUS\nValue: TIMEOUT\nDialStatus: " +
                    *rc::gen::elementOf(statuses));
            queues.on_event(frame, {now, now}, signals);
            // All within kRemembered: what comes later than that is not known to be late.
            now += std::chrono::milliseconds(*rc::gen::inRange(0, 650));
            queues.on_time(now, signals);
        }
        std::map<std::string, int> open;  // by uuid; 1: waits, 2: talks
        for (const auto& signal : signals) {
            const std::string uuid(signal.queue.fields.get("QueueMemberUUID"));
            const std::string& action = signal.queue.action;
            if (action == "member-queue-start") RC_ASSERT(open[uuid] == 0);
            if (action == "member-queue-start") open[uuid] = 1;
            if (action == "bridge-agent-start") RC_ASSERT(open[uuid] != 2);
            if (action == "bridge-agent-start") open[uuid] = 2;
            if (action == "bridge-agent-end") RC_ASSERT(open[uuid] == 2);
            if (action == "member-queue-end") RC_ASSERT(open[uuid] != 3);
            if (action == "member-queue-end") open[uuid] = 3;
        }
    }));
}

}  // namespace
}  // namespace callboard
