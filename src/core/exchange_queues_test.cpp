#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/exchange_script_test.hpp"

namespace callboard::script {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Marie waits at the desk, Bob answers her; both hang up.
constexpr std::string_view kServed = R"(
    queue member-queue-start in=desk caller=0612345678 channel=t QueueMemberUUID=m QueueMemberCIDNumber=0612345678
    queue members-count in=8001 Count=1 QueueSelection=Single-Queue
    queue agent-offering in=8001 agent=1002@default caller=0612345678 QueueMemberUUID=m
    queue bridge-agent-start in=8001 agent=1002@default caller=0612345678 QueueMemberUUID=m QueueAgentAnsweredTime=9
    queue members-count in=8001 Count=1
    queue bridge-agent-end in=8001 agent=1002@default caller=0612345678 QueueMemberUUID=m
    queue member-queue-end in=8001 agent=1002@default caller=0612345678 QueueMemberUUID=m QueueCause=Terminated
)";

TEST(ExchangeQueue, tells_each_action_by_the_number_of_the_queue_with_agent_and_caller) {
    Listener exchange;
    std::string script(kServed);
    script.replace(script.find("in=desk"), 7, "in=8001@default");
    exchange.hear(script);
    EXPECT_THAT(
        exchange.queue_told({"Agent", "QueueAgent", "Calling", "Count"}),
        ElementsAre(
            "desk member-queue-start Calling=marie Count=0", "desk members-count Count=1",
            "desk agent-offering Agent=bob QueueAgent=agent_0033972000002_0 Calling=marie Count=1",
            "desk bridge-agent-start Agent=bob QueueAgent=agent_0033972000002_0 Calling=marie Count=0",
            "desk members-count Count=1",
            "desk bridge-agent-end Agent=bob QueueAgent=agent_0033972000002_0 Calling=marie Count=0",
            "desk member-queue-end Agent=bob QueueAgent=agent_0033972000002_0 Calling=marie Count=0"));
}

TEST(ExchangeQueue, has_the_members_that_every_queue_event_has) {
    Listener exchange;
    exchange.hear(kServed.substr(kServed.find("queue members-count")));
    const auto& event = exchange.events().front();
    const auto& data = std::get<QueueData>(event.data);
    EXPECT_EQ(event.protocol, Protocol::queues);
    EXPECT_EQ(event.ressource, "0033972000008");
    EXPECT_EQ(data.get("Action"), "members-count");
    EXPECT_EQ(data.get("Queue"), "0033972000008");
    EXPECT_EQ(data.get("Protocol"), "sip");
    EXPECT_EQ(data.get("Ts"), "1780000000") << "whole seconds";
    EXPECT_EQ(data.get("QueueSelection"), "Single-Queue");
}

TEST(ExchangeQueue, that_is_none_of_ours_tells_nothing) {
    Listener exchange;
    exchange.hear(R"(
        queue member-queue-start in=elsewhere QueueMemberUUID=m
        queue member-queue-start in=1001 QueueMemberUUID=n
        queue member-queue-start QueueMemberUUID=o
    )");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

TEST(ExchangeQueue, a_withheld_number_is_nowhere) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 withheld
        queue member-queue-start in=8001 channel=t caller=0612345678 QueueMemberUUID=m QueueMemberCIDNumber=0612345678 QueueMemberCIDName=Marie
        queue agent-offering in=8001 agent=1002 channel=t caller=0612345678 QueueMemberUUID=m QueueMemberCIDNumber=0612345678
        queue member-queue-start in=8001 withheld caller=0612345678 QueueMemberUUID=n QueueMemberCIDNumber=0612345678
        queue agent-offering in=8001 agent=1002 caller=0612345678 QueueMemberUUID=n QueueMemberCIDNumber=0612345678
    )");
    EXPECT_THAT(exchange.queue_told({"Calling", "QueueMemberCIDNumber", "QueueMemberCIDName"}),
                ElementsAre("desk member-queue-start Calling=anonymous QueueMemberCIDNumber=anonymous "
                            "QueueMemberCIDName=anonymous",
                            "desk agent-offering Calling=anonymous QueueMemberCIDNumber=anonymous",
                            "desk member-queue-start Calling=anonymous QueueMemberCIDNumber=anonymous",
                            "desk agent-offering Calling=anonymous QueueMemberCIDNumber=anonymous"));
}

