#include "sources/asterisk/asterisk_channels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using testing::ami;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = ExchangeSignalKind;

std::string_view text_of(Kind kind) {
    switch (kind) {
        case Kind::created:
            return "created";
        case Kind::ringing:
            return "ringing";
        case Kind::answered:
            return "answered";
        case Kind::entered_bridge:
            return "entered";
        case Kind::left_bridge:
            return "left";
        case Kind::held:
            return "held";
        case Kind::resumed:
            return "resumed";
        case Kind::updated:
            return "updated";
        case Kind::redirected:
            return "redirected";
        case Kind::swapped:
            return "swapped";
        case Kind::hung_up:
            return "hung_up";
        case Kind::channel_listed:
            return "listed";
        default:
            return "other";
    }
}

class AsteriskChannelsTest : public ::testing::Test {
  protected:
    /// Lines that every event of a channel has.
    static std::string of(const std::string& name, const std::string& id, const std::string& linked,
                          const std::string& state, const std::string& number = "<unknown>",
                          const std::string& exten = "s", const std::string& prefix = "") {
        return prefix + "Channel: " + name + "\n" + prefix + "ChannelState: " + state + "\n" + prefix +
               "CallerIDNum: " + number + "\n" + prefix + "ConnectedLineNum: <unknown>\n" + prefix +
               "Exten: " + exten + "\n" + prefix + "Uniqueid: " + id + "\n" + prefix + "Linkedid: " + linked +
               "\n";
    }
    /// Says the event and gives back what it told: kind and channel.
    std::vector<std::string> event(const std::string& name, const std::string& lines) {
        const std::size_t before = signals_.size();
        channels_.on_event(ami("Event: " + name + "\n" + lines), {kNow, kNow}, signals_);
        std::vector<std::string> told;
        for (std::size_t i = before; i < signals_.size(); ++i)
            told.push_back(std::string(text_of(signals_[i].kind)) + " " + signals_[i].channel.id);
        return told;
    }
    const ExchangeSignal& last() const { return signals_.back(); }
    const ExchangeChannel& facts() const { return signals_.back().channel; }

    /// 101 calls 102, whose phone rings.
    void ring() {
        event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "102"));
        event("Newchannel", of("PJSIP/102-00000001", "1.1", "1.0", "0", "102"));
        event("DialBegin", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "102") +
                               of("PJSIP/102-00000001", "1.1", "1.0", "0", "102", "102", "Dest") +
                               "DialString: 102");
        event("Newstate", of("PJSIP/102-00000001", "1.1", "1.0", "5", "102"));
        event("DialState", of("PJSIP/101-00000000", "1.0", "1.0", "4") +
                               of("PJSIP/102-00000001", "1.1", "1.0", "5", "102", "102", "Dest") +
                               "DialStatus: RINGING");
    }
    void talk() {
        ring();
        event("Newstate", of("PJSIP/102-00000001", "1.1", "1.0", "6", "102"));
        event("Newstate", of("PJSIP/101-00000000", "1.0", "1.0", "6", "101", "102"));
        enter("1.1", "b1");
        enter("1.0", "b1");
    }
    std::vector<std::string> enter(const std::string& id, const std::string& bridge,
                                   const std::string& more = "") {
        return event("BridgeEnter", "BridgeUniqueid: " + bridge + "\nUniqueid: " + id + "\n" + more);
    }

    static constexpr Time kNow = time_from_nanoseconds(1'780'000'000'000'000'000);
    std::set<std::string, std::less<>> ours_{"101", "102", "103", "201"};
    AsteriskChannels channels_{[this](std::string_view name) { return ours_.contains(name); }};
    std::vector<ExchangeSignal> signals_;
};

TEST_F(AsteriskChannelsTest, ACallerComesInAndAPhoneIsCalled) {
    EXPECT_THAT(event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "102")),
                ElementsAre("created 1.0"));
    EXPECT_EQ(facts().device, "101");
    EXPECT_EQ(facts().direction, ChannelDirection::calls);
    EXPECT_EQ(facts().caller, "101");
    EXPECT_EQ(facts().dialled, "102");
    EXPECT_FALSE(facts().withheld);
    EXPECT_EQ(last().name, "Newchannel");
    EXPECT_THAT(event("Newchannel", of("PJSIP/102-00000001", "1.1", "1.0", "0", "102")),
                ElementsAre("created 1.1"));
    EXPECT_EQ(facts().device, "102");
    EXPECT_EQ(facts().direction, ChannelDirection::is_called);
    EXPECT_EQ(facts().linked_id, "1.0");
    EXPECT_EQ(facts().dialled, "");
}

