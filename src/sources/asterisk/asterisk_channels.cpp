#include "sources/asterisk/asterisk_channels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace callboard {
namespace {

constexpr std::string_view kCallId = "CHANNEL(pjsip,call-id)";
constexpr std::string_view kPresentation = "CALLERID(num-pres)";
constexpr std::string_view kRingState = "4", kRingingState = "5", kUpState = "6";
constexpr std::string_view kMasquerade = "<MASQ>";

/// `ChannelState` of a new channel (Asterisk's ast_channel_state): who was there first.
ChannelDirection direction_of(std::string_view state) {
    if (state == "0" || state == "1" || state == kRingingState) return ChannelDirection::is_called;
    return state == kRingState ? ChannelDirection::calls : ChannelDirection::unknown;
}

/// `s` and the like are places in a dialplan, not what somebody dialled.
std::string_view extension_or_nothing(std::string_view extension) {
    return extension == "s" || extension == "h" || extension == "i" || extension == "t" ? std::string_view()
                                                                                        : extension;
}

std::string cause_of(const AmiFrame& frame) {
    const std::string_view cause = frame.get("Cause");
    if (cause == "26") return "Call completed elsewhere";
    return cause.empty() || cause == "0" ? std::string() : fmt::format("Q.850;cause={}", cause);
}

/// Parked or waiting channels share such a bridge and hear music, not each other.
bool is_holding(const AmiFrame& frame) {
    return frame.get("BridgeTechnology") == "holding_bridge" || frame.get("BridgeType") == "parking";
}

}  // namespace

const AsteriskChannels::Handler* AsteriskChannels::handler_of(std::string_view event) {
    static const StringMap<Handler> kHandlers = {
        {"Newchannel", &AsteriskChannels::new_channel},
        {"Newstate", &AsteriskChannels::new_state},
        {"NewCallerid", &AsteriskChannels::new_caller},
        {"NewConnectedLine", &AsteriskChannels::new_connected},
        {"DialBegin", &AsteriskChannels::dial_begin},
        {"DialState", &AsteriskChannels::dial_state},
        {"Newexten", &AsteriskChannels::new_extension},
        {"VarSet", &AsteriskChannels::var_set},
        {"BridgeEnter", &AsteriskChannels::bridge_enter},
        {"BridgeLeave", &AsteriskChannels::bridge_leave},
        {"Hold", &AsteriskChannels::hold},
        {"Unhold", &AsteriskChannels::unhold},
        {"BlindTransfer", &AsteriskChannels::blind_transfer},
        {"AttendedTransfer", &AsteriskChannels::local_bridge},
        {"LocalBridge", &AsteriskChannels::local_bridge},
        {"ParkedCall", &AsteriskChannels::parked},
        {"Rename", &AsteriskChannels::renamed},
        {"Hangup", &AsteriskChannels::hangup},
    };
    const auto found = kHandlers.find(event);
    return found == kHandlers.end() ? nullptr : &found->second;
}

void AsteriskChannels::on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out) {
    event_ = frame.event();
    const Handler* handler = handler_of(event_);
    if (handler == nullptr) return;
    times_ = times;
    out_ = &out;
    (this->*(*handler))(frame);
}

// What is known of a channel

AsteriskChannels::Channel& AsteriskChannels::known(std::string_view id, const AmiFrame& frame,
                                                   std::string_view prefix) {
    if (const auto found = channels_.find(id); found != channels_.end()) return found->second;
    if (channels_.size() < kMost) {
        Channel& channel = channels_[std::string(id)];
        take_facts(channel, id, frame, prefix);
        return channel;
    }
    Channel& channel = unremembered_[last_unremembered_ ^= 1];
    channel = {};
    take_facts(channel, id, frame, prefix);
    return channel;
}

/// From the lines that every event of a channel has.
void AsteriskChannels::take_facts(Channel& channel, std::string_view id, const AmiFrame& frame,
                                  std::string_view prefix) {
    const auto get = [&](std::string_view key) { return frame.get(std::string(prefix).append(key)); };
    const std::string_view name = get("Channel"), state = get("ChannelState");
    const AsteriskChannelName parsed = parse_channel_name(name);
    channel.name = name;
    channel.internal = parsed.internal;
    channel.direction = direction_of(state);
    channel.up = state == kUpState;
    channel.rings = state == kRingingState;
    if (const std::string_view linked = get("Linkedid"); linked != id) channel.linked_id = linked;
    channel.number = number_or_nothing(get("CallerIDNum"));
    channel.sip_call_id = frame.channel_variable(kCallId, prefix);
    const bool called = channel.direction == ChannelDirection::is_called;
    // A channel that is called shows the number of its own end.
    if (called)
        channel.caller = number_or_nothing(get("ConnectedLineNum"));
    else
        channel.dialled = extension_or_nothing(get("Exten"));
    channel.withheld = !called && !channel.internal &&
                       (is_withheld(frame.channel_variable(kPresentation, prefix)) || channel.number.empty());
    if (!channel.internal)
        channel.device = device_of(parsed.resource, called ? std::string_view() : channel.number, knows_);
    if (!channel.linked_id.empty())
        if (const auto first = channels_.find(channel.linked_id);
            first != channels_.end() && channel.internal)
            channel.dialled = first->second.dialled;
}

