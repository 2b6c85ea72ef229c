// Conversations that no recording has, from Asterisk's events to those of the lines.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "asterisk_story.hpp"
#include "core/exchange_tracker.hpp"
#include "sources/asterisk/ami_frame_for_test.hpp"
#include "sources/asterisk/asterisk_normaliser.hpp"

namespace callboard::replay {
namespace {

using namespace std::chrono_literals;
using callboard::testing::ami;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AsteriskDialogue : public ::testing::Test {
  protected:
    void event(const std::string& name, const std::string& lines) {
        news(AmiNews::Kind::event, "Event: " + name + "\n" + lines);
    }
    void news(AmiNews::Kind kind, const std::string& lines, const std::string& failure = {}) {
        std::vector<ExchangeSignal> signals;
        normaliser_.take({kind, ami(lines), now_, failure}, signals);
        for (const auto& signal : signals) tracker_.on_signal(signal, events_);
        now_ += 10ms;
    }
    void pass(Duration by) {
        std::vector<ExchangeSignal> signals;
        now_ += by;
        normaliser_.on_time(now_, signals);
        for (const auto& signal : signals) tracker_.on_signal(signal, events_);
        tracker_.on_time(now_, events_);
    }
    void lose() {
        std::vector<ExchangeSignal> signals;
        normaliser_.on_gone(now_, signals);
        for (const auto& signal : signals) tracker_.on_signal(signal, events_);
    }
    /// What lines were told since the last call: `101 start_ringing 101>102 (102)`.
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (const auto& event : std::exchange(events_, {})) {
            const auto* line = std::get_if<LineData>(&event.data);
            if (line == nullptr || event.native) continue;
            all.push_back(fmt::format("{} {} {}>{} ({})", brief(event.ressource), event.name,
                                      brief(line->calling), brief(line->called), brief(line->dialed)));
        }
        return all;
    }
    static std::string brief(const std::string& number) {
        return number.starts_with("0033123456") ? number.substr(10) : number;
    }

    // A channel's life, in a word each.
    static std::string lines(const std::string& phone, const std::string& id, const std::string& linked,
                             int state, const std::string& number, const std::string& exten,
                             const std::string& prefix = "") {
        return fmt::format(
            "{0}Channel: PJSIP/{1}-{2}\n{0}ChannelState: {3}\n{0}CallerIDNum: {4}\n{0}ConnectedLineNum: "
            "<unknown>\n"
            "{0}Exten: {5}\n{0}Uniqueid: {2}\n{0}Linkedid: {6}\n",
            prefix, phone, id, state, number, exten, linked);
    }
    void calls(const std::string& phone, const std::string& id, const std::string& exten,
               const std::string& number = "") {
        event("Newchannel", lines(phone, id, id, 4, number.empty() ? phone : number, exten));
    }
    void dials(const std::string& from, const std::string& phone, const std::string& id,
               const std::string& linked, int state = 4) {
        event("Newchannel", lines(phone, id, linked, 0, phone, "s"));
        event("DialBegin", fmt::format("Uniqueid: {}\nChannelState: {}\n", from, state) +
                               lines(phone, id, linked, 0, phone, phone, "Dest") + "DialString: " + phone);
    }
    void rings(const std::string& from, const std::string& id, int state = 4) {
        event("Newstate", "ChannelState: 5\nUniqueid: " + id);
        event("DialState",
              fmt::format("Uniqueid: {}\nChannelState: {}\nDestUniqueid: {}\nDialStatus: RINGING", from,
                          state, id));
    }
    void up(const std::string& id) { event("Newstate", "ChannelState: 6\nUniqueid: " + id); }
    void enter(const std::string& id, const std::string& bridge, const std::string& more = "") {
        event("BridgeEnter", "BridgeUniqueid: " + bridge + "\nUniqueid: " + id + "\n" + more);
    }
    void leave(const std::string& id, const std::string& bridge) {
        event("BridgeLeave", "BridgeUniqueid: " + bridge + "\nUniqueid: " + id);
    }
    void hang_up(const std::string& id, int cause = 16) {
        event("Hangup", fmt::format("Uniqueid: {}\nCause: {}", id, cause));
    }
    /// `a` called `b` and both talk.
    void talk(const std::string& a, const std::string& a_id, const std::string& b, const std::string& b_id,
              const std::string& bridge) {
        calls(a, a_id, b);
        dials(a_id, b, b_id, a_id);
        rings(a_id, b_id);
        up(b_id);
        up(a_id);
        enter(b_id, bridge);
        enter(a_id, bridge);
        told();
    }