TEST_F(AsteriskChannelsTest, DiallingTellsOnWhoseBehalf) {
    event("Newchannel", of("PJSIP/gw-00000000", "1.0", "1.0", "4", "0612345678", "+33123456102"));
    event("Newchannel", of("PJSIP/102-00000001", "1.1", "1.0", "0", "102"));
    EXPECT_THAT(event("DialBegin", of("PJSIP/gw-00000000", "1.0", "1.0", "4", "0612345678", "102") +
                                       of("PJSIP/102-00000001", "1.1", "1.0", "0", "102", "102", "Dest") +
                                       "DialString: 102"),
                ElementsAre("updated 1.1"));
    EXPECT_EQ(facts().parent, "1.0");
    EXPECT_EQ(facts().caller, "0612345678");
    EXPECT_EQ(facts().dialled, "102");
    EXPECT_EQ(signals_.front().channel.device, "") << "the trunk is nobody's phone";
}

TEST_F(AsteriskChannelsTest, APhoneBehindATrunkIsKnownByItsNumber) {
    event("Newchannel", of("PJSIP/kam-00000000", "1.0", "1.0", "4", "101", "8010"));
    EXPECT_EQ(facts().device, "101");
    event("Newchannel", of("PJSIP/kam-00000001", "1.1", "1.0", "0"));
    EXPECT_EQ(facts().device, "");
    event("DialBegin", of("PJSIP/kam-00000000", "1.0", "1.0", "4", "101", "8010") +
                           of("PJSIP/kam-00000001", "1.1", "1.0", "0", "102", "102", "Dest") +
                           "DialString: 102@kam");
    EXPECT_EQ(facts().device, "102");
    event("Newchannel", of("PJSIP/gw-00000002", "1.2", "1.2", "4", "0612345678", "101"));
    EXPECT_EQ(facts().device, "");
}

TEST_F(AsteriskChannelsTest, ThePhoneRingsBeforeItsCallerHearsIt) {
    event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "102"));
    event("Newchannel", of("PJSIP/102-00000001", "1.1", "1.0", "0", "102"));
    EXPECT_THAT(event("DialState", of("PJSIP/101-00000000", "1.0", "1.0", "4") +
                                       of("PJSIP/102-00000001", "1.1", "1.0", "0", "", "", "Dest") +
                                       "DialStatus: RINGING"),
                ElementsAre("ringing 1.1", "ringing 1.0"));
    EXPECT_THAT(event("DialState", of("PJSIP/101-00000000", "1.0", "1.0", "6") +
                                       of("PJSIP/102-00000001", "1.1", "1.0", "5", "", "", "Dest") +
                                       "DialStatus: RINGING"),
                ElementsAre("ringing 1.1"))
        << "a caller who talks already hears no ringing";
    EXPECT_THAT(event("DialState", "DialStatus: TRYING\nUniqueid: 1.0\nDestUniqueid: 1.1"), IsEmpty());
}

TEST_F(AsteriskChannelsTest, EarlyMediaCountsAsRinging) {
    event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "0612345678"));
    EXPECT_THAT(event("Newexten", of("PJSIP/101-00000000", "1.0", "1.0", "4") + "Application: NoOp"),
                IsEmpty());
    EXPECT_THAT(event("Newexten", of("PJSIP/101-00000000", "1.0", "1.0", "4") + "Application: Progress"),
                ElementsAre("ringing 1.0"));
    EXPECT_THAT(event("DialState", of("PJSIP/101-00000000", "1.0", "1.0", "4") +
                                       of("PJSIP/gw-00000001", "1.1", "1.0", "0", "", "", "Dest") +
                                       "DialStatus: PROGRESS"),
                ElementsAre("ringing 1.1", "ringing 1.0"));
}

TEST_F(AsteriskChannelsTest, AnswersBridgesAndHoldsAreTheChannels) {
    ring();
    EXPECT_THAT(event("Newstate", of("PJSIP/102-00000001", "1.1", "1.0", "6", "102")),
                ElementsAre("answered 1.1"));
    EXPECT_THAT(enter("1.1", "b1"), ElementsAre("entered 1.1"));
    EXPECT_EQ(last().bridge, "b1");
    EXPECT_THAT(event("Hold", of("PJSIP/102-00000001", "1.1", "1.0", "6")), ElementsAre("held 1.1"));
    EXPECT_THAT(event("Unhold", of("PJSIP/102-00000001", "1.1", "1.0", "6")), ElementsAre("resumed 1.1"));
    EXPECT_THAT(event("BridgeLeave", "BridgeUniqueid: b1\nUniqueid: 1.1"), ElementsAre("left 1.1"));
    EXPECT_EQ(last().bridge, "b1");
}