/// The one that is called on behalf of `parent` hears of the same caller.
void AsteriskChannels::take_caller_of(Channel& channel, const Channel& parent) {
    if (parent.direction == ChannelDirection::is_called && !parent.internal) {
        // A phone that the exchange called and that now calls on (click to call, a transferred party).
        channel.caller = parent.device.empty() ? parent.number : parent.device;
        return;
    }
    if (!parent.number.empty()) channel.caller = parent.number;
    channel.withheld = parent.withheld;
}

AsteriskChannels::Party AsteriskChannels::party(std::string_view id, const AmiFrame& frame) const {
    Party party{std::string(number_or_nothing(frame.get("CallerIDNum"))), false,
                std::string(extension_or_nothing(frame.get("Exten")))};
    const auto found = channels_.find(id);
    if (found == channels_.end()) {
        party.withheld = party.number.empty();
        return party;
    }
    const Channel& channel = found->second;
    const bool called = channel.direction == ChannelDirection::is_called && !channel.internal;
    if (called && !channel.device.empty())
        party.number = channel.device;
    else if (!channel.number.empty())
        party.number = channel.number;
    party.withheld = channel.withheld || party.number.empty();
    if (!channel.dialled.empty() && !called) party.dialled = channel.dialled;
    return party;
}

// Signals

ExchangeSignal& AsteriskChannels::tell(ExchangeSignalKind kind, std::string_view id, const Channel& channel) {
    ExchangeSignal signal;
    signal.kind = kind;
    signal.captured = times_.captured;
    signal.collected = times_.collected;
    signal.name = event_;
    ExchangeChannel& facts = signal.channel;
    facts.id = id;
    facts.linked_id = channel.linked_id.empty() ? std::string(id) : channel.linked_id;
    facts.parent = channel.parent;
    facts.device = channel.device;
    facts.direction = channel.direction;
    facts.caller = channel.direction == ChannelDirection::is_called ? channel.caller : channel.number;
    facts.withheld = channel.withheld;
    facts.dialled = channel.dialled;
    facts.sip_call_id = channel.sip_call_id;
    facts.internal = channel.internal;
    out_->push_back(std::move(signal));
    return out_->back();
}

void AsteriskChannels::ring(std::string_view id, Channel& channel) {
    if (channel.internal || channel.up) return;
    channel.rings = true;
    tell(ExchangeSignalKind::ringing, id, channel);
}

// Events of one channel

void AsteriskChannels::new_channel(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    if (id.empty()) return;
    channels_.erase(std::string(id));  // an id that comes again is another channel
    listed_.insert(std::string(id));
    Channel& channel = known(id, frame, "");
    // A channel made for a call that has begun is called, whatever its state.
    if (channel.direction == ChannelDirection::unknown && !channel.linked_id.empty())
        channel.direction = ChannelDirection::is_called;
    tell(ExchangeSignalKind::created, id, channel);
}

void AsteriskChannels::new_state(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid"), state = frame.get("ChannelState");
    Channel& channel = known(id, frame, "");
    if (state == kRingingState) {
        channel.up = false;
        if (channel.direction == ChannelDirection::unknown) channel.direction = ChannelDirection::is_called;
        ring(id, channel);
    } else if (state == kUpState) {
        channel.up = true;
        channel.rings = false;
        if (!channel.internal) tell(ExchangeSignalKind::answered, id, channel);
    }
}

void AsteriskChannels::new_caller(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    Channel& channel = known(id, frame, "");
    const std::string_view number = number_or_nothing(frame.get("CallerIDNum"));
    channel.number = number;
    if (channel.direction != ChannelDirection::is_called) {
        channel.withheld = is_withheld(frame.get("CID-CallingPres")) || (number.empty() && !channel.internal);
        if (channel.internal) return;
    } else {
        // What a phone is shown that the exchange calls for nobody (Originate); else the number of its own.
        if (!channel.parent.empty() || !channel.linked_id.empty() || channel.internal) return;
        channel.caller = number;
    }
    tell(ExchangeSignalKind::updated, id, channel);
}

