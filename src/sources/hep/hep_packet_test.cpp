#include "sources/hep/hep_packet.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "sources/hep/hep_test_packet.hpp"

namespace callboard {
namespace {

using testing::big;
using testing::chunk;
using testing::hep3;
using testing::mirrored;

using Address = std::array<std::uint8_t, 16>;

Address ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d};
}

/// Decodes a copy in memory of its very own length, so that a read outside is found out.
HepVerdict verdict_of(std::string_view bytes) {
    const auto exact = std::make_unique<char[]>(bytes.size());
    std::memcpy(exact.get(), bytes.data(), bytes.size());
    HepPacket packet;
    return decode_hep({exact.get(), bytes.size()}, packet);
}

HepPacket decoded(std::string_view bytes) {
    HepPacket packet;
    EXPECT_EQ(text_of(decode_hep(bytes, packet)), "ok");
    return packet;
}

/// A packet that has this chunk and a payload.
std::string with(const std::string& one) { return hep3({one, chunk(15, "payload")}); }

std::string little(std::uint32_t value) {
    std::string bytes = big(value, 4);
    std::reverse(bytes.begin(), bytes.end());
    return bytes;
}

/// Versions 1 and 2 up to the addresses: both ports 5060 and 5080.
std::string old_header(char version, std::string_view source, std::string_view destination) {
    const char family = source.size() == 4 ? 2 : 10;
    const auto length = static_cast<char>(8 + source.size() + destination.size());
    return std::string{version, length, family, 17} + big(5060, 2) + big(5080, 2) + std::string(source) +
           std::string(destination);
}

const std::string kIpv6Source = "\x20\x01\x0D\xB8" + std::string(11, '\0') + "\x01";
const std::string kIpv6Destination = "\x20\x01\x0D\xB8" + std::string(11, '\0') + "\x02";

TEST(HepPacketTest, ReadsWhatKamailioSends) {
    const std::string bytes = mirrored("INVITE …", "secret");
    const HepPacket packet = decoded(bytes);
    EXPECT_EQ(packet.version, 3);
    EXPECT_EQ(packet.transport, 17);
    EXPECT_EQ(packet.source, (SipEndpoint{ipv4(192, 10, 2, 1), 5060}));
    EXPECT_EQ(packet.destination, (SipEndpoint{ipv4(192, 10, 2, 2), 5080}));
    EXPECT_EQ(packet.captured, time_from_nanoseconds(1'780'000'000'102'000'000));
    EXPECT_EQ(packet.capture_id, 2001U);
    EXPECT_EQ(packet.payload_type, hep_payload::sip);
    EXPECT_EQ(packet.auth_key, "secret");
    EXPECT_EQ(packet.correlation, "");
    EXPECT_EQ(packet.payload, "INVITE …");
    // Nothing is copied.
    EXPECT_GE(packet.payload.data(), bytes.data());
    EXPECT_LE(packet.payload.data() + packet.payload.size(), bytes.data() + bytes.size());
}

TEST(HepPacketTest, ReadsIpv6) {
    const HepPacket packet =
        decoded(hep3({chunk(1, "\x0A"), chunk(5, kIpv6Source), chunk(6, kIpv6Destination), chunk(15, "x")}));
    EXPECT_EQ(packet.source.address[0], 0x20);
    EXPECT_EQ(packet.source.address[15], 1);
    EXPECT_EQ(packet.destination.address[15], 2);
}

TEST(HepPacketTest, ReadsTheCorrelation) {
    EXPECT_EQ(decoded(with(chunk(17, "a84b4c76e66710@pc33.example.net"))).correlation,
              "a84b4c76e66710@pc33.example.net");
}

