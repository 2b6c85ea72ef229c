#include "sources/asterisk/asterisk_normaliser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using testing::ami;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = ExchangeSignalKind;

constexpr Time kRead = time_from_nanoseconds(1'795'389'700'000'000'000);

class AsteriskNormaliserTest : public ::testing::Test {
  protected:
    std::vector<Kind> take(AmiNews::Kind kind, const std::string& lines, const std::string& failure = {}) {
        signals_.clear();
        normaliser_.take({kind, ami(lines), kRead, failure}, signals_);
        std::vector<Kind> kinds;
        for (const auto& signal : signals_) kinds.push_back(signal.kind);
        return kinds;
    }

    AsteriskNormaliser normaliser_{[](std::string_view name) { return name == "101"; }};
    std::vector<ExchangeSignal> signals_;
};

TEST_F(AsteriskNormaliserTest, AnEventsOwnTimeCountsAsWhenItHappened) {
    take(AmiNews::Kind::event,
         "Event: Newchannel\nChannel: PJSIP/101-1\nChannelState: 4\nUniqueid: 1.0\nTimestamp: "
         "1795389649.151688");
    EXPECT_EQ(signals_.front().captured, time_from_nanoseconds(1'795'389'649'151'688'000));
    EXPECT_EQ(signals_.front().collected, kRead);
    take(AmiNews::Kind::event, "Event: Hangup\nUniqueid: 1.0");
    EXPECT_EQ(signals_.front().captured, kRead);
    take(AmiNews::Kind::event, "Event: Hangup\nUniqueid: 1.1\nTimestamp: yesterday");
    EXPECT_EQ(signals_.front().captured, kRead);
}

TEST_F(AsteriskNormaliserTest, OneEventMayTellOfTheLineAndOfItsQueue) {
    take(AmiNews::Kind::event,
         "Event: QueueCallerJoin\nUniqueid: 1.0\nQueue: sales\nCount: 1\nCallerIDNum: 101");
    take(AmiNews::Kind::event,
         "Event: AgentCalled\nUniqueid: 1.0\nDestUniqueid: 1.1\nQueue: sales\nInterface: PJSIP/101");
    EXPECT_THAT(take(AmiNews::Kind::event, "Event: Hangup\nChannel: PJSIP/101-1\nUniqueid: 1.1\nCause: 17"),
                ElementsAre(Kind::hung_up, Kind::queue_action, Kind::queue_action));
    EXPECT_THAT(take(AmiNews::Kind::event, "Event: DeviceStateChange\nDevice: PJSIP/101"), IsEmpty());
}

TEST_F(AsteriskNormaliserTest, ASnapshotBeginsListsAndEnds) {
    EXPECT_THAT(take(AmiNews::Kind::snapshot_begins, ""), ElementsAre(Kind::snapshot_begins));
    EXPECT_THAT(take(AmiNews::Kind::listed,
                     "Event: CoreShowChannel\nChannel: PJSIP/101-1\nChannelState: 6\nUniqueid: 1.0"),
                ElementsAre(Kind::channel_listed));
    EXPECT_THAT(take(AmiNews::Kind::listed, "Event: ContactList\nEndpoint: 101\nUri: sip:101@10.0.0.1"),
                ElementsAre(Kind::register_listed));
    EXPECT_THAT(
        take(AmiNews::Kind::listed, "Event: QueueMember\nQueue: sales\nLocation: PJSIP/101\nStatus: 1"),
        IsEmpty());
    EXPECT_THAT(take(AmiNews::Kind::listed, "Event: QueueEntry\nQueue: sales\nUniqueid: 1.0\nWait: 3"),
                IsEmpty());
    EXPECT_THAT(take(AmiNews::Kind::listed, "Event: QueueParams\nQueue: sales"), IsEmpty());
    EXPECT_THAT(take(AmiNews::Kind::snapshot_ends, ""),
                ElementsAre(Kind::caller_listed, Kind::agent_listed, Kind::snapshot_ends));
    EXPECT_EQ(signals_.back().cause, "");
}

TEST_F(AsteriskNormaliserTest, ASnapshotThatIsNotWholeSaysSo) {
    take(AmiNews::Kind::snapshot_begins, "");
    EXPECT_THAT(take(AmiNews::Kind::snapshot_ends, "", "QueueStatus was not answered"),
                ElementsAre(Kind::snapshot_ends));
    EXPECT_EQ(signals_.back().cause, "QueueStatus was not answered");
}

TEST_F(AsteriskNormaliserTest, ALostConnectionIsASignal) {
    normaliser_.on_gone(kRead, signals_);
    ASSERT_EQ(signals_.size(), 1U);
    EXPECT_EQ(signals_.front().kind, Kind::gone);
    EXPECT_EQ(signals_.front().collected, kRead);
}

}  // namespace
}  // namespace callboard