TEST_F(AsteriskChannelsTest, AHangupSaysWhy) {
    ring();
    const auto why = [&](const std::string& cause) {
        event("Newchannel", of("PJSIP/102-00000009", "9.9", "9.9", "0", "102"));
        event("Hangup", of("PJSIP/102-00000009", "9.9", "9.9", "5") + "Cause: " + cause);
        return last().cause;
    };
    EXPECT_EQ(why("17"), "Q.850;cause=17");
    EXPECT_EQ(why("26"), "Call completed elsewhere");
    EXPECT_EQ(why("0"), "");
    EXPECT_THAT(event("Hangup", of("PJSIP/102-00000001", "1.1", "1.0", "5") + "Cause: 16"),
                ElementsAre("hung_up 1.1"));
    EXPECT_FALSE(channels_.is_up("1.1"));
    EXPECT_TRUE(channels_.is_up("1.0"));
}

TEST_F(AsteriskChannelsTest, AWithheldNumberIsMarked) {
    event("Newchannel", of("PJSIP/gw-00000000", "1.0", "1.0", "4", "+33612345678", "101") +
                            "ChanVariable: CALLERID(num-pres)=prohib_not_screened");
    EXPECT_TRUE(facts().withheld);
    event("Newchannel", of("PJSIP/101-00000001", "1.1", "1.0", "0", "101"));
    event("DialBegin", of("PJSIP/gw-00000000", "1.0", "1.0", "4", "+33612345678", "101") +
                           of("PJSIP/101-00000001", "1.1", "1.0", "0", "101", "101", "Dest"));
    EXPECT_TRUE(facts().withheld) << "for who is called too";
    event("Newchannel", of("PJSIP/gw-00000002", "1.2", "1.2", "4", "<unknown>", "101"));
    EXPECT_TRUE(facts().withheld) << "no number is none to show";
    event("Newchannel", of("PJSIP/gw-00000003", "1.3", "1.3", "4", "0612345678", "101"));
    EXPECT_FALSE(facts().withheld);
    EXPECT_THAT(event("NewCallerid", of("PJSIP/gw-00000003", "1.3", "1.3", "4", "0612345678", "101") +
                                         "CID-CallingPres: 32 (Presentation Prohibited, Not Screened)"),
                ElementsAre("updated 1.3"));
    EXPECT_TRUE(facts().withheld);
    EXPECT_TRUE(channels_.party("1.3", ami("CallerIDNum: 0612345678")).withheld);
}

TEST_F(AsteriskChannelsTest, TheCallIdIsOfThePhonesDialog) {
    event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "102") +
                            "ChanVariable: CHANNEL(pjsip,call-id)=abc@phone");
    EXPECT_EQ(facts().sip_call_id, "abc@phone");
    event("Newchannel", of("SIP/102-00000001", "1.1", "1.0", "0", "102"));
    EXPECT_EQ(facts().sip_call_id, "");
    EXPECT_THAT(
        event("VarSet", of("SIP/102-00000001", "1.1", "1.0", "0") + "Variable: SIPCALLID\nValue: def@pbx"),
        ElementsAre("updated 1.1"));
    EXPECT_EQ(facts().sip_call_id, "def@pbx");
    EXPECT_THAT(
        event("VarSet", of("SIP/102-00000001", "1.1", "1.0", "0") + "Variable: SIPCALLID\nValue: other"),
        IsEmpty());
    EXPECT_THAT(event("VarSet", of("SIP/102-00000001", "1.1", "1.0", "0") + "Variable: OTHER\nValue: x"),
                IsEmpty());
}

