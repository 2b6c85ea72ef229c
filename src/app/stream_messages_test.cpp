#include "app/stream_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Reader {
    StreamMessages messages;
    std::vector<std::string> read;  // `name: data`

    Result<void> feed(std::string_view bytes) {
        return messages.feed(
            bytes, [this](const StreamMessage& one) { read.push_back(one.event + ": " + one.data); });
    }
};

TEST(StreamMessages, ReadsNameIdAndData) {
    Reader reader;
    ASSERT_TRUE(reader.feed("id: a\ndata: {\"x\":1}\n\nevent: gap\ndata: lost\n\n"));
    EXPECT_THAT(reader.read, ElementsAre("message: {\"x\":1}", "gap: lost"));
    EXPECT_EQ(reader.messages.last_id(), "a");
}

TEST(StreamMessages, LinesMayEndInEitherWay) {
    Reader reader;
    ASSERT_TRUE(reader.feed("id:a\r\ndata:one\r\ndata:  two\r\n\r\n"));
    EXPECT_THAT(reader.read, ElementsAre("message: one\n two"));
    EXPECT_EQ(reader.messages.last_id(), "a");
}

TEST(StreamMessages, AHeartbeatMovesThePlaceAlone) {
    Reader reader;
    ASSERT_TRUE(reader.feed("id: a\ndata: 1\n\n:\nid: b\n\n"));
    EXPECT_THAT(reader.read, ElementsAre("message: 1"));
    EXPECT_EQ(reader.messages.last_id(), "b");
}

TEST(StreamMessages, CommentsAndForeignFieldsAreSkipped) {
    Reader reader;
    ASSERT_TRUE(reader.feed(": hello\nretry: 5\nnonsense\ndata\n\n"));
    EXPECT_THAT(reader.read, ElementsAre("message: "));
}

TEST(StreamMessages, WhatIsNotCompleteIsForgottenByANewConnection) {
    Reader reader;
    ASSERT_TRUE(reader.feed("id: a\ndata: 1\n\nid: b\nevent: end\ndata: 2\nda"));
    reader.messages.restart();
    EXPECT_EQ(reader.messages.last_id(), "a");
    ASSERT_TRUE(reader.feed("data: 3\n\n"));
    EXPECT_THAT(reader.read, ElementsAre("message: 1", "message: 3"));
    EXPECT_EQ(reader.messages.last_id(), "a");
}

TEST(StreamMessages, AMessageWithoutEndIsRefused) {
    Reader reader;
    const std::string part(1 << 20, 'x');
    Result<void> fed;
    for (int i = 0; i < 5 && fed; ++i) fed = reader.feed(part);
    ASSERT_FALSE(fed);
    Reader lines;
    fed = {};
    for (int i = 0; i < 5 && fed; ++i) fed = lines.feed("data: " + part + "\n");
    EXPECT_FALSE(fed);
    EXPECT_THAT(lines.read, IsEmpty());
}

TEST(StreamMessages, CutsDoNotMatter) {
    const std::string whole = "id: 1\r\ndata: a\n\n:\nid: 2\n\nevent: gap\ndata: b\ndata: c\n\n";
    Reader once;
    ASSERT_TRUE(once.feed(whole));
    EXPECT_TRUE(rc::check([&](const std::vector<std::uint8_t>& cuts) {
        Reader reader;
        std::string_view left = whole;
        for (const auto cut : cuts) {
            const auto size = std::min<std::size_t>(left.size(), cut % 7);
            RC_ASSERT(reader.feed(left.substr(0, size)).has_value());
            left.remove_prefix(size);
        }
        RC_ASSERT(reader.feed(left).has_value());
        RC_ASSERT(reader.read == once.read);
        RC_ASSERT(reader.messages.last_id() == "2");
    }));
}

}  // namespace
}  // namespace callboard
