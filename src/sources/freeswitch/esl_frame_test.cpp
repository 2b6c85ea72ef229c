#include "sources/freeswitch/esl_frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace callboard {
namespace {

using testing::HasSubstr;

struct Shown {
    std::string content_type, reply, body;
    bool operator==(const Shown&) const = default;
};

std::vector<Shown> frames_of(std::string_view bytes, std::size_t piece = 0) {
    EslReader reader;
    std::vector<Shown> frames;
    while (!bytes.empty()) {
        const std::size_t count = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
        if (!reader.take(bytes.substr(0, count))) break;
        bytes.remove_prefix(count);
        while (auto frame = reader.next()) frames.push_back({frame->content_type, frame->reply, frame->body});
    }
    return frames;
}

std::string why_broken(std::string_view bytes) {
    EslReader reader;
    reader.take(bytes);
    while (reader.next()) continue;
    return reader.broken();
}

constexpr std::string_view kConversation =
    "Content-Type: auth/request\n\n"
    "Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
    "Content-Type: api/response\nContent-Length: 4\n\n+OK\n"
    "Content-Length: 22\nContent-Type: text/event-plain\n\nEvent-Name: HEARTBEAT\n"
    "Content-Type: api/response\nContent-Length: 0\n\n"
    "Content-Type: text/disconnect-notice\nContent-Length: 5\n\nbye\n\n";

TEST(EslReader, cuts_frames_by_their_length) {
    EXPECT_EQ(frames_of(kConversation),
              (std::vector<Shown>{{"auth/request", "", ""},
                                  {"command/reply", "+OK accepted", ""},
                                  {"api/response", "", "+OK\n"},
                                  {"text/event-plain", "", "Event-Name: HEARTBEAT\n"},
                                  {"api/response", "", ""},
                                  {"text/disconnect-notice", "", "bye\n\n"}}));
}

TEST(EslReader, reads_the_same_however_the_bytes_are_split) {
    const auto whole = frames_of(kConversation);
    EXPECT_TRUE(rc::check([&] {
        EslReader reader;
        std::vector<Shown> frames;
        for (std::string_view rest = kConversation; !rest.empty();) {
            const auto count = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
            RC_ASSERT(reader.take(rest.substr(0, count)));
            rest.remove_prefix(count);
            while (auto frame = reader.next())
                frames.push_back({frame->content_type, frame->reply, frame->body});
        }
        RC_ASSERT(frames == whole);
    }));
}

TEST(EslReader, a_body_may_look_like_a_header) {
    const std::string body = "Content-Type: x\nContent-Length: 999\n\n";
    EXPECT_EQ(frames_of("Content-Type: api/response\nContent-Length: " + std::to_string(body.size()) +
                        "\n\n" + body + "Content-Type: auth/request\n\n"),
              (std::vector<Shown>{{"api/response", "", body}, {"auth/request", "", ""}}));
}

TEST(EslReader, empty_lines_between_frames_and_carriage_returns_do_no_harm) {
    EXPECT_EQ(frames_of("\n\r\nContent-Type: api/response\r\ncontent-length:3\r\n\r\nabc\n\n"
                        "Content-Type: auth/request\n\n",
                        1),
              (std::vector<Shown>{{"api/response", "", "abc"}, {"auth/request", "", ""}}));
}

TEST(EslReader, waits_for_what_is_not_there_yet) {
    EXPECT_TRUE(frames_of("Content-Type: auth/request\n").empty());
    EXPECT_TRUE(frames_of("Content-Type: api/response\nContent-Length: 5\n\nabcd").empty());
}

TEST(EslReader, wrong_lengths_break_the_stream) {
    for (const char* length : {"x", "-1", "1x", "", "99999999999999999999", "33554433", "0x10"})
        EXPECT_THAT(why_broken(std::string("Content-Type: api/response\nContent-Length: ") + length + "\n\n"),
                    HasSubstr("wrong Content-Length"))
            << length;
}

TEST(EslReader, what_is_no_event_socket_breaks_the_stream) {
    EXPECT_THAT(why_broken("HTTP/1.1 400 Bad Request\nServer: x\n\n"), HasSubstr("without Content-Type"));
    EXPECT_THAT(why_broken(std::string(70'000, 'x')), HasSubstr("header without an end"));
    EXPECT_THAT(why_broken("A: " + std::string(70'000, 'x') + "\n\n"), HasSubstr("too long"));
}

TEST(EslReader, a_broken_stream_stays_broken_and_keeps_nothing) {
    EslReader reader;
    reader.take("Content-Length: x\n\n");
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.take("Content-Type: auth/request\n\n"));
    EXPECT_FALSE(reader.next());
}

TEST(EslReader, many_small_frames_in_one_read_are_all_read) {
    std::string flood;
    for (int i = 0; i < 100'000; ++i) flood += "Content-Type: api/response\nContent-Length: 1\n\nx";
    EXPECT_EQ(frames_of(flood, 65'536).size(), 100'000U);
}

}  // namespace
}  // namespace callboard
