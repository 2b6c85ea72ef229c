#include "app/player.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/clock.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Time kBegin = time_from_nanoseconds(1'780'000'000'000'000'000);

std::vector<RecordedPacket> recorded(std::initializer_list<Duration> times) {
    std::vector<RecordedPacket> packets;
    for (const Duration time : times)
        packets.push_back({kBegin + time, "packet" + std::to_string(packets.size())});
    return packets;
}

TEST(DueTimes, AreThoseOfTheRecording) {
    const auto packets = recorded({seconds(0), milliseconds(20), seconds(3)});
    EXPECT_THAT(due_times(packets, {}), ElementsAre(seconds(0), milliseconds(20), seconds(3)));
    EXPECT_THAT(due_times({}, {}), IsEmpty());
}

TEST(DueTimes, SpeedShortensThem) {
    const auto packets = recorded({seconds(0), seconds(1), seconds(3)});
    EXPECT_THAT(due_times(packets, {.speed = 2}),
                ElementsAre(seconds(0), milliseconds(500), milliseconds(1500)));
    EXPECT_THAT(due_times(packets, {.speed = 0.5}), ElementsAre(seconds(0), seconds(2), seconds(6)));
}

TEST(DueTimes, LongSilenceIsShortened) {
    const auto packets = recorded({seconds(0), seconds(12), seconds(13)});
    EXPECT_THAT(due_times(packets, {.longest_gap = seconds(5)}),
                ElementsAre(seconds(0), seconds(5), seconds(6)));
    EXPECT_THAT(due_times(packets, {.speed = 2, .longest_gap = seconds(5)}),
                ElementsAre(seconds(0), milliseconds(2500), seconds(3)));
}

TEST(DueTimes, AClockThatWasPutBackDelaysNothing) {
    const auto packets = recorded({seconds(10), seconds(2), seconds(3)});
    EXPECT_THAT(due_times(packets, {}), ElementsAre(seconds(0), seconds(0), seconds(1)));
}

TEST(DueTimes, NeverGoBackAndNeverExceedTheGap) {
    EXPECT_TRUE(rc::check([](const std::vector<std::int32_t>& milliseconds_of, const std::uint8_t speed) {
        std::vector<RecordedPacket> packets;
        for (const auto at : milliseconds_of) packets.push_back({kBegin + milliseconds(at), ""});
        const auto due = due_times(packets, {.speed = 1.0 + speed, .longest_gap = seconds(5)});
        RC_ASSERT(due.size() == packets.size());
        for (std::size_t i = 1; i < due.size(); ++i) {
            RC_ASSERT(due[i] >= due[i - 1]);
            RC_ASSERT(due[i] - due[i - 1] <= seconds(5));
        }
    }));
}

/// Plays on a clock that moves only while the player waits.
struct Stage {
    ManualClock clock;
    std::vector<std::string> sent;
    std::vector<Duration> at;
    std::chrono::steady_clock::time_point begun = clock.steady();
    Duration sending{};  // what a packet costs
    std::size_t pauses = 0, most_pauses = 1'000;

    Result<bool> run(const std::vector<RecordedPacket>& packets, Pace pace = {}) {
        return play(
            packets, pace, clock,
            [this](Duration wait) {
                clock.advance(wait);
                return ++pauses <= most_pauses;
            },
            [this](const RecordedPacket& packet) -> Result<void> {
                if (packet.bytes == "packet3") return Error{Error::Kind::unavailable, "broken"};
                sent.push_back(packet.bytes);
                at.push_back(clock.steady() - begun);
                clock.advance(sending);
                return {};
            });
    }
};

TEST(Play, SendsEachPacketWhenItIsDue) {
    Stage stage;
    const auto played = stage.run(recorded({seconds(0), seconds(1), seconds(4)}));
    ASSERT_TRUE(played);
    EXPECT_TRUE(*played);
    EXPECT_THAT(stage.sent, ElementsAre("packet0", "packet1", "packet2"));
    EXPECT_THAT(stage.at, ElementsAre(seconds(0), seconds(1), seconds(4)));
}

TEST(Play, SlowSendingDoesNotAddUp) {
    Stage stage;
    stage.sending = milliseconds(300);
    ASSERT_TRUE(stage.run(recorded({seconds(0), seconds(1), seconds(2)})));
    EXPECT_THAT(stage.at, ElementsAre(seconds(0), seconds(1), seconds(2)));
}

TEST(Play, StopsWhenTold) {
    Stage stage;
    stage.most_pauses = 1;
    const auto played = stage.run(recorded({seconds(0), seconds(1)}));
    ASSERT_TRUE(played);
    EXPECT_FALSE(*played);
    EXPECT_THAT(stage.sent, ElementsAre("packet0"));
}

TEST(Play, EndsWithTheErrorOfTheSender) {
    Stage stage;
    const auto played = stage.run(recorded({seconds(0), seconds(1), seconds(2), seconds(3), seconds(4)}));
    ASSERT_FALSE(played);
    EXPECT_EQ(played.error().what, "broken");
    EXPECT_EQ(stage.sent.size(), 3U);
}

}  // namespace
}  // namespace callboard
