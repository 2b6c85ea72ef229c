#include "sources/hep/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sources/hep/hep_packet.hpp"
#include "sources/hep/hep_test_packet.hpp"
#include "sources/hep/sip_scanner.hpp"

namespace callboard {
namespace {

using testing::big;
using testing::chunk;
using ::testing::HasSubstr;
using testing::hep3;
using testing::mirrored;
using testing::options;

constexpr Time kCaptured = time_from_nanoseconds(1'790'000'123'456'789'000);
constexpr const char* kCallId = "0123456789abcdef@192.0.2.1";

std::string frame(std::uint64_t time, std::string_view bytes) {
    return big(time, 8) + big(bytes.size(), 4) + std::string(bytes);
}

HepPacket decoded(std::string_view bytes) {
    HepPacket packet;
    EXPECT_EQ(text_of(decode_hep(bytes, packet)), "ok");
    return packet;
}

SipMessage scanned(std::string_view hep) {
    SipMessage message;
    EXPECT_EQ(text_of(scan_sip(decoded(hep).payload, message)), "ok");
    return message;
}

TEST(Recording, HoldsPacketsWithTheirTimes) {
    const auto packets =
        parse_recording(frame(1, "one") + frame(2, "") + frame(1'780'000'000'000'000'001, "three"));
    ASSERT_TRUE(packets);
    ASSERT_EQ(packets->size(), 3U);
    EXPECT_EQ((*packets)[0].bytes, "one");
    EXPECT_EQ((*packets)[1].bytes, "");
    EXPECT_EQ((*packets)[2].bytes, "three");
    EXPECT_EQ(nanoseconds_since_epoch((*packets)[2].received), 1'780'000'000'000'000'001);
    EXPECT_TRUE(parse_recording("")->empty());
}

TEST(Recording, NamesWhereItIsDamaged) {
    const std::string whole = frame(1, "one");  // 15 bytes
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"x", "ends within a header at byte 0"},
        {whole + "x", "ends within a header at byte 15"},
        {whole + whole.substr(0, 11), "ends within a header at byte 15"},
        {whole + whole.substr(0, 12), "ends within a packet at byte 27"},
        {whole + whole.substr(0, 14), "ends within a packet at byte 27"},
        {whole + big(1, 8) + big(65'537, 4), "a packet of 65537 bytes at byte 15"},
        {big(1, 8) + big(0xFFFFFFFF, 4), "no .hep recording"},
        {"#!/usr/bin/env python3\n", "no .hep recording"},
    };
    for (const auto& [file, what] : cases) {
        const auto packets = parse_recording(file);
        ASSERT_FALSE(packets) << what;
        EXPECT_EQ(packets.error().kind, Error::Kind::corrupt);
        EXPECT_THAT(packets.error().what, HasSubstr(what));
    }
}

TEST(Recording, IsReadFromAFile) {
    const auto path =
        std::filesystem::temp_directory_path() / ("recording-" + std::to_string(getpid()) + ".hep");
    std::ofstream(path, std::ios::binary) << frame(1, "one") << frame(2, "two");
    const auto packets = read_recording(path);
    ASSERT_TRUE(packets);
    EXPECT_EQ(packets->size(), 2U);
    std::ofstream(path, std::ios::binary) << "short";
    const auto damaged = read_recording(path);
    ASSERT_FALSE(damaged);
    EXPECT_THAT(damaged.error().what, HasSubstr(path.string() + ": the recording ends within a header"));
    std::filesystem::remove(path);
    const auto missing = read_recording(path);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, Error::Kind::missing);
    EXPECT_THAT(missing.error().what, HasSubstr(path.string()));
}

TEST(Replayed, HasTheTimeItIsGivenInVersion3) {
    const std::string packet = mirrored(options(kCallId));
    const std::string now = replayed(packet, kCaptured, 0);
    EXPECT_EQ(now.size(), packet.size());
    EXPECT_EQ(decoded(now).captured, kCaptured);
    EXPECT_EQ(decoded(now).source, decoded(packet).source);
}

TEST(Replayed, HasTheTimeItIsGivenInVersion2) {
    const std::string packet =
        std::string("\x02\x10\x02\x11\x13\xC4\x13\xD8\xC0\x0A\x02\x01\xC0\x0A\x02\x02", 16) +
        std::string(12, '\x07') + options(kCallId);
    const std::string now = replayed(packet, kCaptured, 3);
    EXPECT_EQ(now.size(), packet.size());
    EXPECT_EQ(decoded(now).captured, kCaptured);
    EXPECT_EQ(scanned(now).call_id, "0123456789abcdef@192.00003");
}

TEST(Replayed, SpeaksOfOtherCallsInEachRound) {
    const std::string packet = mirrored(options(kCallId));
    EXPECT_EQ(scanned(replayed(packet, kCaptured, 1)).call_id, "0123456789abcdef@192.00001");
    EXPECT_EQ(scanned(replayed(packet, kCaptured, 9999)).call_id, "0123456789abcdef@192.09999");
    EXPECT_EQ(scanned(replayed(packet, kCaptured, 10'002)).call_id, "0123456789abcdef@192.00002");
}

TEST(Replayed, RenamesTheCallWhereverItIsNamed) {
    std::string message = options(kCallId);
    const std::string other = "fedcba9876543210@192.0.2.9";
    message.insert(message.find("CSeq:"), "Replaces: " + other + ";to-tag=1;from-tag=2\r\n");
    message += "Call-ID of before: " + std::string(kCallId);
    const std::string packet = hep3({chunk(11, "\x01"), chunk(17, kCallId), chunk(15, message)});
    const std::string now = replayed(packet, kCaptured, 7);
    EXPECT_EQ(now.size(), packet.size());
    EXPECT_EQ(scanned(now).call_id, "0123456789abcdef@192.00007");
    EXPECT_EQ(scanned(now).replaces_call_id, "fedcba9876543210@192.00007");
    EXPECT_EQ(decoded(now).correlation, "0123456789abcdef@192.00007");
    EXPECT_EQ(now.find(kCallId), std::string::npos);
}

TEST(Replayed, LeavesAloneWhatItCannotRead) {
    for (const std::string& packet : {std::string("no hep"), std::string(), mirrored("x").substr(0, 20)})
        EXPECT_EQ(replayed(packet, kCaptured, 1), packet);
    const std::string rtcp = mirrored(options(kCallId), {}, hep_payload::rtcp_json);
    EXPECT_EQ(decoded(replayed(rtcp, kCaptured, 1)).payload, options(kCallId));
    EXPECT_EQ(decoded(replayed(mirrored("no sip"), kCaptured, 1)).payload, "no sip");
    // Too short to be told from others by its end.
    EXPECT_EQ(scanned(replayed(mirrored(options("12345678")), kCaptured, 1)).call_id, "12345678");
}

TEST(Replayed, WorksOnEveryPacketOfTheTraces) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(CALLBOARD_SOURCE_DIR "/tests/traces")) {
        if (entry.path().extension() != ".hep") continue;
        const auto packets = read_recording(entry.path());
        ASSERT_TRUE(packets) << packets.error().what;
        for (const auto& packet : *packets) {
            HepPacket hep;
            if (decode_hep(packet.bytes, hep) != HepVerdict::ok) continue;
            const std::string now = replayed(packet.bytes, kCaptured, 42);
            ASSERT_EQ(now.size(), packet.bytes.size());
            ASSERT_EQ(decoded(now).captured, kCaptured) << entry.path();
            SipMessage before, after;
            const SipVerdict verdict = scan_sip(hep.payload, before);
            ASSERT_EQ(scan_sip(decoded(now).payload, after), verdict);
            if (verdict != SipVerdict::ok || before.call_id.size() <= 8) continue;
            ASSERT_TRUE(after.call_id.ends_with("0042"));
            ++count;
        }
    }
    EXPECT_GT(count, 100U);
}

}  // namespace
}  // namespace callboard