void AsteriskChannels::new_connected(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    Channel& channel = known(id, frame, "");
    const std::string_view number = number_or_nothing(frame.get("ConnectedLineNum"));
    if (channel.internal || number.empty()) return;
    tell(ExchangeSignalKind::updated, id, channel).channel.connected = number;
}

void AsteriskChannels::new_extension(const AmiFrame& frame) {
    const std::string_view application = frame.get("Application");
    // The dialplan rings, or plays something before it answers.
    if (application != "Ringing" && application != "Progress") return;
    const std::string_view id = frame.get("Uniqueid");
    ring(id, known(id, frame, ""));
}

/// chan_sip says the Call-ID of its dialogs; so may a dialplan.
void AsteriskChannels::var_set(const AmiFrame& frame) {
    if (frame.get("Variable") != "SIPCALLID") return;
    const std::string_view id = frame.get("Uniqueid"), value = frame.get("Value");
    Channel& channel = known(id, frame, "");
    if (value.empty() || !channel.sip_call_id.empty()) return;
    channel.sip_call_id = value;
    tell(ExchangeSignalKind::updated, id, channel);
}

void AsteriskChannels::hold(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    const Channel& channel = known(id, frame, "");
    if (!channel.internal) tell(ExchangeSignalKind::held, id, channel);
}

void AsteriskChannels::unhold(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    const Channel& channel = known(id, frame, "");
    if (!channel.internal) tell(ExchangeSignalKind::resumed, id, channel);
}

void AsteriskChannels::hangup(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    tell(ExchangeSignalKind::hung_up, id, known(id, frame, "")).cause = cause_of(frame);
    channels_.erase(std::string(id));
    listed_.erase(std::string(id));
}

// Events of several

void AsteriskChannels::dial_begin(const AmiFrame& frame) {
    const std::string_view id = frame.get("DestUniqueid"), parent_id = frame.get("Uniqueid");
    if (id.empty()) return;
    Channel& channel = known(id, frame, "Dest");
    channel.direction = ChannelDirection::is_called;
    const std::string_view user = dialled_user(frame.get("DialString"));
    if (!channel.internal) {
        if (channel.device.empty())
            channel.device = device_of(parse_channel_name(channel.name).resource, user, knows_);
        channel.dialled = user;
    }
    if (!parent_id.empty()) {
        channel.parent = parent_id;
        take_caller_of(channel, known(parent_id, frame, ""));
    }
    tell(ExchangeSignalKind::updated, id, channel);
}

void AsteriskChannels::dial_state(const AmiFrame& frame) {
    const std::string_view status = frame.get("DialStatus");
    if (status != "RINGING" && status != "PROGRESS") return;
    // First the phone, then he who hears it.
    if (const std::string_view id = frame.get("DestUniqueid"); !id.empty())
        ring(id, known(id, frame, "Dest"));
    const std::string_view id = frame.get("Uniqueid");
    if (id.empty() || frame.get("ChannelState") == kUpState) return;
    ring(id, known(id, frame, ""));
}

void AsteriskChannels::bridge_enter(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    // Whose place it takes is on its way out, and talks to nobody any more.
    if (const auto swapped = channels_.find(frame.get("SwapUniqueid")); swapped != channels_.end())
        tell(ExchangeSignalKind::left_bridge, swapped->first, swapped->second).bridge =
            frame.get("BridgeUniqueid");
    const Channel& channel = known(id, frame, "");
    if (is_holding(frame))
        tell(ExchangeSignalKind::left_bridge, id, channel);
    else
        tell(ExchangeSignalKind::entered_bridge, id, channel).bridge = frame.get("BridgeUniqueid");
}

void AsteriskChannels::bridge_leave(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    tell(ExchangeSignalKind::left_bridge, id, known(id, frame, "")).bridge = frame.get("BridgeUniqueid");
}

void AsteriskChannels::blind_transfer(const AmiFrame& frame) {
    const std::string_view id = frame.get("TransfereeUniqueid");
    if (id.empty() || frame.get("Result") != "Success") return;
    tell(ExchangeSignalKind::redirected, id, known(id, frame, "Transferee")).channel.dialled =
        frame.get("Extension");
}

