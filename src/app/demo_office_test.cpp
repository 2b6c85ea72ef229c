#include "app/demo_office.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "app/demo_recordings.hpp"
#include "app/exchange_script.hpp"
#include "app/player.hpp"
#include "core/sip_tracker.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/sip_scanner.hpp"

namespace callboard {
namespace {

using std::chrono::seconds;

/// What the tracker tells of one recording, with the time since its beginning.
struct Told {
    Duration at;
    Event event;
};
std::vector<Told> told_by(const std::vector<RecordedPacket>& packets, unsigned round = 1) {
    const auto directory = directory_of(demo_config("127.0.0.1:1", "d"));
    SipTracker tracker(directory, "FR", {});
    const auto due = due_times(packets, {.longest_gap = seconds(5)});
    constexpr Time begun = time_from_nanoseconds(1'780'000'000'000'000'000);
    std::vector<Told> told;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const auto bytes = replayed(packets[i].bytes, begun + due[i], round);
        HepPacket hep;
        SipMessage message;
        if (decode_hep(bytes, hep) != HepVerdict::ok || scan_sip(hep.payload, message) != SipVerdict::ok)
            continue;
        message.source = hep.source;
        message.destination = hep.destination;
        message.captured = message.collected = begun + due[i];
        std::vector<Event> events;
        tracker.on_time(message.collected, events);
        tracker.on_message(message, events);
        for (auto& event : events) told.push_back({due[i], std::move(event)});
    }
    return told;
}

TEST(DemoRecordings, AreTheFilesOfTheFolder) {
    ASSERT_FALSE(demo_recordings().empty());
    for (const auto& recording : demo_recordings()) {
        std::ifstream in(std::string(CALLBOARD_SOURCE_DIR "/demo/") + std::string(recording.name),
                         std::ios::binary);
        const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        EXPECT_EQ(recording.bytes, file) << recording.name;
        EXPECT_EQ(demo_recording(recording.name), file);
        if (recording.name.ends_with(".hep"))
            EXPECT_TRUE(parse_recording(recording.bytes)) << recording.name;
        else
            EXPECT_TRUE(ExchangeScript::read(recording.bytes)) << recording.name;
    }
    EXPECT_EQ(demo_recording("none"), "");
}

TEST(DemoRecordings, BeginWithRegistrationsAndRingSoon) {
    const auto told = told_by(*parse_recording(demo_recordings().front().bytes));
    const auto rings = std::find_if(told.begin(), told.end(), [](const Told& one) {
        return one.event.name == event_name::start_ringing;
    });
    ASSERT_NE(rings, told.end());
    EXPECT_LT(rings->at, seconds(3));
    std::set<std::string> registered;
    for (auto one = told.begin(); one != rings; ++one) {
        EXPECT_EQ(one->event.name, event_name::registered);
        registered.insert(one->event.ressource);
    }
    EXPECT_GE(registered.size(), 5U);
}

TEST(DemoRecordings, EachShowsCallsOfOurLinesAndLeavesNoneOpen) {
    std::set<std::string> names;
    for (const auto& recording : demo_recordings()) {
        if (!recording.name.ends_with(".hep")) continue;
        std::map<std::string, int> count;
        for (const auto& one : told_by(*parse_recording(recording.bytes))) {
            ++count[one.event.name];
            names.insert(one.event.name);
        }
        EXPECT_GT(count["start_ringing"], 0) << recording.name;
        EXPECT_EQ(count["start_ringing"], count["end_ringing"]) << recording.name;
        EXPECT_EQ(count["start_calling"], count["end_calling"]) << recording.name;
        EXPECT_EQ(count["start_hold"], count["end_hold"]) << recording.name;
    }
    for (const auto name : {event_name::registered, event_name::start_calling, event_name::start_hold})
        EXPECT_TRUE(names.contains(std::string(name))) << name;
}

TEST(DemoRecordings, CallsOfTwoRoundsAreOthers) {
    const auto packets = *parse_recording(demo_recordings().front().bytes);
    const auto calls = [](const std::vector<Told>& told) {
        std::set<std::string> ids;
        for (const auto& one : told)
            if (const auto* data = std::get_if<LineData>(&one.event.data)) ids.insert(data->call_id);
        return ids;
    };
    const auto first = calls(told_by(packets, 1)), second = calls(told_by(packets, 2));
    EXPECT_EQ(first.size(), second.size());
    for (const auto& id : first) EXPECT_FALSE(second.contains(id)) << id;
}

TEST(DemoOffice, IsAConfigurationThatTheReaderWouldTake) {
    auto config = demo_config("0.0.0.0:8080", "/tmp/d");
    connect_exchanges(config, "127.0.0.1:8021", "127.0.0.1:5038");
    EXPECT_FALSE(config.an_exchange_tells_lines());
    EXPECT_EQ(config.http.public_url, "http://127.0.0.1:8080");
    std::set<std::string> names, ids;
    for (const auto& service : config.services) {
        EXPECT_EQ(service.account, kDemoAccount);
        EXPECT_TRUE(names.insert(service.number).second);
        EXPECT_TRUE(ids.insert(service.id).second);
        for (const auto& alias : service.aliases) EXPECT_TRUE(names.insert(alias).second);
    }
}

TEST(DemoOffice, PrintsAnAddressThatABrowserCanOpen) {
    EXPECT_EQ(browsable("127.0.0.1:8080"), "127.0.0.1:8080");
    EXPECT_EQ(browsable("0.0.0.0:80"), "127.0.0.1:80");
    EXPECT_EQ(browsable("[::]:80"), "[::1]:80");
    EXPECT_EQ(browsable("[fe80::1]:80"), "[fe80::1]:80");
}

}  // namespace
}  // namespace callboard
