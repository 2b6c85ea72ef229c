#include "sources/asterisk/ami_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using testing::ami_bytes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kBanner = "Asterisk Call Manager/11.0.0\r\n";

/// What a stream makes of bytes that come in slices: each frame as it would be sent again.
std::vector<std::string> cut(AmiStream& stream, std::string_view bytes, std::size_t slice) {
    std::vector<std::string> frames;
    AmiFrame frame;
    while (!bytes.empty()) {
        stream.feed(bytes.substr(0, slice));
        bytes.remove_prefix(std::min(slice, bytes.size()));
        while (stream.next(frame)) frames.push_back(ami_bytes(frame));
    }
    return frames;
}
std::vector<std::string> cut(std::string_view bytes) {
    AmiStream stream;
    return cut(stream, bytes, bytes.size());
}

TEST(AmiStream, ReadsTheBannerAndTheFramesBehindIt) {
    const std::string one = ami_bytes("Response: Success\nActionID: 1"),
                      two = ami_bytes("Event: FullyBooted");
    for (std::size_t slice = 1; slice <= 40; ++slice) {
        AmiStream stream;
        EXPECT_THAT(cut(stream, std::string(kBanner) + one + two, slice), ElementsAre(one, two)) << slice;
        EXPECT_EQ(stream.banner(), "Asterisk Call Manager/11.0.0");
        EXPECT_FALSE(stream.foreign());
    }
}

TEST(AmiStream, TakesALoneLineFeedForALineEnd) {
    EXPECT_THAT(cut("Event: A\nKey: b\n\nEvent: C\n\n"),
                ElementsAre(ami_bytes("Event: A\nKey: b"), ami_bytes("Event: C")));
}

TEST(AmiStream, PassesOverLinesThatAreNoFieldsAndEmptyFrames) {
    EXPECT_THAT(cut("Event: A\r\nno colon here\r\nnot a key: x\r\n: y\r\nK:v\r\n\r\n\r\n\r\nonly "
                    "this\r\n\r\nEvent: B\r\n\r\n"),
                ElementsAre(ami_bytes("Event: A\nK: v"), ami_bytes("Event: B")));
}

TEST(AmiStream, KeepsColonsAndBlanksOfValues) {
    AmiStream stream;
    stream.feed("Event: A\r\nURI: sip:101@127.0.0.1:5060;transport=UDP\r\nValue:   two  \r\n\r\n");
    AmiFrame frame;
    ASSERT_TRUE(stream.next(frame));
    EXPECT_EQ(frame.get("URI"), "sip:101@127.0.0.1:5060;transport=UDP");
    EXPECT_EQ(frame.get("Value"), "  two  ");
}

TEST(AmiStream, KnowsThatSomethingElseAnswers) {
    for (const std::string_view other :
         {"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\x16\x03\x01\n"}) {
        AmiStream stream;
        EXPECT_THAT(cut(stream, other, 7), IsEmpty());
        EXPECT_TRUE(stream.foreign()) << other;
    }
    AmiStream later;
    cut(later, "Event: A\r\n\r\nnonsense\r\n\r\n", 3);
    EXPECT_FALSE(later.foreign());
}

TEST(AmiStream, DropsAFrameThatIsTooLargeAndReadsTheNext) {
    const std::string next = ami_bytes("Event: Next");
    const std::string line = "Output: " + std::string(AmiStream::kLargestFrame, 'x') + "\r\n";
    const std::string lines = [] {
        std::string many;
        while (many.size() <= AmiStream::kLargestFrame) many += "Output: " + std::string(200, 'y') + "\r\n";
        return many;
    }();
    std::string fields;
    for (std::size_t i = 0; i <= AmiStream::kMostFields; ++i) fields += "K: v\r\n";
    for (const std::string& huge : {line, lines, fields})
        for (const std::size_t slice : {std::size_t{1'000}, std::size_t{65'536}, huge.size() * 2}) {
            AmiStream stream;
            EXPECT_THAT(cut(stream, "Event: Huge\r\n" + huge + "Last: 1\r\n\r\n" + next, slice),
                        ElementsAre(next));
            EXPECT_EQ(stream.dropped(), 1U);
        }
}

TEST(AmiStream, HoldsNoMoreThanAFrameOfALineWithoutEnd) {
    AmiStream stream;
    AmiFrame frame;
    const std::string bytes(60'000, 'z');
    for (int i = 0; i < 100; ++i) {
        stream.feed(bytes);
        EXPECT_FALSE(stream.next(frame));
    }
    stream.feed("\r\n\r\n" + ami_bytes("Event: After"));
    ASSERT_TRUE(stream.next(frame));
    EXPECT_EQ(frame.event(), "After");
    EXPECT_EQ(stream.dropped(), 1U);
}

TEST(AmiStream, GivesTheSameFramesForRandomFramesAndSlices) {
    EXPECT_TRUE(rc::check([] {
        const auto text = rc::gen::container<std::string>(rc::gen::inRange('!', '~'));
        const auto field = rc::gen::pair(
            rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('A', 'Z'))), text);
        const auto frames =
            *rc::gen::container<std::vector<std::vector<std::pair<std::string, std::string>>>>(
                rc::gen::nonEmpty(
                    rc::gen::container<std::vector<std::pair<std::string, std::string>>>(field)));
        std::vector<std::string> sent;
        std::string bytes(kBanner);
        for (const auto& fields : frames) {
            AmiFrame frame;
            for (const auto& [key, value] : fields) frame.add(key, value);
            sent.push_back(ami_bytes(frame));
            bytes += sent.back();
        }
        AmiStream stream;
        std::vector<std::string> read;
        AmiFrame frame;
        std::string_view rest = bytes;
        while (!rest.empty()) {
            const auto slice = *rc::gen::inRange<std::size_t>(1, 100);
            stream.feed(rest.substr(0, slice));
            rest.remove_prefix(std::min(slice, rest.size()));
            while (stream.next(frame)) read.push_back(ami_bytes(frame));
        }
        RC_ASSERT(read == sent);
    }));
}

}  // namespace
}  // namespace callboard
