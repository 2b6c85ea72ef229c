#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "freeswitch_story.hpp"

namespace callboard::replay {
namespace {

class FreeswitchReplay : public testing::TestWithParam<std::string> {
  protected:
    FreeswitchScenario scenario_ = load_freeswitch(GetParam());
};

TEST_P(FreeswitchReplay, tells_of_lines_what_their_phones_saw) {
    const auto played = play(scenario_);
    EXPECT_THAT(line_differences(scenario_, played.told, 0.3), testing::IsEmpty());
    EXPECT_EQ(played.unreadable, 0U);
    EXPECT_EQ(played.corrections, 0U);
}

TEST_P(FreeswitchReplay, tells_of_queues_what_mod_callcenter_said) {
    EXPECT_THAT(queue_differences(scenario_, play(scenario_).told), testing::IsEmpty());
}

TEST_P(FreeswitchReplay, tells_the_same_however_the_bytes_are_split) {
    const auto whole = play(scenario_);
    for (const std::size_t piece : {1U, 7U, 1000U}) {
        const auto split = play(scenario_, piece);
        ASSERT_EQ(split.told.size(), whole.told.size()) << piece;
        for (std::size_t i = 0; i < whole.told.size(); ++i)
            ASSERT_EQ(split.told[i].event, whole.told[i].event) << piece;
    }
}

/// `Name=value` of every member of the first event of this name.
std::vector<std::string> members_of(const FreeswitchPlay& played, const std::string& name,
                                    const std::string& cause = {}) {
    std::vector<std::string> members;
    for (const auto& [at, event] : played.told) {
        const auto* data = std::get_if<QueueData>(&event.data);
        if (data == nullptr || event.native || event.name != name || data->get("QueueCause") != cause)
            continue;
        for (const auto& [key, value] : data->members) members.push_back(key + '=' + value);
        break;
    }
    return members;
}

TEST(FreeswitchQueueFields, are_those_of_the_protocol_for_a_call_that_is_answered) {
    const auto played = play(load_freeswitch("queue-ovh-naming"));
    const auto uuid = testing::HasSubstr("UUID=");
    EXPECT_THAT(
        members_of(played, "member-queue-start"),
        testing::ElementsAre("Action=member-queue-start", "Calling=0033639981270", "Count=0", "Protocol=sip",
                             "Queue=0033972000002", "QueueMemberCIDName=+33639981270",
                             "QueueMemberCIDNumber=0639981270", uuid, uuid, testing::StartsWith("Ts=17953")));
    EXPECT_THAT(members_of(played, "agent-offering"),
                testing::ElementsAre(
                    "Action=agent-offering", testing::StartsWith("Agent=003397200001"),
                    "Calling=0033639981270", "Count=1", "Protocol=sip", "Queue=0033972000002",
                    testing::StartsWith("QueueAgent=agent_003397200001"), "QueueAgentSystem=single_box",
                    "QueueAgentType=callback", "QueueMemberCIDName=+33639981270",
                    "QueueMemberCIDNumber=0639981270", uuid, uuid, testing::StartsWith("Ts=17953")));
    const auto end = members_of(played, "member-queue-end", "Terminated");
    std::vector<std::string> names;
    for (const auto& member : end) names.push_back(member.substr(0, member.find('=')));
    EXPECT_THAT(
        names, testing::ElementsAre("Action", "Agent", "Calling", "Count", "Protocol", "Queue", "QueueAgent",
                                    "QueueAgentAnsweredTime", "QueueAgentCalledTime", "QueueAgentSystem",
                                    "QueueAgentUUID", "QueueCause", "QueueHangupCause", "QueueMemberCIDName",
                                    "QueueMemberCIDNumber", "QueueMemberJoinedTime", "QueueMemberLeavingTime",
                                    "QueueMemberSessionUUID", "QueueMemberUUID", "Ts"));
    EXPECT_THAT(end, testing::Contains("Agent=0033972000012"));
    EXPECT_THAT(end, testing::Contains("QueueAgent=agent_0033972000012_4243"));
    EXPECT_THAT(end, testing::Contains("QueueHangupCause=SUCCESS"));
}

TEST(FreeswitchQueueFields, are_those_of_the_protocol_for_a_caller_who_gives_up) {
    const auto end = members_of(play(load_freeswitch("queue-abandon-waiting")), "member-queue-end", "Cancel");
    const auto uuid = testing::HasSubstr("UUID=");
    EXPECT_THAT(end, testing::ElementsAre("Action=member-queue-end", "Calling=0033639981239", "Count=0",
                                          "Protocol=sip", "Queue=0033972000003",
                                          "QueueCancelReason=BREAK_OUT", "QueueCause=Cancel",
                                          "QueueMemberCIDName=0639981239", "QueueMemberCIDNumber=0639981239",
                                          testing::StartsWith("QueueMemberJoinedTime=17953"),
                                          testing::StartsWith("QueueMemberLeavingTime=17953"), uuid, uuid,
                                          testing::StartsWith("Ts=")));
}

std::string test_name(const testing::TestParamInfo<std::string>& scenario) {
    std::string name = scenario.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(recordings, FreeswitchReplay, testing::ValuesIn(freeswitch_names()), test_name);

}  // namespace
}  // namespace callboard::replay
