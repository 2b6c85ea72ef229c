#include "sources/asterisk/asterisk_members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using testing::ami;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AsteriskMembersTest : public ::testing::Test {
  protected:
    static std::string member(const std::string& queue, const std::string& interface, bool paused = false,
                              const std::string& device = "1") {
        return "Queue: " + queue + "\nMemberName: Grace\nInterface: " + interface +
               "\nStateInterface: PJSIP/201\nStatus: " + device + "\nPaused: " + (paused ? "1" : "0");
    }
    std::vector<std::string> event(const std::string& name, const std::string& lines) {
        members_.on_event(ami("Event: " + name + "\n" + lines), {}, signals_);
        return told();
    }
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (const auto& signal : std::exchange(signals_, {})) {
            const auto& queue = signal.queue;
            all.push_back((queue.action.empty() ? "listed" : queue.action) + " " + queue.queue + " " +
                          queue.agent + ": " + std::string(queue.fields.get("QueueAgentStatus")) + "/" +
                          std::string(queue.fields.get("QueueAgentState")));
        }
        return all;
    }
    void listed(const std::string& queue, const std::string& location, bool paused = false,
                const std::string& device = "1", const std::string& in_call = "0") {
        members_.on_listed(ami("Event: QueueMember\nQueue: " + queue +
                               "\nName: Grace\nLocation: " + location + "\nStatus: " + device +
                               "\nInCall: " + in_call + "\nPaused: " + (paused ? "1" : "0")));
    }

    std::set<std::string, std::less<>> ours_{"201"};
    KnowsName knows_ = [this](std::string_view name) { return ours_.contains(name); };
    AsteriskMembers members_{knows_};
    std::vector<ExchangeSignal> signals_;
};

TEST_F(AsteriskMembersTest, AnAgentIsHisExtensionWhereSomethingTellsIt) {
    const auto name = [&](std::string_view interface, std::string_view state, std::string_view given) {
        const AgentName found = agent_name(interface, state, given, knows_);
        return found.agent + "|" + found.device;
    };
    EXPECT_EQ(name("PJSIP/201", "PJSIP/201", "Grace"), "201|201");
    EXPECT_EQ(name("Local/201@agents/n", "PJSIP/201", "Grace"), "201|201");
    EXPECT_EQ(name("Local/grace@agents", "PJSIP/201", "Grace"), "201|201");
    EXPECT_EQ(name("PJSIP/4711", "", "Grace"), "4711|4711") << "an extension that is not configured";
    EXPECT_EQ(name("PJSIP/desk", "", "201"), "201|201") << "his name is the line's alias";
    EXPECT_EQ(name("PJSIP/desk", "", "Grace"), "Grace|desk");
    EXPECT_EQ(name("PJSIP/desk", "", ""), "desk|desk");
}

TEST_F(AsteriskMembersTest, OneChangeInSeveralQueuesIsToldOnce) {
    EXPECT_THAT(event("QueueMemberStatus", member("sales", "PJSIP/201")),
                ElementsAre("agent-status-change sales 201: Available/"));
    EXPECT_THAT(event("QueueMemberStatus", member("support", "PJSIP/201")), IsEmpty());
    EXPECT_THAT(event("QueueMemberStatus", member("localq", "Local/201@agents/n")), IsEmpty());
    EXPECT_THAT(event("QueueMemberPause", member("sales", "PJSIP/201", true)),
                ElementsAre("agent-status-change sales 201: On Break/"));
    EXPECT_THAT(event("QueueMemberPause", member("support", "PJSIP/201", true)), IsEmpty());
    EXPECT_THAT(event("QueueMemberPause", member("sales", "PJSIP/201")),
                ElementsAre("agent-status-change sales 201: Available/"));
    EXPECT_THAT(event("QueueMemberPause", member("support", "PJSIP/201")), IsEmpty());
}