TEST(HepPacketTest, HasNoTimeWhenThereIsNone) {
    EXPECT_FALSE(decoded(hep3({chunk(15, "x")})).captured);
    EXPECT_FALSE(decoded(with(chunk(10, big(5, 4)))).captured) << "microseconds of no second";
    EXPECT_EQ(decoded(with(chunk(9, big(7, 4)))).captured, time_from_nanoseconds(7'000'000'000));
}

TEST(HepPacketTest, KeepsMicrosecondsWithinTheirSecond) {
    const auto captured = decoded(hep3({chunk(9, big(1, 4)), chunk(10, big(0xFFFFFFFF, 4)), chunk(15, "x")}));
    EXPECT_EQ(captured.captured, time_from_nanoseconds(1'999'999'000));
    EXPECT_EQ(decoded(with(chunk(9, big(0xFFFFFFFF, 4)))).captured,
              time_from_nanoseconds(4'294'967'295'000'000'000));
}

TEST(HepPacketTest, SkipsChunksOfOtherVendorsAndTypes) {
    const std::string bytes =
        hep3({chunk(15, "not ours", 1), chunk(3, "not ours", 0xFFFF), chunk(13, big(1, 2)), chunk(18, "vlan"),
              chunk(0x7FFF, std::string(500, 'z')), chunk(19, ""), chunk(15, "ours")});
    EXPECT_EQ(decoded(bytes).payload, "ours");
}

TEST(HepPacketTest, ReadsNothingBehindItsLength) {
    EXPECT_EQ(decoded(mirrored("good") + "trailing bytes").payload, "good");
}

TEST(HepPacketTest, WantsEachChunkInTheSizeOfItsType) {
    const std::vector<std::pair<std::uint16_t, std::size_t>> sizes = {
        {1, 1}, {2, 1}, {3, 4}, {4, 4}, {5, 16}, {6, 16}, {7, 2}, {8, 2}, {9, 4}, {10, 4}, {11, 1}, {12, 4}};
    for (const auto& [type, right] : sizes)
        for (std::size_t size = 0; size <= 20; ++size)
            EXPECT_EQ(text_of(verdict_of(with(chunk(type, std::string(size, '\1'))))),
                      size == right ? "ok" : "bad_chunk")
                << "type " << type << " with " << size << " bytes";
}

TEST(HepPacketTest, GivesItsVerdict) {
    struct Case {
        const char* what;
        std::string bytes;
        HepVerdict verdict;
    };
    const std::vector<Case> cases = {
        {"nothing", "", HepVerdict::not_hep},
        {"SIP without HEP", "INVITE sip:a@b SIP/2.0\r\n", HepVerdict::not_hep},
        {"a later version", "HEP4" + big(6, 2), HepVerdict::not_hep},
        {"version 0 of old", std::string(40, '\0'), HepVerdict::not_hep},
        {"the magic alone", "HEP3", HepVerdict::truncated},
        {"no chunk", hep3({}), HepVerdict::no_payload},
        {"no payload", hep3({chunk(9, big(1, 4))}), HepVerdict::no_payload},
        {"an empty payload", hep3({chunk(15, "")}), HepVerdict::no_payload},
        {"compressed", hep3({chunk(16, "\x78\x9C")}), HepVerdict::compressed},
        {"a length below the header's", "HEP3" + big(5, 2), HepVerdict::bad_length},
        {"a length above what there is", "HEP3" + big(7, 2), HepVerdict::truncated},
        {"half a chunk header", hep3({chunk(15, "x"), "abc"}), HepVerdict::truncated},
        {"a chunk shorter than its header", hep3({big(0, 2) + big(15, 2) + big(5, 2)}),
         HepVerdict::bad_length},
        {"a chunk of length zero", hep3({big(0, 2) + big(15, 2) + big(0, 2)}), HepVerdict::bad_length},
        {"a chunk longer than the packet", hep3({big(0, 2) + big(15, 2) + big(8, 2) + "x"}),
         HepVerdict::truncated},
        {"another vendor's chunk of length zero", hep3({big(9, 2) + big(15, 2) + big(0, 2)}),
         HepVerdict::bad_length},
    };
    for (const auto& [what, bytes, verdict] : cases)
        EXPECT_EQ(text_of(verdict_of(bytes)), text_of(verdict)) << what;
}

TEST(HepPacketTest, ReadsVersion1) {
    const std::string bytes =
        old_header(1, std::string("\xC0\x0A\x02\x01", 4), std::string("\xC0\x0A\x02\x02", 4)) + "OPTIONS";
    const HepPacket packet = decoded(bytes);
    EXPECT_EQ(packet.version, 1);
    EXPECT_EQ(packet.transport, 17);
    EXPECT_EQ(packet.source, (SipEndpoint{ipv4(192, 10, 2, 1), 5060}));
    EXPECT_EQ(packet.destination, (SipEndpoint{ipv4(192, 10, 2, 2), 5080}));
    EXPECT_FALSE(packet.captured);
    EXPECT_EQ(packet.payload_type, hep_payload::sip);
    EXPECT_EQ(packet.payload, "OPTIONS");
}

TEST(HepPacketTest, ReadsVersion2) {
    for (const bool six : {false, true}) {
        const std::string bytes =
            (six ? old_header(2, kIpv6Source, kIpv6Destination)
                 : old_header(2, std::string("\xC0\x0A\x02\x01", 4), std::string("\xC0\x0A\x02\x02", 4))) +
            little(1'780'000'000) + little(102'000) + std::string("\xD1\x07\x00\x00", 4) + "OPTIONS";
        const HepPacket packet = decoded(bytes);
        EXPECT_EQ(packet.version, 2);
        EXPECT_EQ(packet.captured, time_from_nanoseconds(1'780'000'000'102'000'000));
        EXPECT_EQ(packet.capture_id, 2001U);
        EXPECT_EQ(packet.payload, "OPTIONS");
        EXPECT_EQ(packet.destination.address[15], 2);
        EXPECT_EQ(packet.destination.port, 5080);
    }
}

TEST(HepPacketTest, RefusesOldVersionsThatContradictThemselves) {
    const std::string four = "\xC0\x0A\x02\x01";
    std::string wrong_length = old_header(1, four, four) + "OPTIONS";
    wrong_length[1] = 17;
    EXPECT_EQ(verdict_of(wrong_length), HepVerdict::bad_length);
    std::string wrong_family = old_header(1, four, four) + "OPTIONS";
    wrong_family[2] = 3;
    EXPECT_EQ(verdict_of(wrong_family), HepVerdict::not_hep);
    std::string six_in_four = old_header(1, four, four) + "OPTIONS";
    six_in_four[2] = 10;
    EXPECT_EQ(verdict_of(six_in_four), HepVerdict::bad_length);
    EXPECT_EQ(verdict_of(old_header(1, four, four)), HepVerdict::no_payload);
}

TEST(HepPacketTest, NeverReadsOutsideATruncatedPacket) {
    const std::string four = "\xC0\x0A\x02\x01";
    const std::string time = little(1) + little(2) + little(3);
    const std::vector<std::string> packets = {
        mirrored("INVITE sip:a@b SIP/2.0", "secret"),
        hep3({chunk(5, kIpv6Source), chunk(6, kIpv6Destination), chunk(17, "id"), chunk(15, "x")}),
    };
    for (const auto& packet : packets)
        for (std::size_t length = 0; length < packet.size(); ++length) {
            const HepVerdict verdict = verdict_of(std::string_view(packet).substr(0, length));
            EXPECT_EQ(verdict, length < 4 ? HepVerdict::not_hep : HepVerdict::truncated) << length;
            // The same with the length that it then has: what is left of the last chunk tells.
            if (length < kHep3Header) continue;
            std::string shorter = packet.substr(0, length);
            shorter.replace(4, 2, big(length, 2));
            EXPECT_NE(verdict_of(shorter), HepVerdict::bad_length) << length;
        }
    const std::vector<std::pair<std::string, std::size_t>> old = {
        {old_header(1, four, four) + "x", 16},
        {old_header(1, kIpv6Source, kIpv6Destination) + "x", 40},
        {old_header(2, four, four) + time + "x", 28},
        {old_header(2, kIpv6Source, kIpv6Destination) + time + "x", 52},
    };
    for (const auto& [packet, header] : old) {
        EXPECT_EQ(verdict_of(packet), HepVerdict::ok);
        for (std::size_t length = 1; length < packet.size(); ++length)
            EXPECT_EQ(verdict_of(std::string_view(packet).substr(0, length)),
                      length < header ? HepVerdict::truncated : HepVerdict::no_payload)
                << length;
    }
}

TEST(HepPacketTest, SurvivesAnyBytes) {
    EXPECT_TRUE(rc::check([] {
        const std::string beginning =
            *rc::gen::element<std::string>("", "HEP3", "HEP3\x00", "\x01", "\x02\x10\x02");
        verdict_of(beginning + *rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
    }));
    EXPECT_TRUE(rc::check([] {
        std::string packet = mirrored("INVITE sip:a@b SIP/2.0", "secret");
        for (int i = 0; i < 4; ++i)
            packet[*rc::gen::inRange<std::size_t>(4, packet.size())] = *rc::gen::arbitrary<char>();
        verdict_of(packet);
    }));
}

TEST(HepPacketTest, ReadsItsChunksInAnyOrder) {
    EXPECT_TRUE(rc::check([] {
        const auto port = *rc::gen::arbitrary<std::uint16_t>();
        const auto other_port = *rc::gen::arbitrary<std::uint16_t>();
        const auto seconds = *rc::gen::arbitrary<std::uint32_t>();
        const auto micros = *rc::gen::inRange<std::uint32_t>(0, 1'000'000);
        const auto capture = *rc::gen::arbitrary<std::uint32_t>();
        const auto type = *rc::gen::arbitrary<std::uint8_t>();
        const auto address = *rc::gen::container<std::string>(4, rc::gen::arbitrary<char>());
        const auto payload = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
        const auto key = *rc::gen::arbitrary<std::string>();
        std::vector<std::string> chunks = {chunk(2, "\x06"),
                                           chunk(3, address),
                                           chunk(6, kIpv6Destination),
                                           chunk(7, big(port, 2)),
                                           chunk(8, big(other_port, 2)),
                                           chunk(9, big(seconds, 4)),
                                           chunk(10, big(micros, 4)),
                                           chunk(11, big(type, 1)),
                                           chunk(12, big(capture, 4)),
                                           chunk(14, key),
                                           chunk(15, payload),
                                           chunk(17, "correlation"),
                                           chunk(3, "skipped", 7)};
        for (std::size_t i = chunks.size(); i > 1; --i)
            std::swap(chunks[i - 1], chunks[*rc::gen::inRange<std::size_t>(0, i)]);
        const std::string bytes = hep3(chunks);
        HepPacket packet;
        RC_ASSERT(decode_hep(bytes, packet) == HepVerdict::ok);
        RC_ASSERT(packet.transport == 6);
        RC_ASSERT(std::memcmp(packet.source.address.data() + 12, address.data(), 4) == 0);
        RC_ASSERT(std::memcmp(packet.destination.address.data(), kIpv6Destination.data(), 16) == 0);
        RC_ASSERT(packet.source.port == port);
        RC_ASSERT(packet.destination.port == other_port);
        RC_ASSERT(nanoseconds_since_epoch(*packet.captured) == seconds * 1'000'000'000LL + micros * 1000LL);
        RC_ASSERT(packet.capture_id == capture);
        RC_ASSERT(packet.payload_type == type);
        RC_ASSERT(packet.auth_key == key);
        RC_ASSERT(packet.correlation == "correlation");
        RC_ASSERT(packet.payload == payload);
    }));
}

TEST(HepPacketTest, ForgetsThePacketBefore) {
    HepPacket packet;
    const std::string full = mirrored("one", "secret");
    ASSERT_EQ(decode_hep(full, packet), HepVerdict::ok);
    const std::string bare = hep3({chunk(15, "two")});
    ASSERT_EQ(decode_hep(bare, packet), HepVerdict::ok);
    EXPECT_EQ(packet.auth_key, "");
    EXPECT_EQ(packet.payload_type, 0);
    EXPECT_EQ(packet.source, SipEndpoint{});
    EXPECT_FALSE(packet.captured);
}

TEST(Hep3Length, IsKnownFromSixBytesOn) {
    const std::string packet = mirrored("payload");
    for (std::size_t length = 0; length < kHep3Header; ++length)
        EXPECT_EQ(hep3_length(std::string_view(packet).substr(0, length)), std::nullopt) << length;
    EXPECT_EQ(hep3_length(std::string_view(packet).substr(0, kHep3Header)), packet.size());
    EXPECT_EQ(hep3_length(packet + packet), packet.size());
    EXPECT_EQ(hep3_length("HEP3" + big(5, 2)), 0U);
    EXPECT_EQ(hep3_length("HEX"), 0U);
    EXPECT_EQ(hep3_length("h"), 0U);
}

}  // namespace
}  // namespace callboard
