#include "delivery/websocket/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery/websocket/frame.hpp"

namespace callboard::websocket {
namespace {

using ::testing::ElementsAre;

Announced event(Sequence sequence, std::size_t size = 10) {
    Record record;
    record.sequence = sequence;
    record.name = "start_ringing";
    record.data = R"({"CallId":")" + std::string(size, 'x') + R"("})";
    record.details = "{}";
    return std::make_shared<const Announcement>(std::move(record), Time{}, TimeZone::utc());
}

std::vector<FrameReader::Message> read(const std::string& bytes) {
    FrameReader reader(FrameReader::Sender::server, 1 << 20);
    reader.feed(bytes);
    std::vector<FrameReader::Message> all;
    while (auto message = reader.next()) all.push_back(*message);
    EXPECT_EQ(reader.failure(), 0);
    return all;
}

TEST(Messages, AnEventIsOneTextMessage) {
    const std::string token = "ALPHA";
    for (const std::size_t size : {10U, 200U, 70'000U}) {
        const auto told = event(1, size);
        std::string bytes;
        append_event(bytes, {told, &token}, false);
        EXPECT_THAT(read(bytes),
                    ElementsAre(FrameReader::Message{Opcode::text, told->encoded(false).v2_before + "ALPHA" +
                                                                       told->encoded(false).v2_after}));
    }
}

TEST(Messages, APingNamesAPlaceAndItsPongGivesItBack) {
    std::string bytes;
    append_ping(bytes, 18'446'744'073'709'551'615U);
    EXPECT_THAT(read(bytes), ElementsAre(FrameReader::Message{Opcode::ping, "18446744073709551615"}));
    EXPECT_EQ(acknowledged("18446744073709551615"), 18'446'744'073'709'551'615U);
    for (const auto* other : {"", "x", "1x", "-1", " 1", "18446744073709551616"})
        EXPECT_EQ(acknowledged(other), std::nullopt) << other;
}

TEST(Messages, LongPastsArePingedOnTheWayAndNeverWithinAnEvent) {
    const std::string alpha = "ALPHA", beta = "BETA";
    std::vector<Told> all;
    for (Sequence i = 1; i <= 125; ++i) {
        const auto one = event(i);
        all.push_back({one, &alpha});
        if (i % 3 == 0) all.push_back({one, &beta});
    }
    std::vector<std::string> pings;
    std::size_t texts = 0;
    std::vector<std::size_t> at;
    for (const auto& message : read(events_with_pings(all, false))) {
        texts += message.opcode == Opcode::text ? 1U : 0U;
        if (message.opcode != Opcode::ping) continue;
        pings.push_back(message.payload);
        at.push_back(texts);
    }
    EXPECT_EQ(texts, 166U);
    EXPECT_THAT(pings, ElementsAre("75"));
    EXPECT_THAT(at, ElementsAre(100U));
}

}  // namespace
}  // namespace callboard::websocket