TEST_F(AsteriskMembersTest, APauseInOneQueueIsNotUndoneByAnother) {
    event("QueueMemberStatus", member("sales", "PJSIP/201"));
    event("QueueMemberStatus", member("support", "PJSIP/201"));
    event("QueueMemberPause", member("sales", "PJSIP/201", true));
    for (const char* device : {"6", "2", "1"}) {
        EXPECT_THAT(event("QueueMemberStatus", member("sales", "PJSIP/201", true, device)), IsEmpty());
        EXPECT_THAT(event("QueueMemberStatus", member("support", "PJSIP/201", false, device)), IsEmpty());
    }
}

TEST_F(AsteriskMembersTest, APhoneThatCannotBeReachedLogsItsAgentOut) {
    event("QueueMemberStatus", member("sales", "PJSIP/201"));
    EXPECT_THAT(event("QueueMemberStatus", member("sales", "PJSIP/201", false, "5")),
                ElementsAre("agent-status-change sales 201: Logged Out/"));
    EXPECT_THAT(event("QueueMemberStatus", member("sales", "PJSIP/201", false, "1")),
                ElementsAre("agent-status-change sales 201: Available/"));
}

TEST_F(AsteriskMembersTest, AnAgentLogsInAndOutOfQueues) {
    EXPECT_THAT(event("QueueMemberAdded", member("dyn", "PJSIP/201")),
                ElementsAre("agent-status-change dyn 201: Available/"));
    EXPECT_THAT(event("QueueMemberAdded", member("other", "PJSIP/201")), IsEmpty());
    EXPECT_THAT(event("QueueMemberRemoved", member("dyn", "PJSIP/201")), IsEmpty())
        << "he still serves another";
    EXPECT_THAT(event("QueueMemberRemoved", member("other", "PJSIP/201")),
                ElementsAre("agent-status-change other 201: Logged Out/"));
    EXPECT_THAT(event("QueueMemberAdded", member("dyn", "PJSIP/201", true)),
                ElementsAre("agent-status-change dyn 201: On Break/"));
}

TEST_F(AsteriskMembersTest, AStateIsToldWhenItIsAnother) {
    const AgentName agent{"201", "201"};
    const auto set = [&](std::string_view state) {
        members_.set_state(agent, "sales", state, "AgentCalled", {}, signals_);
        return told();
    };
    EXPECT_THAT(set("Receiving"), ElementsAre("agent-state-change sales 201: /Receiving"));
    EXPECT_THAT(set("Receiving"), IsEmpty());
    EXPECT_THAT(set("Waiting"), ElementsAre("agent-state-change sales 201: /Waiting"));
}

TEST_F(AsteriskMembersTest, AListShowsEachMembershipWithTheAgentsOwnStatus) {
    members_.on_snapshot_begins();
    listed("sales", "PJSIP/201", true);
    listed("support", "PJSIP/201", false, "2", "1");
    members_.on_snapshot_ends(true, {}, signals_);
    EXPECT_THAT(told(), ElementsAre("listed sales 201: Available/In a queue call",
                                    "listed support 201: Available/In a queue call"));
    EXPECT_THAT(event("QueueMemberPause", member("support", "PJSIP/201", true)),
                ElementsAre("agent-status-change support 201: On Break/"));
    members_.on_snapshot_begins();
    listed("sales", "PJSIP/201", true);
    listed("support", "PJSIP/201", false);
    members_.on_snapshot_ends(true, {}, signals_);
    EXPECT_THAT(told(), ElementsAre("listed sales 201: Available/In a queue call",
                                    "listed support 201: Available/In a queue call"))
        << "what changed unseen";
}

TEST_F(AsteriskMembersTest, AWholeListEndsMembershipsThatItDoesNotHave) {
    event("QueueMemberAdded", member("dyn", "PJSIP/201"));
    event("QueueMemberAdded", member("sales", "PJSIP/201"));
    members_.on_snapshot_begins();
    listed("sales", "PJSIP/201");
    members_.on_snapshot_ends(false, {}, signals_);
    EXPECT_EQ(told().size(), 2U);
    members_.on_snapshot_begins();
    listed("sales", "PJSIP/201");
    members_.on_snapshot_ends(true, {}, signals_);
    EXPECT_THAT(told(), ElementsAre("listed sales 201: Available/Waiting"));
}

}  // namespace
}  // namespace callboard
