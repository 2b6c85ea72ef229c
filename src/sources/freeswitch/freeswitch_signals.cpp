#include "sources/freeswitch/freeswitch_signals.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace callboard {
namespace {

using Kind = ExchangeSignalKind;

struct ChannelEvent {
    std::string_view name;
    Kind kind;
};
constexpr std::array<ChannelEvent, 10> kChannelEvents = {{
    {"CHANNEL_CREATE", Kind::created},
    {"CHANNEL_PROGRESS", Kind::ringing},
    {"CHANNEL_PROGRESS_MEDIA", Kind::ringing},
    {"CHANNEL_ANSWER", Kind::answered},
    {"CHANNEL_HOLD", Kind::held},
    {"CHANNEL_UNHOLD", Kind::resumed},
    {"CALL_UPDATE", Kind::updated},
    {"CHANNEL_HANGUP", Kind::hung_up},
    {"CHANNEL_HANGUP_COMPLETE", Kind::hung_up},
    {"CHANNEL_DESTROY", Kind::hung_up},
}};

/// Event-Date-Timestamp, microseconds; `otherwise` when it is absent or impossible.
Time time_of(const EslEvent& event, Time otherwise) {
    const auto us = number_in<std::int64_t>(event.raw("Event-Date-Timestamp"));
    constexpr std::int64_t kLatest = 9'000'000'000'000'000;  // fits nanoseconds
    if (!us || *us <= 0 || *us > kLatest) return otherwise;
    return Time(std::chrono::microseconds(*us));
}

std::string_view before(std::string_view text, char mark) { return text.substr(0, text.find(mark)); }

bool is_trunk(const EslEvent& event) {
    return event.has("variable_sip_gateway_name") || event.has("variable_sip_gateway") ||
           event.has("variable_sip_use_gateway");
}

/// `1002` in `sofia/internal/1002@pbx.test`.
std::string user_in_name(std::string_view name) {
    if (!name.starts_with("sofia/")) return {};
    name.remove_prefix(6);
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos || name.substr(0, slash) == "external") return {};
    name.remove_prefix(slash + 1);
    const std::size_t at = name.find('@');
    return at == std::string_view::npos ? std::string() : std::string(before(name.substr(0, at), ';'));
}

/// Whose phone is at the end of a channel: of a call that came in, who authenticated; of one that goes out,
/// for whom its address was looked up. A trunk has neither.
std::string device_of(const EslEvent& event, ChannelDirection direction) {
    if (direction == ChannelDirection::calls)
        if (auto user = event.get("variable_user_name"); !user.empty()) return user;
    if (const auto presence = event.get("Channel-Presence-ID"); !presence.empty())
        return std::string(before(presence, '@'));
    if (direction != ChannelDirection::is_called || is_trunk(event)) return {};
    if (auto user = event.get("variable_dialed_user"); !user.empty()) return user;
    return user_in_name(event.get("Channel-Name"));
}

/// Only from what stays the same as long as the channel lives: Other-Leg-* names whoever it talks to.
std::string parent_of(const EslEvent& event, std::string_view name) {
    if (name.starts_with("loopback/") && name.ends_with("-b"))
        return event.get("variable_other_loopback_leg_uuid");
    if (event.raw("Call-Direction") != "outbound") return {};
    if (auto originator = event.get("variable_originator"); !originator.empty()) return originator;
    return event.raw("variable_cc_side") == "agent" ? event.get("variable_cc_member_session_uuid")
                                                    : std::string();
}

bool is_withheld(const EslEvent& event) {
    if (event.raw("Caller-Privacy-Hide-Number") == "true") return true;
    const std::string privacy = event.get("variable_sip_h_Privacy");
    return privacy.find("id") != std::string::npos || privacy.find("user") != std::string::npos ||
           privacy.find("header") != std::string::npos;
}

