// The same recorded calls, seen by two sources at once, are told once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "asterisk_story.hpp"
#include "core/correlation.hpp"
#include "story.hpp"

namespace callboard::replay {
namespace {

using testing::IsEmpty;

struct Seen {
    std::string source;
    Told told;
};

/// What is told of `seen`, in the order of time.
std::vector<Told> correlated(std::vector<Seen> seen, double begun) {
    std::stable_sort(seen.begin(), seen.end(),
                     [](const Seen& a, const Seen& b) { return a.told.at < b.told.at; });
    Correlation correlation;
    std::vector<Told> all;
    for (Seen& one : seen) {
        const Time now =
            Time(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(begun + one.told.at)));
        std::vector<Event> out;
        correlation.take(one.source, std::move(one.told.event), now, out);
        for (Event& event : out) all.push_back({one.told.at, std::move(event)});
    }
    return all;
}

void append(std::vector<Seen>& all, const std::string& source, std::vector<Told> told, double late = 0) {
    for (Told& one : told) all.push_back({source, {one.at + late, std::move(one.event)}});
}

/// What is told of queues only the exchange sees.
std::vector<Told> of_lines(std::vector<Told> told) {
    std::erase_if(told, [](const Told& one) { return !std::holds_alternative<LineData>(one.event.data); });
    return told;
}

/// Seconds; a slow link keeps a BYE from its phone in the one recording, and in the other the exchange ends
/// the transferring phone's channel before the phone does.
double tolerance(const std::string& name) {
    return name == "k-retransmissions" ? 2.0 : name == "a-blind-transfer" ? 5.0 : 0.5;
}

class TwoSources : public testing::TestWithParam<std::string> {};

TEST_P(TwoSources, OfOneMirrorEachTellTheStoryOnce) {
    const auto scenario = load(GetParam());
    const auto told = play(scenario.packets, scenario.begun);
    for (const double late : {0.0, 0.05, 1.0}) {
        std::vector<Seen> seen;
        append(seen, "first", told);
        append(seen, "second", told, late);
        EXPECT_THAT(differences(scenario.truth, correlated(seen, scenario.begun), tolerance(GetParam())),
                    IsEmpty())
            << late;
    }
}

INSTANTIATE_TEST_SUITE_P(Recordings, TwoSources, testing::ValuesIn(scenario_names()), [](const auto& test) {
    std::string name = test.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

class MirrorAndExchange : public testing::TestWithParam<std::string> {};

TEST_P(MirrorAndExchange, TellTheStoryOnce) {
    const auto scenario = load(GetParam());
    std::vector<Seen> seen;
    append(seen, "mirror", play(scenario.packets, scenario.begun));
    append(seen, "exchange", play_ami(news_of(load_ami(GetParam())), scenario.begun));
    EXPECT_THAT(
        differences(scenario.truth, of_lines(correlated(seen, scenario.begun)), tolerance(GetParam())),
        IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Recordings, MirrorAndExchange, testing::ValuesIn(ami_scenario_names()),
                         [](const auto& test) {
                             std::string name = test.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace callboard::replay