TEST_F(AsteriskChannelsTest, LocalChannelsLeadFromOneToTheOther) {
    event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "4", "101", "610"));
    event("Newchannel", of("Local/103@internal-00000000;1", "1.1", "1.0", "0", "<unknown>", "103"));
    EXPECT_TRUE(facts().internal);
    event("Newchannel", of("Local/103@internal-00000000;2", "1.2", "1.0", "4", "<unknown>", "103"));
    EXPECT_TRUE(facts().internal);
    EXPECT_EQ(facts().dialled, "610") << "what the caller dialled, not where the dialplan sent it";
    EXPECT_THAT(
        event("LocalBridge", of("Local/103@internal-00000000;1", "1.1", "1.0", "0", "", "", "LocalOne") +
                                 of("Local/103@internal-00000000;2", "1.2", "1.0", "4", "", "", "LocalTwo")),
        ElementsAre("updated 1.2"));
    EXPECT_EQ(facts().parent, "1.1");
    EXPECT_THAT(event("Newstate", of("Local/103@internal-00000000;1", "1.1", "1.0", "5")), IsEmpty());
    EXPECT_THAT(event("Newstate", of("Local/103@internal-00000000;2", "1.2", "1.0", "6")), IsEmpty());
    event("NewCallerid",
          of("Local/103@internal-00000000;2", "1.2", "1.0", "4", "101", "103") + "CID-CallingPres: 0");
    event("Newchannel", of("PJSIP/103-00000002", "1.3", "1.0", "0", "103"));
    event("DialBegin", of("Local/103@internal-00000000;2", "1.2", "1.0", "4", "101", "103") +
                           of("PJSIP/103-00000002", "1.3", "1.0", "0", "103", "103", "Dest") +
                           "DialString: 103");
    EXPECT_EQ(facts().parent, "1.2");
    EXPECT_EQ(facts().caller, "101");
}

TEST_F(AsteriskChannelsTest, ABlindTransferSendsTheOtherPartyOn) {
    talk();
    EXPECT_THAT(event("BlindTransfer",
                      "Result: Success\nTransfererUniqueid: 1.1\nTransfereeUniqueid: 1.0\nExtension: 103"),
                ElementsAre("redirected 1.0"));
    EXPECT_EQ(facts().dialled, "103");
    EXPECT_THAT(event("BlindTransfer", "Result: Fail\nTransfereeUniqueid: 1.0\nExtension: 103"), IsEmpty());
}

TEST_F(AsteriskChannelsTest, ATransferredPhoneIsTheCallerOfWhatComesNext) {
    talk();  // 101 transfers 102
    event("BlindTransfer",
          "Result: Success\nTransfererUniqueid: 1.0\nTransfereeUniqueid: 1.1\nExtension: 103");
    event("Newchannel", of("PJSIP/103-00000002", "1.2", "1.0", "0", "103"));
    event("DialBegin", of("PJSIP/102-00000001", "1.1", "1.0", "6", "102", "103") +
                           of("PJSIP/103-00000002", "1.2", "1.0", "0", "103", "103", "Dest") +
                           "DialString: 103");
    EXPECT_EQ(facts().parent, "1.1");
    EXPECT_EQ(facts().caller, "102");
}

TEST_F(AsteriskChannelsTest, ClickToCallCallsFromThePhoneThatWasRungFirst) {
    event("Newchannel", of("PJSIP/101-00000000", "1.0", "1.0", "0", "101"));
    EXPECT_EQ(facts().direction, ChannelDirection::is_called);
    EXPECT_THAT(event("NewCallerid",
                      of("PJSIP/101-00000000", "1.0", "1.0", "0", "0612345678") + "CID-CallingPres: 0"),
                ElementsAre("updated 1.0"));
    EXPECT_EQ(facts().caller, "0612345678") << "what the phone shows while it rings";
    EXPECT_THAT(event("Newstate", of("PJSIP/101-00000000", "1.0", "1.0", "5", "0612345678")),
                ElementsAre("ringing 1.0"));
    event("Newstate", of("PJSIP/101-00000000", "1.0", "1.0", "6", "0612345678", "102"));
    event("Newchannel", of("PJSIP/102-00000001", "1.1", "1.0", "0", "102"));
    event("DialBegin", of("PJSIP/101-00000000", "1.0", "1.0", "6", "0612345678", "102") +
                           of("PJSIP/102-00000001", "1.1", "1.0", "0", "102", "102", "Dest") +
                           "DialString: 102");
    EXPECT_EQ(facts().caller, "101") << "not the number that its own channel shows";
}