TEST(ExchangeQueue, a_caller_of_ours_is_named_by_his_line) {
    Listener exchange;
    exchange.hear(
        "a created calls device=1001\n queue member-queue-start in=8001 channel=a caller=55 "
        "QueueMemberUUID=m");
    EXPECT_THAT(exchange.queue_told({"Calling"}), ElementsAre("desk member-queue-start Calling=alice"));
}

TEST(ExchangeQueue, carries_the_caller_through_to_the_agents_line) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=8001
        t answered
        queue member-queue-start in=8001 channel=t caller=0612345678 QueueMemberUUID=m
        b created called parent=t device=1002 caller=0612345678
        b ringing
        b answered
        t entered bridge=tb
        b entered bridge=tb
        b hung_up
    )");
    for (const auto& told : exchange.told_with_parties())
        EXPECT_THAT(told, testing::EndsWith("marie > bob (desk)")) << told;
    EXPECT_EQ(exchange.told().size(), 4U);
}

TEST(ExchangeQueue, a_line_that_waits_has_reached_the_queue_until_it_is_joined_with_an_agent) {
    Listener exchange;
    exchange.hear(R"(
        a created calls device=1001 dialled=8001
        a answered
        b created called parent=a device=1002
        b ringing
        b answered
        a held
        a resumed
        a entered bridge=ab
        b entered bridge=ab
        a hung_up
    )");
    const auto told = exchange.told_with_parties();
    EXPECT_EQ(told.front(), "alice start_calling alice > desk (desk)");
    EXPECT_THAT(told, testing::Contains("alice start_hold alice > desk (desk)"));
    EXPECT_EQ(told.back(), "alice end_calling alice > bob (desk)");
}

// Agents

TEST(ExchangeAgent, is_known_by_his_name_his_phone_the_number_in_his_name_or_the_phone_that_rings) {
    Listener exchange;
    exchange.hear(R"(
        c created called device=1003
        queue agent-offering in=8001 agent=1001 QueueMemberUUID=m
        queue agent-offering in=8001 agent=anna phone=1002 QueueMemberUUID=m
        queue agent-offering in=8001 agent=carla leg=c QueueMemberUUID=m
        queue agent-offering in=8001 agent=dora QueueMemberUUID=m
    )");
    EXPECT_THAT(exchange.queue_told({"Agent", "QueueAgent"}),
                ElementsAre("desk agent-offering Agent=alice QueueAgent=agent_0033972000001_0",
                            "desk agent-offering Agent=bob QueueAgent=agent_0033972000002_0",
                            "desk agent-offering Agent=carol QueueAgent=agent_0033972000003_0",
                            "desk agent-offering Agent=dora QueueAgent=agent_dora_0"));
    exchange.forget();
    ExchangeSignal signal;
    signal.kind = ExchangeSignalKind::queue_action;
    signal.queue.action = "agent-offering";
    signal.queue.queue = "8001";
    signal.queue.agent = "agent_0033972000002_4242";
    std::vector<Event> out;
    exchange.tracker().on_signal(signal, out);
    EXPECT_EQ(std::get<QueueData>(out.at(0).data).get("QueueAgent"), "agent_0033972000002_4242");
    EXPECT_EQ(std::get<QueueData>(out.at(0).data).get("Agent"), "0033972000002");
}

TEST(ExchangeAgent, status_is_told_under_his_line_and_to_his_queues_natively) {
    Listener exchange;
    exchange.hear(R"(
        queue agent-offering in=8001 agent=1002 QueueMemberUUID=m
        queue agent-status-change agent=1002 QueueAgentStatus=On_Break
        queue agent-status-change agent=1002 QueueAgentStatus=On_Break
        queue agent-state-change agent=1002 QueueAgentState=Waiting
    )");
    EXPECT_THAT(exchange.queue_told({"QueueAgentStatus", "QueueAgentState"}),
                ElementsAre("desk agent-offering", "bob agent-status-change QueueAgentStatus=On Break",
                            "desk (agent-status-change) QueueAgentStatus=On Break",
                            "bob agent-status-change QueueAgentStatus=On Break",
                            "bob agent-state-change QueueAgentState=Waiting",
                            "desk (agent-state-change) QueueAgentState=Waiting"));
}