/// Later events of a call that came in name where the dialplan has sent it.
std::string dialled_of(const EslEvent& event) {
    if (event.raw("Call-Direction") == "inbound" && event.has("Caller-RDNIS") &&
        event.name() != "CHANNEL_CREATE")
        for (const char* name : {"variable_sip_req_user", "variable_sip_to_user"})
            if (auto dialled = event.get(name); !dialled.empty()) return dialled;
    return event.get("Caller-Destination-Number");
}

bool is_small_number(std::string_view text) {
    return !text.empty() && text.size() <= 3 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The reason for people: what the phone answered (`486 Busy Here`), else the cause of ITU-T Q.850, else
/// FreeSWITCH's own word.
std::string cause_of(const EslEvent& event) {
    const std::string cause = event.get("Hangup-Cause");
    if (cause == "LOSE_RACE" || cause == "PICKED_OFF") return "Call completed elsewhere";
    const std::string status = event.get("variable_sip_invite_failure_status");
    const std::string phrase = event.get("variable_sip_invite_failure_phrase");
    if (is_small_number(status) && !phrase.empty() && phrase != "CANCEL") return status + ' ' + phrase;
    if (cause == "NORMAL_CLEARING") return "Q.850;cause=16";
    return cause;
}

/// `uuid_hold` announces itself; the hold of a phone comes with its re-INVITE.
bool is_by_command(const EslEvent& event) { return event.raw("Event-Calling-File") == "switch_ivr.c"; }

/// `CC-Member-UUID` as the OVH protocol names it (§4.2): `QueueMemberUUID`.
std::string queue_name(std::string_view header) {
    std::string name = "Queue";
    for (char c : header.substr(3))
        if (c != '-') name += c;
    return name;
}

}  // namespace

std::string user_in_contact(std::string_view contact) {
    while (contact.starts_with('[') || contact.starts_with('{')) {
        const std::size_t end = contact.find(contact.front() == '[' ? ']' : '}');
        if (end == std::string_view::npos) return {};
        contact.remove_prefix(end + 1);
    }
    if (contact.starts_with("user/"))
        contact.remove_prefix(5);
    else if (contact.find('/') != std::string_view::npos)
        return user_in_name(contact);
    return std::string(before(contact, '@'));
}

ExchangeChannel channel_of(const EslEvent& event) {
    ExchangeChannel channel;
    channel.id = event.get("Unique-ID");
    const std::string name = event.get("Channel-Name");
    channel.internal = name.starts_with("loopback/");
    const std::string_view direction = event.raw("Call-Direction");
    if (direction == "inbound") channel.direction = ChannelDirection::calls;
    if (direction == "outbound") channel.direction = ChannelDirection::is_called;
    channel.parent = parent_of(event, name);
    if (!channel.internal) channel.device = device_of(event, channel.direction);
    channel.caller = event.get("Caller-Caller-ID-Number");
    channel.withheld = is_withheld(event);
    channel.dialled = dialled_of(event);
    channel.sip_call_id = event.get("variable_sip_call_id");
    return channel;
}

std::string_view FreeswitchSignals::subscription() {
    return "CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE "
           "CHANNEL_UNBRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CALL_UPDATE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE "
           "CUSTOM callcenter::info sofia::register sofia::unregister sofia::expire";
}

void FreeswitchSignals::on_event(const EslEvent& event, Time collected) {
    const std::string& name = event.name();
    if (name == "callcenter::info") return on_callcenter(event, collected);
    if (name.starts_with("sofia::")) return on_registration(event, collected);
    if (name == "CHANNEL_BRIDGE") return on_bridge(Kind::entered_bridge, event, collected);
    if (name == "CHANNEL_UNBRIDGE") return on_bridge(Kind::left_bridge, event, collected);
    for (const auto& known : kChannelEvents)
        if (known.name == name) return on_channel(known.kind, event, collected);
}

void FreeswitchSignals::on_channel(Kind kind, const EslEvent& event, Time collected) {
    if ((kind == Kind::held || kind == Kind::resumed) && is_by_command(event)) return;
    ExchangeSignal signal;
    signal.kind = kind;
    signal.captured = time_of(event, collected);
    signal.collected = collected;
    signal.name = event.name();
    signal.channel = channel_of(event);
    if (signal.channel.id.empty()) return;
    if (kind == Kind::hung_up) signal.cause = cause_of(event);
    emit_(signal);
}