void AsteriskChannels::parked(const AmiFrame& frame) {
    const std::string_view id = frame.get("ParkeeUniqueid");
    if (id.empty()) return;
    tell(ExchangeSignalKind::redirected, id, known(id, frame, "Parkee")).channel.dialled =
        frame.get("ParkingSpace");
}

/// Both halves of a Local channel; an attended transfer makes such a pair between two bridges.
void AsteriskChannels::local_bridge(const AmiFrame& frame) {
    const std::string_view one = frame.get("LocalOneUniqueid"), two = frame.get("LocalTwoUniqueid");
    if (one.empty() || two.empty()) return;
    for (const auto& [id, prefix] : {std::pair(one, "LocalOne"), std::pair(two, "LocalTwo")})
        known(id, frame, prefix).internal = true;
    Channel& second = known(two, frame, "LocalTwo");
    second.parent = one;
    tell(ExchangeSignalKind::updated, two, second);
}

/// A masquerade renames three times: the clone to NAME<MASQ>, the original to NAME, the clone to the
/// original's name with <ZOMBIE>. From the second on the clone's phone is behind the original.
void AsteriskChannels::renamed(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid"), before = frame.get("Channel"),
                           name = frame.get("Newname");
    if (name.ends_with(kMasquerade)) {
        masquerading_ = id;
        masquerade_name_ = name.substr(0, name.size() - kMasquerade.size());
        return;
    }
    const auto original = channels_.find(id);
    const auto clone = channels_.find(masquerading_);
    if (masquerade_name_.empty() || name != masquerade_name_ || masquerading_ == id) {
        if (original != channels_.end()) original->second.name = name;
        return;
    }
    const std::string other = std::exchange(masquerading_, {});
    masquerade_name_.clear();
    if (original == channels_.end() || clone == channels_.end()) return;
    Channel& first = original->second;
    Channel& second = clone->second;
    ExchangeSignal& signal = tell(ExchangeSignalKind::swapped, id, first);
    signal.other = other;
    // Its facts are those of before; afterwards each has the other's.
    std::swap(first, second);
    std::swap(first.parent, second.parent);
    std::swap(first.linked_id, second.linked_id);
    second.name = before;
}

// Snapshots

void AsteriskChannels::on_listed(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out) {
    const std::string_view id = frame.get("Uniqueid"), application = frame.get("Application");
    if (id.empty()) return;
    event_ = frame.event();
    times_ = times;
    out_ = &out;
    listed_.insert(std::string(id));
    const bool fresh = !channels_.contains(id);
    Channel& channel = known(id, frame, "");
    if (fresh && !channel.internal) {
        const bool called = application.starts_with("AppDial") || application == "AppQueue";
        channel.direction = called ? ChannelDirection::is_called : ChannelDirection::calls;
        channel.caller = number_or_nothing(frame.get("ConnectedLineNum"));
        channel.dialled = called ? std::string_view() : extension_or_nothing(frame.get("Exten"));
        if (called) {
            channel.withheld = false;
            channel.parent = channel.linked_id;
        }
    }
    ExchangeSignal& signal = tell(ExchangeSignalKind::channel_listed, id, channel);
    signal.channel.up = channel.up && !channel.internal;
    signal.channel.ringing = channel.rings && !channel.internal;
    signal.bridge = frame.get("BridgeId");
}

void AsteriskChannels::on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out) {
    event_ = "CoreShowChannelsComplete";
    times_ = times;
    out_ = &out;
    if (!whole) return;
    std::erase_if(channels_, [this](const auto& entry) { return !listed_.contains(entry.first); });
    join_halves();
    // Whoever calls a phone that rings hears it.
    for (const auto& [id, called] : channels_) {
        if (!called.rings || called.internal || called.linked_id.empty()) continue;
        const auto caller = channels_.find(called.linked_id);
        if (caller == channels_.end() || caller->second.rings) continue;
        if (caller->second.direction == ChannelDirection::calls) ring(caller->first, caller->second);
    }
}

/// Local channels that were there before: the halves are found by their names, NAME;1 and NAME;2.
void AsteriskChannels::join_halves() {
    StringMap<std::string_view> firsts;
    for (const auto& [id, channel] : channels_)
        if (channel.internal && channel.name.ends_with(";1")) firsts[channel.name] = id;
    for (auto& [id, channel] : channels_) {
        if (!channel.internal || !channel.parent.empty() || !channel.name.ends_with(";2")) continue;
        const auto first = firsts.find(channel.name.substr(0, channel.name.size() - 1) + "1");
        if (first == firsts.end()) continue;
        channel.parent = first->second;
        tell(ExchangeSignalKind::updated, id, channel);
    }
}

}  // namespace callboard