TEST(ExchangeAgent, without_a_line_of_ours_is_told_of_under_his_queue) {
    Listener exchange;
    exchange.hear(R"(
        queue agent-status-change agent=zoe QueueAgentStatus=Available
        queue agent-offering in=8001 agent=zoe QueueMemberUUID=m
        queue agent-status-change agent=zoe QueueAgentStatus=On_Break
    )");
    EXPECT_THAT(exchange.queue_told({"Queue", "QueueAgentStatus"}),
                ElementsAre("desk agent-offering Queue=desk",
                            "desk agent-status-change Queue=desk QueueAgentStatus=On Break"));
}

TEST(ExchangeAgent, a_question_is_nothing_that_happened) {
    Listener exchange;
    exchange.hear("queue agent-status-get agent=1002 QueueAgentStatus=Available");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

TEST(ExchangeAgent, a_list_tells_natively_what_is_new) {
    Listener exchange;
    const std::string list =
        "listed-agent in=8001 agent=1002 QueueAgentStatus=Available QueueAgentState=Waiting\n";
    exchange.hear("snapshot\n" + list + "end");
    EXPECT_THAT(exchange.queue_told({"QueueAgentStatus", "QueueAgentState"}),
                ElementsAre("desk (agent-status-change) QueueAgentStatus=Available",
                            "desk (agent-state-change) QueueAgentState=Waiting"));
    exchange.forget();
    exchange.hear("snapshot\n" + list + "end");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

// Reconciliation

TEST(ExchangeQueueSnapshot, callers_who_are_not_listed_leave) {
    Listener exchange;
    exchange.hear(R"(
        snapshot
        end
        queue member-queue-start in=8001 caller=0612345678 QueueMemberUUID=waits QueueMemberJoinedTime=1780000000
        queue member-queue-start in=8001 caller=0698765432 QueueMemberUUID=talks
        queue bridge-agent-start in=8001 agent=1002 QueueMemberUUID=talks
    )");
    exchange.forget();
    exchange.hear("wait 10s\n snapshot\n end");
    EXPECT_THAT(
        exchange.queue_told({"QueueMemberUUID", "QueueCause", "QueueCancelReason", "Agent", "Calling",
                             "Count", "QueueMemberJoinedTime", "QueueMemberLeavingTime"}),
        ElementsAre("desk member-queue-end QueueMemberUUID=waits QueueCause=Cancel QueueCancelReason=NONE "
                    "Calling=marie Count=0 QueueMemberJoinedTime=1780000000 "
                    "QueueMemberLeavingTime=1780000010",
                    "desk bridge-agent-end QueueMemberUUID=talks Agent=bob Calling=pierre Count=0 "
                    "QueueMemberLeavingTime=1780000010",
                    "desk member-queue-end QueueMemberUUID=talks QueueCause=Terminated Agent=bob "
                    "Calling=pierre Count=0 QueueMemberLeavingTime=1780000010"));
    EXPECT_EQ(exchange.tracker().corrections(), 2U);
}

TEST(ExchangeQueueSnapshot, callers_who_are_listed_and_not_known_join) {
    Listener exchange;
    exchange.hear(R"(
        snapshot
        listed-caller in=8001 caller=0612345678 QueueMemberUUID=m
        listed-caller in=8001 caller=0698765432 agent=1002 QueueMemberUUID=n
        end
        snapshot
        listed-caller in=8001 caller=0612345678 QueueMemberUUID=m
        listed-caller in=8001 caller=0698765432 agent=1002 QueueMemberUUID=n
        end
    )");
    EXPECT_THAT(exchange.queue_told({"Calling", "Agent"}),
                ElementsAre("desk member-queue-start Calling=marie", "desk member-queue-start Calling=pierre",
                            "desk bridge-agent-start Calling=pierre Agent=bob"));
    EXPECT_EQ(exchange.tracker().corrections(), 0U);
}

TEST(ExchangeQueueSnapshot, an_old_list_brings_nobody_back_who_has_just_left) {
    Listener exchange;
    exchange.hear(kServed);
    exchange.forget();
    exchange.hear("snapshot\n listed-caller in=8001 QueueMemberUUID=m\n end");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

TEST(ExchangeQueueSnapshot, who_joins_while_the_list_is_made_stays) {
    Listener exchange;
    exchange.hear("snapshot\n queue member-queue-start in=8001 QueueMemberUUID=m\n end");
    EXPECT_THAT(exchange.queue_told(), ElementsAre("desk member-queue-start"));
}

}  // namespace
}  // namespace callboard::script