TEST_F(AsteriskChannelsTest, APickUpSwapsThePhones) {
    ring();  // 102 rings, 103 picks up
    event("Newchannel", of("PJSIP/103-00000002", "1.2", "1.2", "4", "103", "*8102"));
    event("Newstate", of("PJSIP/103-00000002", "1.2", "1.2", "6", "103", "*8102"));
    event("Pickup", "Channel: PJSIP/103-00000002\nUniqueid: 1.2\nTargetUniqueid: 1.1");
    EXPECT_THAT(
        event("Rename", "Channel: PJSIP/103-00000002\nNewname: PJSIP/103-00000002<MASQ>\nUniqueid: 1.2"),
        IsEmpty());
    EXPECT_THAT(event("Rename", "Channel: PJSIP/102-00000001\nNewname: PJSIP/103-00000002\nUniqueid: 1.1"),
                ElementsAre("swapped 1.1"));
    EXPECT_EQ(last().other, "1.2");
    EXPECT_EQ(facts().device, "102") << "as it was before";
    EXPECT_THAT(
        event("Rename",
              "Channel: PJSIP/103-00000002<MASQ>\nNewname: PJSIP/102-00000001<ZOMBIE>\nUniqueid: 1.2"),
        IsEmpty());
    event("Hangup", of("PJSIP/102-00000001<ZOMBIE>", "1.2", "1.2", "5") + "Cause: 26");
    EXPECT_EQ(facts().device, "102");
    enter("1.1", "b1");
    EXPECT_EQ(facts().device, "103");
    EXPECT_EQ(facts().direction, ChannelDirection::calls);
    EXPECT_EQ(facts().parent, "1.0") << "the place is the channel's";
}

TEST_F(AsteriskChannelsTest, ARenameAloneSwapsNothing) {
    ring();
    EXPECT_THAT(event("Rename", "Channel: PJSIP/102-00000001\nNewname: PJSIP/102-other\nUniqueid: 1.1"),
                IsEmpty());
    EXPECT_THAT(event("Rename", "Channel: a\nNewname: b<MASQ>\nUniqueid: 7.7"), IsEmpty());
    EXPECT_THAT(event("Rename", "Channel: x\nNewname: b\nUniqueid: 1.1"), IsEmpty())
        << "the clone is not known";
}

TEST_F(AsteriskChannelsTest, WhoeverIsParkedTalksToNobody) {
    talk();
    EXPECT_THAT(event("ParkedCall", "ParkeeUniqueid: 1.0\nParkingSpace: 701"), ElementsAre("redirected 1.0"));
    EXPECT_EQ(facts().dialled, "701");
    EXPECT_THAT(enter("1.0", "lot", "BridgeType: parking\nBridgeTechnology: holding_bridge"),
                ElementsAre("left 1.0"));
    EXPECT_EQ(last().bridge, "");
    event("BridgeLeave", "BridgeUniqueid: lot\nUniqueid: 1.0");
    EXPECT_THAT(enter("1.0", "b2"), ElementsAre("entered 1.0"));
}

TEST_F(AsteriskChannelsTest, AnAttendedTransferMayJoinTwoBridges) {
    EXPECT_THAT(
        event("AttendedTransfer", "Result: Success\nDestType: Link\n" +
                                      of("Local/x@y-00000007;1", "7.1", "1.0", "6", "", "", "LocalOne") +
                                      of("Local/x@y-00000007;2", "7.2", "1.0", "6", "", "", "LocalTwo")),
        ElementsAre("updated 7.2"));
    EXPECT_EQ(facts().parent, "7.1");
    EXPECT_TRUE(facts().internal);
    EXPECT_THAT(event("AttendedTransfer", "Result: Success\nDestType: Bridge"), IsEmpty());
}

TEST_F(AsteriskChannelsTest, AConnectedPartyIsNamed) {
    ring();
    EXPECT_THAT(event("NewConnectedLine", "Uniqueid: 1.0\nConnectedLineNum: 102"),
                ElementsAre("updated 1.0"));
    EXPECT_EQ(facts().connected, "102");
    EXPECT_THAT(event("NewConnectedLine", "Uniqueid: 1.0\nConnectedLineNum: <unknown>"), IsEmpty());
}

TEST_F(AsteriskChannelsTest, WhoTakesAPlaceInABridgePushesOutWhoHadIt) {
    talk();
    event("Newchannel", of("PJSIP/103-00000002", "1.2", "1.2", "4", "103", "x"));
    EXPECT_THAT(enter("1.2", "b1", "SwapUniqueid: 1.0"), ElementsAre("left 1.0", "entered 1.2"));
    EXPECT_THAT(enter("1.2", "b1", "SwapUniqueid: 9.9"), ElementsAre("entered 1.2"));
}

