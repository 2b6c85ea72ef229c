#include "sources/freeswitch/freeswitch_signals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ExchangeSignalKind;

constexpr Time kNow = Time(std::chrono::seconds(1'780'000'500));

class Signals : public testing::Test {
  protected:
    std::vector<ExchangeSignal> of(std::string event) {
        signals_.clear();
        const auto read = EslEvent::read({"text/event-plain", "", std::move(event)});
        source_.on_event(*read, kNow);
        return signals_;
    }
    ExchangeSignal one(const std::string& event) {
        const auto all = of(event);
        EXPECT_EQ(all.size(), 1U) << event;
        return all.empty() ? ExchangeSignal{} : all[0];
    }

    std::vector<ExchangeSignal> signals_;
    FreeswitchSignals source_{[this](const ExchangeSignal& signal) { signals_.push_back(signal); }};
};

const std::string kCameIn =
    "Unique-ID: a\nCall-Direction: inbound\nChannel-Name: sofia/internal/1001%40pbx.test\n"
    "Caller-Caller-ID-Number: 1001\nCaller-Destination-Number: 1002\nvariable_user_name: 1001\n"
    "variable_sip_call_id: x%40y\n";

TEST_F(Signals, a_channel_that_came_in_is_of_who_authenticated) {
    const auto signal = one("Event-Name: CHANNEL_CREATE\nEvent-Date-Timestamp: 1780000000123456\n" + kCameIn);
    EXPECT_EQ(signal.kind, Kind::created);
    EXPECT_EQ(signal.name, "CHANNEL_CREATE");
    EXPECT_EQ(signal.captured, Time(std::chrono::microseconds(1'780'000'000'123'456)));
    EXPECT_EQ(signal.collected, kNow);
    EXPECT_EQ(signal.channel.id, "a");
    EXPECT_EQ(signal.channel.direction, ChannelDirection::calls);
    EXPECT_EQ(signal.channel.device, "1001");
    EXPECT_EQ(signal.channel.caller, "1001");
    EXPECT_EQ(signal.channel.dialled, "1002");
    EXPECT_EQ(signal.channel.sip_call_id, "x@y");
    EXPECT_EQ(signal.channel.parent, "");
}

TEST_F(Signals, a_trunk_has_no_device) {
    EXPECT_EQ(one("Event-Name: CHANNEL_CREATE\nUnique-ID: t\nCall-Direction: inbound\n"
                  "Channel-Name: sofia/external/0612345678@carrier\nvariable_sip_from_user: 1001\n")
                  .channel.device,
              "");
    EXPECT_EQ(
        one("Event-Name: CHANNEL_CREATE\nUnique-ID: t\nCall-Direction: outbound\nvariable_originator: a\n"
            "Channel-Name: sofia/internal/1001@carrier\nvariable_sip_gateway_name: trunk\n"
            "variable_dialed_user: 1001\n")
            .channel.device,
        "");
}

TEST_F(Signals, a_channel_that_goes_out_is_of_whom_it_was_looked_up_for) {
    const std::string out = "Event-Name: CHANNEL_CREATE\nUnique-ID: b\nCall-Direction: outbound\n";
    const auto signal = one(out +
                            "Channel-Presence-ID: 1002%40pbx.test\nvariable_originator: a\n"
                            "variable_dialed_user: 1009\n");
    EXPECT_EQ(signal.channel.device, "1002");
    EXPECT_EQ(signal.channel.parent, "a");
    EXPECT_EQ(signal.channel.direction, ChannelDirection::is_called);
    EXPECT_EQ(one(out + "variable_dialed_user: 1009\n").channel.device, "1009");
    EXPECT_EQ(one(out + "Channel-Name: sofia/internal/1007%40pbx.test\n").channel.device, "1007");
    EXPECT_EQ(one(out + "Channel-Name: sofia/external/1007%40pbx.test\n").channel.device, "");
}

TEST_F(Signals, an_agents_leg_is_made_for_the_member) {
    EXPECT_EQ(
        one("Event-Name: CHANNEL_CREATE\nUnique-ID: b\nCall-Direction: outbound\nvariable_cc_side: agent\n"
            "variable_cc_member_session_uuid: m\n")
            .channel.parent,
        "m");
    EXPECT_EQ(
        one("Event-Name: CHANNEL_CREATE\nUnique-ID: m\nCall-Direction: inbound\nvariable_cc_side: member\n"
            "variable_cc_member_session_uuid: m\n")
            .channel.parent,
        "");
}

TEST_F(Signals, loopbacks_are_internal_and_know_each_other) {
    const auto b =
        one("Event-Name: CHANNEL_CREATE\nUnique-ID: lb\nCall-Direction: inbound\n"
            "Channel-Name: loopback/7001-b\nvariable_other_loopback_leg_uuid: la\n"
            "Channel-Presence-ID: 1001@x\n");
    EXPECT_TRUE(b.channel.internal);
    EXPECT_EQ(b.channel.parent, "la");
    EXPECT_EQ(b.channel.device, "");
}

TEST_F(Signals, what_was_dialled_is_not_where_the_dialplan_has_sent_it) {
    const std::string transferred =
        "Unique-ID: t\nCall-Direction: inbound\nCaller-Destination-Number: 7001\nCaller-RDNIS: 0199001000\n"
        "variable_sip_req_user: 0199001000\n";
    EXPECT_EQ(one("Event-Name: CHANNEL_ANSWER\n" + transferred).channel.dialled, "0199001000");
    EXPECT_EQ(one("Event-Name: CHANNEL_CREATE\n" + transferred).channel.dialled, "7001");
}

TEST_F(Signals, privacy_is_seen) {
    EXPECT_TRUE(
        one("Event-Name: CHANNEL_CREATE\nUnique-ID: t\nCaller-Privacy-Hide-Number: true\n").channel.withheld);
    EXPECT_TRUE(
        one("Event-Name: CHANNEL_CREATE\nUnique-ID: t\nvariable_sip_h_Privacy: id\n").channel.withheld);
    EXPECT_FALSE(one("Event-Name: CHANNEL_CREATE\nUnique-ID: t\nCaller-Privacy-Hide-Number: false\n")
                     .channel.withheld);
}

TEST_F(Signals, each_event_says_what_happened) {
    const std::vector<std::pair<std::string, Kind>> known = {
        {"CHANNEL_PROGRESS", Kind::ringing}, {"CHANNEL_PROGRESS_MEDIA", Kind::ringing},
        {"CHANNEL_ANSWER", Kind::answered},  {"CHANNEL_HOLD", Kind::held},
        {"CHANNEL_UNHOLD", Kind::resumed},   {"CALL_UPDATE", Kind::updated},
        {"CHANNEL_HANGUP", Kind::hung_up},   {"CHANNEL_HANGUP_COMPLETE", Kind::hung_up}};
    for (const auto& [name, kind] : known) {
        EXPECT_EQ(one("Event-Name: " + name + '\n' + kCameIn).kind, kind) << name;
        EXPECT_NE(FreeswitchSignals::subscription().find(name), std::string_view::npos) << name;
    }
    for (const char* other : {"CHANNEL_STATE", "HEARTBEAT", "API", "DTMF", ""})
        EXPECT_THAT(of(std::string("Event-Name: ") + other + '\n' + kCameIn), IsEmpty()) << other;
    EXPECT_THAT(of("Event-Name: CHANNEL_ANSWER\n"), IsEmpty()) << "no channel";
}

TEST_F(Signals, a_hold_by_command_is_no_phones_wish) {
    EXPECT_THAT(of("Event-Name: CHANNEL_HOLD\nEvent-Calling-File: switch_ivr.c\n" + kCameIn), IsEmpty());
    EXPECT_THAT(of("Event-Name: CHANNEL_UNHOLD\nEvent-Calling-File: switch_ivr.c\n" + kCameIn), IsEmpty());
    EXPECT_EQ(one("Event-Name: CHANNEL_HOLD\nEvent-Calling-File: switch_channel.c\n" + kCameIn).kind,
              Kind::held);
}

TEST_F(Signals, the_reason_is_for_people) {
    const auto why = [this](const std::string& headers) {
        return one("Event-Name: CHANNEL_HANGUP\nUnique-ID: a\n" + headers).cause;
    };
    EXPECT_EQ(why("Hangup-Cause: NORMAL_CLEARING\n"), "Q.850;cause=16");
    EXPECT_EQ(why("Hangup-Cause: LOSE_RACE\nvariable_sip_invite_failure_status: 487\n"
                  "variable_sip_invite_failure_phrase: CANCEL\n"),
              "Call completed elsewhere");
    EXPECT_EQ(why("Hangup-Cause: USER_BUSY\nvariable_sip_invite_failure_status: 486\n"
                  "variable_sip_invite_failure_phrase: Busy%20Here\n"),
              "486 Busy Here");
    EXPECT_EQ(why("Hangup-Cause: SUBSCRIBER_ABSENT\n"), "SUBSCRIBER_ABSENT");
    EXPECT_EQ(why(""), "");
}

TEST_F(Signals, a_bridge_is_said_of_both_its_ends) {
    const auto both =
        of("Event-Name: CHANNEL_BRIDGE\nBridge-A-Unique-ID: a\nBridge-B-Unique-ID: b\n" + kCameIn);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].kind, Kind::entered_bridge);
    EXPECT_EQ(both[0].channel.id, "a");
    EXPECT_EQ(both[0].channel.device, "1001") << "the event is of this one";
    EXPECT_EQ(both[1].channel.id, "b");
    EXPECT_EQ(both[1].channel.device, "");
    EXPECT_EQ(both[0].bridge, both[1].bridge);
    const auto apart =
        of("Event-Name: CHANNEL_UNBRIDGE\nBridge-A-Unique-ID: a\nBridge-B-Unique-ID: b\n" + kCameIn);
    ASSERT_EQ(apart.size(), 2U);
    EXPECT_EQ(apart[0].bridge, both[0].bridge);
    EXPECT_THAT(of("Event-Name: CHANNEL_BRIDGE\nUnique-ID: a\nOther-Leg-Unique-ID: b\n"), testing::SizeIs(2));
    EXPECT_THAT(of("Event-Name: CHANNEL_BRIDGE\nUnique-ID: a\n"), IsEmpty());
}

TEST_F(Signals, callcenter_headers_take_the_names_of_the_protocol) {
    const auto signal =
        one("Event-Subclass: callcenter%3A%3Ainfo\nEvent-Name: CUSTOM\nUnique-ID: "
            "m\nCaller-Privacy-Hide-Number: true\n"
            "CC-Queue: support%40default\nCC-Action: agent-offering\nCC-Agent: "
            "1001%40default\nCC-Agent-Type: callback\n"
            "CC-Agent-UUID: leg\nCC-Member-UUID: place\nCC-Member-Session-UUID: m\nCC-Member-CID-Number: "
            "0612345678\n"
            "CC-Hangup-Cause: SUCCESS\nCC-Cause: Terminated\nCC-Cancel-Reason: NONE\nCC-Count: 3\n");
    EXPECT_EQ(signal.kind, Kind::queue_action);
    const auto& action = signal.queue;
    EXPECT_EQ(action.action, "agent-offering");
    EXPECT_EQ(action.queue, "support@default");
    EXPECT_EQ(action.agent, "1001@default");
    EXPECT_EQ(action.caller, "0612345678");
    EXPECT_EQ(action.caller_channel, "m");
    EXPECT_EQ(action.agent_channel, "leg");
    EXPECT_TRUE(action.caller_withheld);
    std::vector<std::string> fields;
    for (const auto& [name, value] : action.fields.members) fields.push_back(name + '=' + value);
    EXPECT_THAT(fields, ElementsAre("Count=3", "QueueAgentType=callback", "QueueAgentUUID=leg",
                                    "QueueCancelReason=NONE", "QueueCause=Terminated",
                                    "QueueHangupCause=SUCCESS", "QueueMemberCIDNumber=0612345678",
                                    "QueueMemberSessionUUID=m", "QueueMemberUUID=place"));
}

TEST_F(Signals, the_agents_channel_says_nothing_of_the_callers_privacy) {
    EXPECT_FALSE(
        one("Event-Subclass: callcenter%3A%3Ainfo\nUnique-ID: leg\nCaller-Privacy-Hide-Number: true\n"
            "CC-Action: bridge-agent-start\nCC-Member-Session-UUID: m\n")
            .queue.caller_withheld);
}

// Registrations

std::string registration(const std::string& subclass, const std::string& contact) {
    return "Event-Subclass: sofia%3A%3A" + subclass +
           "\nEvent-Name: CUSTOM\nfrom-user: 1005\ncall-id: r\ncontact: " + contact + '\n';
}

TEST_F(Signals, a_user_is_registered_until_his_last_contact_is_gone) {
    EXPECT_EQ(one(registration("register", "one")).kind, Kind::registered);
    EXPECT_EQ(one(registration("register", "two")).kind, Kind::registered);
    EXPECT_THAT(of(registration("unregister", "one")), IsEmpty());
    const auto last = one(registration("unregister", "two"));
    EXPECT_EQ(last.kind, Kind::unregistered);
    EXPECT_EQ(last.channel.device, "1005");
    EXPECT_EQ(last.channel.sip_call_id, "r");
}

TEST_F(Signals, an_expiry_has_no_from_user_and_says_why) {
    const auto signal = one("Event-Subclass: sofia%3A%3Aexpire\nuser: 1004\nusername: 1004\ncontact: x\n");
    EXPECT_EQ(signal.kind, Kind::unregistered);
    EXPECT_EQ(signal.channel.device, "1004");
    EXPECT_EQ(signal.cause, "Registration expired");
}

TEST_F(Signals, attempts_are_no_registrations) {
    EXPECT_THAT(of(registration("register_attempt", "x")), IsEmpty());
    EXPECT_THAT(of(registration("pre_register", "x")), IsEmpty());
    EXPECT_THAT(of(registration("register_failure", "x")), IsEmpty());
}

TEST(UserInContact, is_found_in_every_form) {
    EXPECT_EQ(user_in_contact("[leg_timeout=5]user/1001@pbx.test"), "1001");
    EXPECT_EQ(user_in_contact("{a=b}[c=d]user/1001"), "1001");
    EXPECT_EQ(user_in_contact("1001@pbx.test"), "1001");
    EXPECT_EQ(user_in_contact("sofia/internal/1001@10.0.0.1:5060"), "1001");
    EXPECT_EQ(user_in_contact("sofia/gateway/trunk/0612345678"), "");
    EXPECT_EQ(user_in_contact("loopback/agent1004/default"), "");
    EXPECT_EQ(user_in_contact("[never closed"), "");
    EXPECT_EQ(user_in_contact(""), "");
}

}  // namespace
}  // namespace callboard