    Time now_ = time_from_nanoseconds(1'795'390'000'000'000'000);
    std::shared_ptr<const Directory> office_ = asterisk_office();
    AsteriskNormaliser normaliser_{
        [this](std::string_view name) { return office_->by_alias(name) != nullptr; }};
    ExchangeTracker tracker_{office_, "FR", {}};
    std::vector<Event> events_;
};

TEST_F(AsteriskDialogue, ClickToCall) {
    event("Newchannel", lines("101", "1.0", "1.0", 0, "101", "s"));
    event("NewCallerid",
          lines("101", "1.0", "1.0", 0, "0612345678", "s") + "CID-CallingPres: 0 (Presentation Allowed)");
    event("DialBegin", lines("101", "1.0", "1.0", 0, "0612345678", "s", "Dest") + "DialString: 101");
    event("Newstate", lines("101", "1.0", "1.0", 5, "0612345678", "s"));
    EXPECT_THAT(told(), ElementsAre("101 start_ringing 0033612345678>101 (101)")) << "as the phone shows it";
    event("Newstate", lines("101", "1.0", "1.0", 6, "0612345678", "102"));
    told();
    dials("1.0", "102", "1.1", "1.0", 6);
    rings("1.0", "1.1", 6);
    EXPECT_THAT(told(), ElementsAre("102 start_ringing 101>102 (102)"));
    up("1.1");
    enter("1.1", "b");
    enter("1.0", "b");
    EXPECT_THAT(told(), ElementsAre("102 end_ringing 101>102 (102)", "102 start_calling 101>102 (102)"));
    hang_up("1.1");
    hang_up("1.0");
    EXPECT_THAT(told(), ElementsAre("102 end_calling 101>102 (102)", "101 end_calling 102>101 (101)"));
}

TEST_F(AsteriskDialogue, PickUp) {
    calls("gw", "1.0", "+33123456102", "0612345678");
    dials("1.0", "102", "1.1", "1.0");
    rings("1.0", "1.1");
    calls("103", "1.2", "*8102");
    told();
    up("1.2");
    EXPECT_EQ(told().size(), 1U);
    event("Pickup", "Uniqueid: 1.2\nTargetUniqueid: 1.1");
    event("Rename", "Channel: PJSIP/103-1.2\nNewname: PJSIP/103-1.2<MASQ>\nUniqueid: 1.2");
    event("Rename", "Channel: PJSIP/102-1.1\nNewname: PJSIP/103-1.2\nUniqueid: 1.1");
    event("Rename", "Channel: PJSIP/103-1.2<MASQ>\nNewname: PJSIP/102-1.1<ZOMBIE>\nUniqueid: 1.2");
    hang_up("1.2", 26);
    EXPECT_THAT(told(), ElementsAre("102 end_ringing 0033612345678>102 (102)"));
    up("1.1");
    enter("1.1", "b");
    enter("1.0", "b");
    EXPECT_THAT(told(), IsEmpty()) << "103 talks already";
    hang_up("1.0");
    hang_up("1.1");
    const auto end = told();
    ASSERT_EQ(end.size(), 1U);
    EXPECT_THAT(end.front(), ::testing::StartsWith("103 end_calling"));
    EXPECT_THAT(end.front(), ::testing::HasSubstr("0033612345678")) << "the party that was reached";
}

TEST_F(AsteriskDialogue, AttendedTransfer) {
    talk("101", "1.0", "102", "1.1", "b1");
    event("Hold", "Uniqueid: 1.1");
    EXPECT_THAT(told(), ElementsAre("102 start_hold 101>102 (102)"));
    calls("102", "2.0", "103");
    dials("2.0", "103", "2.1", "2.0");
    rings("2.0", "2.1");
    up("2.1");
    up("2.0");
    enter("2.1", "b2");
    enter("2.0", "b2");
    told();
    event("AttendedTransfer",
          "Result: Success\nDestType: Bridge\nOrigTransfererUniqueid: 1.1\nSecondTransfererUniqueid: 2.0");
    leave("1.0", "b1");
    enter("1.0", "b2", "SwapUniqueid: 2.0");
    leave("2.0", "b2");
    leave("1.1", "b1");
    hang_up("2.0");
    hang_up("1.1");
    EXPECT_THAT(told(), ElementsAre("102 end_calling 102>103 (103)", "102 end_hold 101>102 (102)",
                                    "102 end_calling 101>102 (102)"));
    hang_up("1.0");
    hang_up("2.1");
    EXPECT_THAT(told(), ElementsAre("101 end_calling 101>103 (102)", "103 end_calling 101>103 (103)"));
}

TEST_F(AsteriskDialogue, ParkedAndFetched) {
    talk("101", "1.0", "102", "1.1", "b1");
    event("ParkedCall", "ParkeeUniqueid: 1.0\nParkingSpace: 701");
    leave("1.0", "b1");
    enter("1.0", "lot", "BridgeType: parking\nBridgeTechnology: holding_bridge");
    hang_up("1.1");
    EXPECT_THAT(told(), ElementsAre("102 end_calling 101>102 (102)"));
    calls("103", "2.0", "701");
    up("2.0");
    told();
    leave("1.0", "lot");
    enter("2.0", "b2");
    enter("1.0", "b2");
    hang_up("2.0");
    hang_up("1.0");
    EXPECT_THAT(told(), ElementsAre("103 end_calling 103>101 (701)", "101 end_calling 101>103 (102)"));
}

TEST_F(AsteriskDialogue, AWithheldNumberStaysSo) {
    event("Newchannel", lines("gw", "1.0", "1.0", 4, "+33612345678", "+33123456101") +
                            "ChanVariable: CALLERID(num-pres)=prohib");
    dials("1.0", "101", "1.1", "1.0");
    rings("1.0", "1.1");
    event("NewConnectedLine", "Uniqueid: 1.1\nConnectedLineNum: +33612345678");
    up("1.1");
    enter("1.1", "b");
    enter("1.0", "b");
    hang_up("1.1");
    EXPECT_THAT(told(),
                ElementsAre("101 start_ringing anonymous>101 (101)", "101 end_ringing anonymous>101 (101)",
                            "101 start_calling anonymous>101 (101)", "101 end_calling anonymous>101 (101)"));
}

TEST_F(AsteriskDialogue, ALoopOfLocalChannelsLeadsToThePhones) {
    calls("101", "1.0", "610");
    event("Newchannel",
          "Channel: Local/102@x-0;1\nChannelState: 0\nExten: 102\nUniqueid: 2.1\nLinkedid: 1.0");
    event("Newchannel",
          "Channel: Local/102@x-0;2\nChannelState: 4\nExten: 102\nUniqueid: 2.2\nLinkedid: 1.0");
    event("LocalBridge",
          "LocalOneChannel: Local/102@x-0;1\nLocalOneUniqueid: 2.1\nLocalTwoChannel: "
          "Local/102@x-0;2\nLocalTwoUniqueid: 2.2");
    event("DialBegin", "Uniqueid: 1.0\nDestUniqueid: 2.1\nDialString: 102@x");
    dials("2.2", "102", "1.1", "1.0");
    rings("2.2", "1.1");
    event("Newstate", "Channel: Local/102@x-0;1\nChannelState: 5\nUniqueid: 2.1");
    event("DialState", "Uniqueid: 1.0\nChannelState: 4\nDestUniqueid: 2.1\nDialStatus: RINGING");
    EXPECT_THAT(told(), ElementsAre("102 start_ringing 101>102 (610)", "101 start_ringing 101>102 (610)"));
    up("1.1");
    up("1.0");
    enter("1.1", "b1");
    enter("2.2", "b1");
    enter("2.1", "b2");
    enter("1.0", "b2");
    told();
    hang_up("1.0");
    hang_up("2.1");
    hang_up("2.2");
    hang_up("1.1");
    EXPECT_THAT(told(), ElementsAre("101 end_calling 101>102 (610)", "102 end_calling 101>102 (610)"));
}

TEST_F(AsteriskDialogue, AReconciliationEndsWhatIsGone) {
    talk("101", "1.0", "102", "1.1", "b1");
    talk("103", "2.0", "104", "2.1", "b2");
    lose();
    pass(30s);
    EXPECT_THAT(told(), IsEmpty()) << "it may come back";
    news(AmiNews::Kind::snapshot_begins, "");
    news(AmiNews::Kind::listed, "Event: CoreShowChannel\n" + lines("101", "1.0", "1.0", 6, "101", "102") +
                                    "Application: Dial\nBridgeId: b1");
    news(AmiNews::Kind::listed, "Event: CoreShowChannel\n" + lines("102", "1.1", "1.0", 6, "102", "") +
                                    "Application: AppDial\nBridgeId: b1");
    EXPECT_THAT(told(), IsEmpty());
    news(AmiNews::Kind::snapshot_ends, "");
    EXPECT_THAT(told(), ElementsAre("103 end_calling 103>104 (104)", "104 end_calling 103>104 (104)"));
    hang_up("1.0");
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(AsteriskDialogue, AnAsteriskThatStaysAwayEndsItsCallsAfterAMinute) {
    talk("101", "1.0", "102", "1.1", "b1");
    lose();
    pass(59s);
    EXPECT_THAT(told(), IsEmpty());
    pass(2s);
    EXPECT_THAT(told(), ElementsAre("101 end_calling 101>102 (102)", "102 end_calling 101>102 (102)"));
}

TEST_F(AsteriskDialogue, HalfAListEndsNothing) {
    talk("101", "1.0", "102", "1.1", "b1");
    news(AmiNews::Kind::snapshot_begins, "");
    news(AmiNews::Kind::snapshot_ends, "", "CoreShowChannels was not answered");
    EXPECT_THAT(told(), IsEmpty());
    hang_up("1.0");
    hang_up("1.1");
    EXPECT_EQ(told().size(), 2U);
}

}  // namespace
}  // namespace callboard::replay
