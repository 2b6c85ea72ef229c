// How callers leave a queue.

#include "sources/asterisk/asterisk_queues_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::ami;
using testing::AsteriskQueuesTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(AsteriskQueuesTest, ACallerWhoGivesUpWhileAnAgentRings) {
    join();
    call("201", "1.1");
    told();
    now_ += 3s;
    request_hangup("1.0");
    dial_end("201", "1.1", "CANCEL");
    dial_end("201", "1.1", "CANCEL");
    event("QueueCallerAbandon",
          caller("1.0") + "Queue: sales\nPosition: 1\nOriginalPosition: 1\nHoldTime: 3");
    hang_up("1.1", "0");
    leave();
    hang_up("1.0", "0");
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-fail ORIGINATOR_CANCEL @201", "agent-state-change Waiting @201",
                            "member-queue-end Cancel NONE", "members-count 0"));
    EXPECT_THAT(names(fields("member-queue-end")),
                UnorderedElementsAre("QueueCancelReason", "QueueCause", "QueueMemberCIDName",
                                     "QueueMemberCIDNumber", "QueueMemberJoinedTime",
                                     "QueueMemberLeavingTime", "QueueMemberSessionUUID", "QueueMemberUUID"));
    pass(10s);
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(AsteriskQueuesTest, ACallerWhoGivesUpWhileNobodyRings) {
    join();
    told();
    request_hangup("1.0");
    event("QueueCallerAbandon", caller("1.0") + "Queue: sales");
    leave("1.0", 4);
    EXPECT_THAT(told(), ElementsAre("member-queue-end Cancel NONE", "members-count 4"));
}

TEST_F(AsteriskQueuesTest, LeaveMayComeBeforeAbandon) {
    join();
    told();
    request_hangup("1.0");
    leave("1.0", 1);
    event("QueueCallerAbandon", caller("1.0") + "Queue: sales");
    hang_up("1.0", "0");
    EXPECT_THAT(told(), ElementsAre("member-queue-end Cancel NONE", "members-count 1"));
    EXPECT_EQ(queues_.callers(), 0U);
}

TEST_F(AsteriskQueuesTest, AbandonMayNotBeSeen) {
    join();
    call("201", "1.1");
    told();
    hang_up("1.0", "0");
    EXPECT_THAT(told(), IsEmpty());
    pass(3s);
    EXPECT_THAT(told(),
                ElementsAre("bridge-agent-fail ORIGINATOR_CANCEL @201", "agent-state-change Waiting @201",
                            "member-queue-end Cancel NONE", "members-count"));
}

TEST_F(AsteriskQueuesTest, LeaveMayNotBeSeen) {
    join();
    request_hangup("1.0");
    event("QueueCallerAbandon", caller("1.0") + "Queue: sales");
    told();
    pass(3s);
    EXPECT_THAT(told(), IsEmpty());
    EXPECT_EQ(queues_.callers(), 0U);
}

TEST_F(AsteriskQueuesTest, TheQueueGivesUp) {
    join();
    call("201", "1.1");
    told();
    now_ += 25s;
    event("AgentRingNoAnswer", caller("1.0") + agent("201", "1.1") + member("201"));
    dial_end("201", "1.1", "NOANSWER");
    dial_end("201", "1.1", "CANCEL");
    event("QueueCallerAbandon", caller("1.0") + "Queue: sales\nHoldTime: 25");
    leave();
    event("VarSet", caller("1.0") + "Variable: QUEUESTATUS\nValue: TIMEOUT");
    request_hangup("1.0");
    hang_up("1.0");
    EXPECT_THAT(told(), ElementsAre("bridge-agent-fail NO_ANSWER @201", "agent-state-change Waiting @201",
                                    "member-queue-end Cancel TIMEOUT", "members-count 0"));
}

TEST_F(AsteriskQueuesTest, ACallerLeavesWithAKey) {
    join();
    told();
    leave();
    event("Newexten", caller("1.0") + "Extension: 0\nApplication: Goto");
    EXPECT_THAT(told(), ElementsAre("member-queue-end Cancel EXIT_WITH_KEY", "members-count 0"));
}

TEST_F(AsteriskQueuesTest, TheQueueSaysWhyItLetsSomebodyGo) {
    const std::map<std::string, std::string> reasons = {{"LEAVEEMPTY", "NO_AGENT_TIMEOUT"},
                                                        {"LEAVEUNAVAIL", "NO_AGENT_TIMEOUT"},
                                                        {"TIMEOUT", "TIMEOUT"},
                                                        {"CONTINUE", "BREAK_OUT"},
                                                        {"WITHDRAW", "BREAK_OUT"}};
    for (const auto& [status, reason] : reasons) {
        join();
        told();
        event("VarSet", caller("1.0") + "Variable: QUEUESTATUS\nValue:");
        leave();
        event("VarSet", caller("1.0") + "Variable: QUEUESTATUS\nValue: " + status);
        EXPECT_THAT(told(), ElementsAre("member-queue-end Cancel " + reason, "members-count 0")) << status;
    }
}

TEST_F(AsteriskQueuesTest, NobodySaysWhyHeLeft) {
    join();
    told();
    leave();
    pass(1900ms);
    EXPECT_THAT(told(), IsEmpty());
    pass(200ms);
    EXPECT_THAT(told(), ElementsAre("member-queue-end Cancel BREAK_OUT", "members-count 0"));
}

}  // namespace
}  // namespace callboard
