#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "reading.hpp"
#include "replay/story.hpp"
#include "sources/hep/hep_packet.hpp"
#include "written_message.hpp"

// The scanner against libosip2, which shares no line with it.
namespace callboard::oracle {
namespace {

using namespace std::string_view_literals;

/// The SIP messages of every recording, and those of RFC 4475.
const std::vector<std::string>& real_messages() {
    static const std::vector<std::string> messages = [] {
        std::vector<std::string> found;
        for (const auto& name : replay::scenario_names())
            for (const auto& packet : replay::load(name).packets) {
                HepPacket hep;
                if (decode_hep(packet.bytes, hep) == HepVerdict::ok && hep.payload_type == hep_payload::sip)
                    found.emplace_back(hep.payload);
            }
        for (const auto& file : std::filesystem::directory_iterator(CALLBOARD_SOURCE_DIR "/tests/rfc4475"))
            if (file.path().extension() == ".dat") {
                std::ifstream stream(file.path(), std::ios::binary);
                found.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
            }
        return found;
    }();
    return messages;
}

TEST(Oracle, ReadsEveryRecordedMessageAlike) {
    std::size_t read = 0;
    for (const auto& text : real_messages()) {
        const auto ours = read_by_scanner(text);
        const auto theirs = read_by_osip(text);
        if (!ours || !theirs) continue;
        ++read;
        EXPECT_EQ(everything(*ours), everything(*theirs)) << text;
    }
    EXPECT_GT(read, real_messages().size() * 9 / 10);
}

/// Choices that RapidCheck makes and makes plainer when a test fails.
Draw drawn_from(std::vector<std::uint32_t> choices) {
    return [choices = std::move(choices), next = std::size_t{0}](std::size_t bound) mutable {
        return next < choices.size() ? choices[next++] % bound : 0;
    };
}

TEST(Oracle, ReadsEveryWrittenMessageAlike) {
    std::size_t written = 0;
    std::size_t read = 0;
    EXPECT_TRUE(rc::check([&] {
        const std::string text = written_message(drawn_from(
            *rc::gen::container<std::vector<std::uint32_t>>(400, rc::gen::arbitrary<std::uint32_t>())));
        const auto ours = read_by_scanner(text);
        if (!ours) RC_FAIL("refused:\n" + text);
        ++written;
        const auto theirs = read_by_osip(text);
        if (!theirs) return;  // libosip2 does not read every form, such as a tab within CSeq
        ++read;
        if (everything(*ours) != everything(*theirs))
            RC_FAIL(everything(*ours) + "\nlibosip2:\n" + everything(*theirs) + "\n" + text);
    }));
    EXPECT_GT(read, written / 3);
}

/// libosip2 ends at a NUL, and a line at a CR without LF.
bool ends_early_for_osip(const std::string& text) {
    for (std::size_t at = text.find_first_of("\r\0"sv); at != std::string::npos;
         at = text.find_first_of("\r\0"sv, at + 1))
        if (text[at] == '\0' || at + 1 == text.size() || text[at + 1] != '\n') return true;
    return false;
}

/// What was changed at random may be accepted by one and refused by the other, and be read differently where
/// it says nothing any more. What a call is followed by is read alike wherever both accept it.
TEST(Oracle, FollowsDamagedMessagesAlike) {
    std::mt19937_64 random(4475);
    const Draw draw = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
    std::size_t read = 0;
    for (int round = 0; round < 40000; ++round) {
        const auto& messages = real_messages();
        const std::string text =
            mutated(draw(2) == 0 ? messages[draw(messages.size())] : written_message(draw), draw);
        const auto ours = read_by_scanner(text);
        if (!ours || ends_early_for_osip(text)) continue;
        const auto theirs = read_by_osip(text);
        if (!theirs) continue;
        ++read;
        ASSERT_EQ(identity(*ours), identity(*theirs)) << text;
    }
    EXPECT_GT(read, 5000U);
}

}  // namespace
}  // namespace callboard::oracle
