#include "delivery/websocket/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace callboard::websocket {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Message = FrameReader::Message;
using std::string_literals::operator""s;

constexpr std::uint32_t kMask = 0x37FA213D;

std::string frame(Opcode opcode, std::string_view payload) {
    std::string out;
    append_frame(out, opcode, payload);
    return out;
}

std::string masked(Opcode opcode, std::string_view payload, bool final = true) {
    std::string out;
    append_masked_frame(out, opcode, payload, kMask, final);
    return out;
}

struct Read {
    std::vector<Message> messages;
    std::uint16_t failure = 0;
};

Read read(std::string_view bytes, std::size_t most = 64 << 10,
          FrameReader::Sender sender = FrameReader::Sender::client) {
    FrameReader reader(sender, most);
    reader.feed(bytes);
    Read read;
    while (auto message = reader.next()) read.messages.push_back(*message);
    read.failure = reader.failure();
    return read;
}

TEST(Frame, IsThatOfTheStandardsExamples) {  // RFC 6455 §5.7
    EXPECT_EQ(frame(Opcode::text, "Hello"), "\x81\x05Hello");
    EXPECT_EQ(masked(Opcode::text, "Hello"), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    EXPECT_EQ(frame(Opcode::ping, "Hello"), "\x89\x05Hello");
    EXPECT_EQ(frame(Opcode::binary, std::string(256, 'x')).substr(0, 4), "\x82\x7E\x01\x00"s);
    EXPECT_EQ(frame(Opcode::binary, std::string(65'536, 'x')).substr(0, 10),
              "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Frame, HasTheShortestLength) {
    EXPECT_EQ(frame(Opcode::text, std::string(125, 'x')).size(), 127U);
    EXPECT_EQ(frame(Opcode::text, std::string(126, 'x')).size(), 130U);
    EXPECT_EQ(frame(Opcode::text, std::string(65'535, 'x')).size(), 65'539U);
    EXPECT_EQ(frame(Opcode::text, std::string(65'536, 'x')).size(), 65'546U);
}

TEST(FrameReader, ReadsMessagesOfAClient) {
    EXPECT_THAT(
        read(masked(Opcode::text, "Hello") + masked(Opcode::text, "") + masked(Opcode::binary, "\xFF"))
            .messages,
        ElementsAre(Message{Opcode::text, "Hello"}, Message{Opcode::text, ""},
                    Message{Opcode::binary, "\xFF"}));
}

TEST(FrameReader, ReadsMessagesOfAServer) {
    const auto seen =
        read(frame(Opcode::text, std::string(70'000, 'x')), 70'000, FrameReader::Sender::server);
    EXPECT_THAT(seen.messages, ElementsAre(Message{Opcode::text, std::string(70'000, 'x')}));
}

TEST(FrameReader, WaitsForTheRest) {
    const std::string bytes = masked(Opcode::text, std::string(300, 'x'));
    FrameReader reader(FrameReader::Sender::client, 1'000);
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
        reader.feed(std::string_view(bytes).substr(i, 1));
        ASSERT_FALSE(reader.next());
        ASSERT_EQ(reader.failure(), 0);
    }
    reader.feed(std::string_view(bytes).substr(bytes.size() - 1));
    EXPECT_EQ(reader.next()->payload, std::string(300, 'x'));
}

TEST(FrameReader, PutsFragmentsTogetherWithControlFramesBetween) {
    const auto seen = read(masked(Opcode::text, "Hel", false) + masked(Opcode::ping, "p") +
                           masked(Opcode::continuation, "", false) + masked(Opcode::continuation, "lo"));
    EXPECT_THAT(seen.messages, ElementsAre(Message{Opcode::ping, "p"}, Message{Opcode::text, "Hello"}));
    EXPECT_EQ(seen.failure, 0);
}

TEST(FrameReader, ACharacterMayBeCutBetweenFragments) {
    const auto seen = read(masked(Opcode::text, "\xC3", false) + masked(Opcode::continuation, "\xA9"));
    EXPECT_THAT(seen.messages, ElementsAre(Message{Opcode::text, "\xC3\xA9"}));
}

TEST(FrameReader, FailsWhatIsNotTheProtocol) {
    const auto failure = [](std::string_view bytes) {
        const auto seen = read(bytes);
        EXPECT_THAT(seen.messages, IsEmpty());
        return seen.failure;
    };
    EXPECT_EQ(failure(frame(Opcode::text, "not masked")), close_code::protocol_error);
    EXPECT_EQ(failure("\xC1\x80\x01\x02\x03\x04"), close_code::protocol_error);  // a reserved bit
    EXPECT_EQ(failure("\x83\x80\x01\x02\x03\x04"), close_code::protocol_error);  // opcode 3
    EXPECT_EQ(failure("\x8B\x80\x01\x02\x03\x04"), close_code::protocol_error);  // opcode 11
    EXPECT_EQ(failure(masked(Opcode::continuation, "x")), close_code::protocol_error);
    EXPECT_EQ(failure(masked(Opcode::text, "x", false) + masked(Opcode::text, "y")),
              close_code::protocol_error);
    EXPECT_EQ(failure(masked(Opcode::ping, "x", false)), close_code::protocol_error);
    EXPECT_EQ(failure(masked(Opcode::ping, std::string(126, 'x'))), close_code::protocol_error);
    EXPECT_EQ(failure("\x81\xFE\x00\x05\x01\x02\x03\x04xxxxx"s), close_code::protocol_error);
    EXPECT_EQ(failure("\x81\xFF\x00\x00\x00\x00\x00\x00\x01\x00\x01\x02\x03\x04"s),
              close_code::protocol_error);
    EXPECT_EQ(failure("\x81\xFF\x80\x00\x00\x00\x00\x00\x00\x00"s), close_code::protocol_error);
}

TEST(FrameReader, AServerThatMasksFails) {
    const auto seen = read(masked(Opcode::text, "x"), 100, FrameReader::Sender::server);
    EXPECT_EQ(seen.failure, close_code::protocol_error);
}

TEST(FrameReader, FailsTextThatIsNotUtf8) {
    EXPECT_EQ(read(masked(Opcode::text, "\xC3")).failure, close_code::not_utf8);
    EXPECT_EQ(read(masked(Opcode::text, "\xED\xA0\x80")).failure, close_code::not_utf8);  // a surrogate
    EXPECT_EQ(read(masked(Opcode::binary, "\xC3")).failure, 0);
}

TEST(FrameReader, RefusesWhatIsTooLongBeforeItComes) {
    const std::string long_one = masked(Opcode::text, std::string(1'001, 'x'));
    EXPECT_EQ(read(long_one.substr(0, 8), 1'000).failure, close_code::too_big);
    EXPECT_EQ(read(masked(Opcode::text, std::string(1'000, 'x')), 1'000).failure, 0);
    const std::string half = std::string(600, 'x');
    EXPECT_EQ(read(masked(Opcode::text, half, false) + masked(Opcode::continuation, half), 1'000).failure,
              close_code::too_big);
    EXPECT_EQ(read("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s).failure, close_code::too_big);
}

TEST(FrameReader, TakesNothingAfterAFailure) {
    FrameReader reader(FrameReader::Sender::client, 100);
    reader.feed(frame(Opcode::text, "not masked"));
    EXPECT_FALSE(reader.next());
    reader.feed(masked(Opcode::text, "masked"));
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.failure(), close_code::protocol_error);
}

TEST(FrameReader, WhatCameBeforeAFailureCounts) {
    const auto seen = read(masked(Opcode::text, "good") + frame(Opcode::text, "not masked"));
    EXPECT_THAT(seen.messages, ElementsAre(Message{Opcode::text, "good"}));
    EXPECT_EQ(seen.failure, close_code::protocol_error);
}

TEST(Close, HasACodeAndAReason) {
    const auto seen = read(masked(Opcode::close, close_payload(4404, "Session not found")));
    ASSERT_EQ(seen.messages.size(), 1U);
    EXPECT_EQ(close_of(seen.messages[0].payload), (Close{4404, "Session not found"}));
    EXPECT_EQ(close_of(read(masked(Opcode::close, "")).messages.at(0).payload), (Close{1005, ""}));
}

TEST(Close, CutsAReasonBetweenTwoCharacters) {
    std::string reason(122, 'x');
    reason += "\xC3\xA9";
    EXPECT_EQ(close_payload(1000, reason).size(), 124U);
    EXPECT_EQ(close_payload(1000, std::string(300, 'x')).size(), 125U);
    EXPECT_EQ(close_payload(1000, std::string(123, 'x')).size(), 125U);
}

TEST(Close, FailsCodesThatMayNotBeSent) {
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65'535})
        EXPECT_EQ(read(masked(Opcode::close, close_payload(static_cast<std::uint16_t>(code), ""))).failure,
                  close_code::protocol_error)
            << code;
    for (const int code : {1000, 1001, 1003, 1011, 3000, 4999})
        EXPECT_EQ(read(masked(Opcode::close, close_payload(static_cast<std::uint16_t>(code), ""))).failure, 0)
            << code;
    EXPECT_EQ(read(masked(Opcode::close, "\x03")).failure, close_code::protocol_error);
    EXPECT_EQ(read(masked(Opcode::close, close_payload(1000, "\xFF"))).failure, close_code::not_utf8);
}

}  // namespace
}  // namespace callboard::websocket
