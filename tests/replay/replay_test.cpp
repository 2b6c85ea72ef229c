#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "sources/hep/hep_packet.hpp"
#include "story.hpp"

namespace callboard::replay {
namespace {

class Replay : public testing::TestWithParam<std::string> {
  protected:
    Scenario scenario_ = load(GetParam());

    void expect_truth(const std::vector<RecordedPacket>& packets, double tolerance, const std::string& how) {
        const auto found = differences(scenario_.truth, play(packets, scenario_.begun), tolerance);
        EXPECT_THAT(found, testing::IsEmpty()) << GetParam() << ", " << how;
    }
};

double usual_tolerance(const std::string& name) {
    if (name == "k-retransmissions")
        return 2.0;  // a slow link keeps a BYE from its phone, while the proxy's mirror shows it at once
    if (name == "k-midstream") return 0.5;  // an answer without its INVITE waits in case that is only late
    return 0.3;
}

std::vector<RecordedPacket> shifted(std::vector<RecordedPacket> packets, std::mt19937& random, int most_ms) {
    std::uniform_int_distribution<int> delay(0, most_ms);
    for (auto& packet : packets) packet.received += std::chrono::milliseconds(delay(random));
    std::stable_sort(packets.begin(), packets.end(),
                     [](const auto& a, const auto& b) { return a.received < b.received; });
    return packets;
}

std::string_view payload_of(const RecordedPacket& packet) {
    HepPacket hep;
    return decode_hep(packet.bytes, hep) == HepVerdict::ok ? hep.payload : std::string_view();
}

TEST_P(Replay, tells_what_happened) {
    expect_truth(scenario_.packets, usual_tolerance(GetParam()), "as recorded");
}

TEST_P(Replay, tells_each_thing_once_when_every_packet_comes_twice) {
    std::vector<RecordedPacket> twice;
    for (const auto& packet : scenario_.packets) twice.insert(twice.end(), 2, packet);
    expect_truth(twice, usual_tolerance(GetParam()), "doubled");
}

TEST_P(Replay, tells_each_thing_once_when_copies_come_late) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        std::mt19937 random(seed);
        std::vector<RecordedPacket> packets = scenario_.packets;
        for (const auto& packet : scenario_.packets)
            if (random() % 3 == 0)
                packets.push_back(
                    {packet.received + std::chrono::milliseconds(random() % 2000), packet.bytes});
        expect_truth(shifted(std::move(packets), random, 0), usual_tolerance(GetParam()),
                     "late copies, seed " + std::to_string(seed));
    }
}

TEST_P(Replay, needs_only_one_of_several_copies) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        std::mt19937 random(seed);
        std::map<std::string_view, std::vector<std::size_t>> copies;
        for (std::size_t i = 0; i < scenario_.packets.size(); ++i)
            copies[payload_of(scenario_.packets[i])].push_back(i);
        std::set<std::size_t> lost;
        for (const auto& [payload, places] : copies)
            if (places.size() > 1) lost.insert(places[random() % places.size()]);
        std::vector<RecordedPacket> packets;
        for (std::size_t i = 0; i < scenario_.packets.size(); ++i)
            if (!lost.contains(i)) packets.push_back(scenario_.packets[i]);
        // The first copy may be the lost one: then the event comes with the retransmission.
        expect_truth(packets, GetParam() == "k-retransmissions" ? 2.5 : 0.8,
                     "copies lost, seed " + std::to_string(seed));
    }
}

TEST_P(Replay, bears_disorder_of_200_ms) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
        std::mt19937 random(seed);
        expect_truth(shifted(scenario_.packets, random, 200), usual_tolerance(GetParam()) + 0.45,
                     "disorder, seed " + std::to_string(seed));
    }
}

std::string test_name(const testing::TestParamInfo<std::string>& scenario) {
    std::string name = scenario.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(recordings, Replay, testing::ValuesIn(scenario_names()), test_name);

}  // namespace
}  // namespace callboard::replay