/// FreeSWITCH joins two channels, and tells of it once.
void FreeswitchSignals::on_bridge(Kind kind, const EslEvent& event, Time collected) {
    ExchangeSignal signal;
    signal.kind = kind;
    signal.captured = time_of(event, collected);
    signal.collected = collected;
    signal.name = event.name();
    std::string a = event.get("Bridge-A-Unique-ID");
    std::string b = event.get("Bridge-B-Unique-ID");
    if (a.empty() || b.empty()) {
        a = event.get("Unique-ID");
        b = event.get("Other-Leg-Unique-ID");
    }
    if (a.empty() || b.empty()) return;
    signal.bridge = a + '/' + b;
    for (const auto& id : {a, b}) {
        signal.channel = id == event.get("Unique-ID") ? channel_of(event) : ExchangeChannel{};
        signal.channel.id = id;
        emit_(signal);
    }
}

void FreeswitchSignals::on_callcenter(const EslEvent& event, Time collected) {
    ExchangeSignal signal;
    signal.kind = Kind::queue_action;
    signal.captured = time_of(event, collected);
    signal.collected = collected;
    signal.name = event.name();
    ExchangeQueueAction& action = signal.queue;
    action.action = event.get("CC-Action");
    action.queue = event.get("CC-Queue");
    action.agent = event.get("CC-Agent");
    action.agent_channel = event.get("CC-Agent-UUID");
    action.caller_channel = event.get("CC-Member-Session-UUID");
    action.caller = event.get("CC-Member-CID-Number");
    // With the caller's joining and leaving comes the caller's channel.
    if (!action.caller_channel.empty() && action.caller_channel == event.get("Unique-ID"))
        action.caller_withheld = is_withheld(event);
    if (const auto contact = event.get("CC-Agent-Contact"); !contact.empty())
        action.agent_device = user_in_contact(contact);
    event.each("CC-", [&](std::string_view header, std::string value) {
        if (header == "CC-Action" || header == "CC-Queue" || header == "CC-Agent") return;
        action.fields.set(header == "CC-Count" ? "Count" : queue_name(header), std::move(value));
    });
    if (!action.action.empty()) emit_(signal);
}

void FreeswitchSignals::on_registration(const EslEvent& event, Time collected) {
    ExchangeSignal signal;
    signal.captured = time_of(event, collected);
    signal.collected = collected;
    signal.name = event.name();
    for (const char* name : {"from-user", "username", "user"})
        if (signal.channel.device.empty()) signal.channel.device = event.get(name);
    const std::string& user = signal.channel.device;
    if (user.empty()) return;
    signal.channel.sip_call_id = event.get("call-id");
    const std::string contact = event.get("contact");
    if (event.name() == "sofia::register") {
        signal.kind = Kind::registered;
        if (contact_count_ < kMostContacts && contacts_[user].insert(contact).second) ++contact_count_;
        return emit_(signal);
    }
    if (event.name() != "sofia::unregister" && event.name() != "sofia::expire") return;
    if (const auto known = contacts_.find(user); known != contacts_.end()) {
        contact_count_ -= known->second.erase(contact);
        if (!known->second.empty()) return;
        contacts_.erase(known);
    }
    signal.kind = Kind::unregistered;
    if (event.name() == "sofia::expire") signal.cause = "Registration expired";
    emit_(signal);
}

void FreeswitchSignals::on_registration_listed(std::string_view user, std::string_view contact, Time now) {
    if (user.empty()) return;
    if (contact_count_ < kMostContacts && contacts_[std::string(user)].insert(std::string(contact)).second)
        ++contact_count_;
    ExchangeSignal signal;
    signal.kind = Kind::register_listed;
    signal.captured = signal.collected = now;
    signal.name = "show registrations";
    signal.channel.device = user;
    emit_(signal);
}

}  // namespace callboard
