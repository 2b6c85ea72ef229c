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

std::string test_name(const testing::TestParamInfo<std::string>& scenario) {
    std::string name = scenario.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(recordings, FreeswitchReplay, testing::ValuesIn(freeswitch_names()), test_name);

}  // namespace
}  // namespace callboard::replay