// Lists

TEST_F(AsteriskChannelsTest, AListTellsOfCallsThatWereThereBefore) {
    const AmiTimes times{kNow, kNow};
    const auto listed = [&](const std::string& lines) {
        channels_.on_listed(ami("Event: CoreShowChannel\n" + lines), times, signals_);
    };
    channels_.on_snapshot_begins();
    listed(of("PJSIP/102-00000001", "1.1", "1.0", "6", "102", "") + "Application: AppDial\nBridgeId: b1");
    EXPECT_EQ(facts().direction, ChannelDirection::is_called);
    EXPECT_TRUE(facts().up);
    EXPECT_EQ(last().bridge, "b1");
    EXPECT_EQ(facts().parent, "1.0");
    listed(of("PJSIP/101-00000000", "1.0", "1.0", "6", "101", "102") + "Application: Dial\nBridgeId: b1");
    EXPECT_EQ(facts().direction, ChannelDirection::calls);
    EXPECT_EQ(facts().dialled, "102");
    listed(of("PJSIP/gw-00000002", "2.0", "2.0", "4", "0612345678", "103") + "Application: Dial\nBridgeId:");
    EXPECT_FALSE(facts().up);
    EXPECT_FALSE(facts().ringing);
    listed(of("PJSIP/103-00000003", "2.1", "2.0", "5", "103", "103") + "Application: AppDial\nBridgeId:");
    EXPECT_TRUE(facts().ringing);
    listed(of("Local/1@x-00000000;1", "3.1", "2.0", "6", "1", "1") + "Application: AppDial\nBridgeId: b3");
    listed(of("Local/1@x-00000000;2", "3.2", "2.0", "6", "1", "1") + "Application: Dial\nBridgeId: b4");
    EXPECT_FALSE(facts().up) << "nobody answers at a Local channel";

    signals_.clear();
    channels_.on_snapshot_ends(true, times, signals_);
    std::vector<std::string> told;
    for (const auto& signal : signals_)
        told.push_back(std::string(text_of(signal.kind)) + " " + signal.channel.id);
    EXPECT_THAT(told, ElementsAre("updated 3.2", "ringing 2.0"));
    EXPECT_EQ(signals_.front().channel.parent, "3.1");
}

TEST_F(AsteriskChannelsTest, AWholeListTakesAwayWhatItDoesNotHave) {
    talk();
    const AmiTimes times{kNow, kNow};
    channels_.on_snapshot_begins();
    channels_.on_listed(
        ami("Event: CoreShowChannel\n" + of("PJSIP/101-00000000", "1.0", "1.0", "6", "101", "102")), times,
        signals_);
    event("Newchannel", of("PJSIP/103-00000002", "5.0", "5.0", "4", "103", "101"));
    channels_.on_snapshot_ends(false, times, signals_);
    EXPECT_TRUE(channels_.is_up("1.1")) << "half a list takes nothing away";
    channels_.on_snapshot_ends(true, times, signals_);
    EXPECT_TRUE(channels_.is_up("1.0"));
    EXPECT_FALSE(channels_.is_up("1.1"));
    EXPECT_TRUE(channels_.is_up("5.0")) << "made since the list was asked for";
}

// Bounds and nonsense

TEST_F(AsteriskChannelsTest, RemembersABoundedNumber) {
    for (std::size_t i = 0; i < AsteriskChannels::kMost + 100; ++i) {
        signals_.clear();
        EXPECT_EQ(
            event("Newchannel", of("PJSIP/101-1", "n" + std::to_string(i), "", "4", "101", "102")).size(),
            1U);
    }
    EXPECT_EQ(channels_.size(), AsteriskChannels::kMost);
    EXPECT_EQ(facts().device, "101") << "told all the same";
}

TEST_F(AsteriskChannelsTest, EventsWithoutTheirFieldsAreBorne) {
    for (const char* name : {"Newchannel", "DialBegin", "DialState", "BlindTransfer", "AttendedTransfer",
                             "LocalBridge", "ParkedCall", "Rename", "NoSuchEvent", ""})
        EXPECT_THAT(event(name, ""), IsEmpty()) << name;
    for (const char* name : {"Newstate", "NewCallerid", "NewConnectedLine", "Newexten", "VarSet",
                             "BridgeEnter", "BridgeLeave", "Hold", "Unhold", "Hangup"})
        event(name, "");
}

}  // namespace
}  // namespace callboard
