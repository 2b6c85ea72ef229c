#include "core/exchange_legs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "core/sip_parties.hpp"

namespace callboard {

bool ExchangeLegs::is_anonymous(std::string_view raw) {
    static constexpr std::array<std::string_view, 7> kNames = {
        "anonymous", "restricted", "unavailable", "unknown", "private", "withheld", "0000000000"};
    return std::any_of(kNames.begin(), kNames.end(),
                       [raw](std::string_view name) { return equals_ignoring_case(name, raw); });
}

// Names

std::string ExchangeLegs::party(const Directory& directory, std::string_view raw) {
    if (is_anonymous(raw)) return std::string(kAnonymous);
    return std::string(numbering_.party(directory, raw));
}

std::string ExchangeLegs::identity(const ExchangeCall& call, const Directory& directory) {
    const ExchangeLeg& leg = call.leg;
    if (leg.direction == ChannelDirection::calls && leg.withheld) return std::string(kAnonymous);
    if (leg.is_ours()) return leg.line;
    if (leg.direction == ChannelDirection::calls)
        return leg.caller.empty() ? "" : party(directory, leg.caller);
    // A trunk that was dialled. What is dialled there may carry a carrier's prefix: if it is no number, what
    // the caller dialled says it better.
    std::string number = leg.dialled.empty() ? std::string() : party(directory, leg.dialled);
    if (number.starts_with("00")) return number;
    if (const ExchangeCall* origin = calls_.origin_of(call))
        if (origin->leg.direction == ChannelDirection::calls && !origin->leg.dialled.empty())
            return party(directory, origin->leg.dialled);
    return number;
}

std::string ExchangeLegs::calling(const ExchangeCall& call, const Directory& directory) {
    const ExchangeLeg& leg = call.leg;
    if (leg.direction == ChannelDirection::calls) return leg.withheld ? std::string(kAnonymous) : leg.line;
    if (!leg.far.empty()) {
        const bool still_the_caller = leg.withheld && leg.far == party(directory, leg.caller);
        return still_the_caller ? std::string(kAnonymous) : leg.far;
    }
    if (leg.withheld) return std::string(kAnonymous);
    if (const ExchangeCall* origin = calls_.origin_of(call))
        if (auto name = identity(*origin, directory); !name.empty()) return name;
    if (!leg.caller.empty()) return party(directory, leg.caller);
    if (!leg.connected.empty())
        return leg.connected_withheld ? std::string(kAnonymous) : party(directory, leg.connected);
    return std::string(kAnonymous);
}

std::string ExchangeLegs::called(const ExchangeCall& call, const Directory& directory) {
    const ExchangeLeg& leg = call.leg;
    if (leg.direction != ChannelDirection::calls) return leg.line;
    if (!leg.far.empty()) return leg.far;
    if (leg.up && !leg.reached.empty()) return leg.reached;
    if (!leg.up && !leg.ringing_line.empty()) return leg.ringing_line;
    return dialled(call, directory);
}

std::string ExchangeLegs::dialled(const ExchangeCall& call, const Directory& directory) {
    const ExchangeLeg* leg = &call.leg;
    if (leg->direction != ChannelDirection::calls) {
        const ExchangeCall* origin = calls_.origin_of(call);
        if (origin != nullptr && origin->leg.direction == ChannelDirection::calls &&
            !origin->leg.dialled.empty())
            leg = &origin->leg;
    }
    return leg->dialled.empty() ? call.leg.line : party(directory, leg->dialled);
}

void ExchangeLegs::learn_far(ExchangeCall& call, const Directory& directory) {
    if (call.internal) return;
    if (const ExchangeCall* far = calls_.far_end(call))
        if (auto name = identity(*far, directory); !name.empty()) call.leg.far = std::move(name);
}

void ExchangeLegs::meet(ExchangeCall& call, const Directory& directory) {
    learn_far(call, directory);
    // In a conference of many, who has been there talks with no one in particular.
    constexpr std::size_t kMostMeeting = 8;
    const auto& members = calls_.in_bridge(call.bridge);
    if (members.size() > kMostMeeting) return;
    for (ExchangeCall* member : members) {
        learn_far(*member, directory);
        // Whoever is behind internal channels learns as well.
        if (ExchangeCall* far = calls_.far_end(*member); far != nullptr && far->bridge != call.bridge)
            learn_far(*far, directory);
    }
}

void ExchangeLegs::detach(ExchangeCall& call, const Directory& directory) {
    ExchangeLeg& leg = call.leg;
    if (leg.direction == ChannelDirection::calls || !leg.is_ours()) return;
    leg.dialled = dialled(call, directory);
    leg.far = calling(call, directory);
}

// Events

void ExchangeLegs::tell(std::string_view name, ExchangeCall& call, const Cause& cause,
                        std::string_view relevant_info) {
    ExchangeLeg& leg = call.leg;
    if (leg.call_id.empty()) leg.call_id = leg.sip_call_id.empty() ? call.id : leg.sip_call_id;
    Event event;
    event.name = name;
    event.ressource = leg.line;
    LineData data;
    data.billing = leg.line;
    data.body = cause.body;
    data.call_id = leg.call_id;
    data.calling = calling(call, cause.directory);
    data.called = called(call, cause.directory);
    data.dialed = dialled(call, cause.directory);
    data.relevant_info = relevant_info;
    data.ts = cause.captured;
    data.ts_get = cause.collected;
    event.data = std::move(data);
    cause.out.push_back(std::move(event));
}

void ExchangeLegs::tell_end_of_ringing(ExchangeCall& call, const Cause& cause) {
    tell(event_name::end_ringing, call, cause, cause.relevant_info);
    if (!call.leg.rung_under.empty()) std::get<LineData>(cause.out.back().data).call_id = call.leg.rung_under;
}

std::vector<ExchangeCall*> ExchangeLegs::other_devices(const ExchangeCall& call) {
    std::vector<ExchangeCall*> others;
    if (call.leg.direction == ChannelDirection::calls) return others;
    const ExchangeCall* origin = calls_.origin_of(call);
    if (origin == nullptr) return others;
    for (ExchangeCall* other : calls_.children(call.parent)) {
        const ExchangeLeg& leg = other->leg;
        if (other != &call && !other->over && leg.line == call.leg.line && leg.is_up())
            others.push_back(other);
    }
    return others;
}

ExchangeCall* ExchangeLegs::told_elsewhere(const ExchangeCall& call) {
    for (ExchangeCall* other : other_devices(call))
        if (!other->leg.quiet) return other;
    return nullptr;
}

void ExchangeLegs::take_over(ExchangeLeg& leg, ExchangeLeg& from) {
    leg.rung_under = from.rung_under.empty() ? from.call_id : from.rung_under;
    leg.quiet = false;
    from.quiet = true;
}

/// Whether nothing is to be told when this device stops ringing: another one of the line rings on.
bool ExchangeLegs::pass_on(ExchangeCall& call) {
    if (std::exchange(call.leg.quiet, false)) return true;
    for (ExchangeCall* other : other_devices(call)) {
        // One that was told itself, before it was seen to be of the same call, ends itself.
        if (other->leg.state != LegState::ringing || !other->leg.quiet) continue;
        take_over(other->leg, call.leg);
        call.leg.quiet = false;
        return true;
    }
    return false;
}

void ExchangeLegs::ring(ExchangeCall& call, const Cause& cause) {
    ExchangeLeg& leg = call.leg;
    if (!leg.is_ours() || call.internal || leg.state != LegState::idle) return;
    leg.state = LegState::ringing;
    leg.quiet = told_elsewhere(call) != nullptr;
    if (leg.direction != ChannelDirection::calls)
        if (ExchangeCall* origin = calls_.origin_of(call))
            if (origin->leg.ringing_line.empty()) origin->leg.ringing_line = leg.line;
    if (!leg.quiet) tell(event_name::start_ringing, call, cause, cause.relevant_info);
}

void ExchangeLegs::answer(ExchangeCall& call, const Cause& cause) {
    ExchangeLeg& leg = call.leg;
    leg.up = true;
    if (leg.direction != ChannelDirection::calls && !call.internal)
        // Who was up before, as in a queue, has reached nobody until they are joined.
        if (ExchangeCall* origin = calls_.origin_of(call); origin != nullptr && !origin->leg.up)
            origin->leg.reached = identity(call, cause.directory);
    if (!leg.is_ours() || call.internal || leg.state == LegState::calling || leg.state == LegState::over)
        return;
    if (ExchangeCall* other = told_elsewhere(call)) {
        if (other->leg.state == LegState::calling) {  // lost the race to another device of the line
            if (leg.state == LegState::ringing && !leg.quiet) tell_end_of_ringing(call, cause);
            leg.state = LegState::over;
            return;
        }
        if (leg.state != LegState::ringing || leg.quiet) {
            take_over(leg, other->leg);
            leg.state = LegState::ringing;
        }
    }
    // Quiet still: it rang while another device talked, which has hung up since.
    if (leg.state == LegState::ringing && !std::exchange(leg.quiet, false)) tell_end_of_ringing(call, cause);
    leg.state = LegState::calling;
    tell(event_name::start_calling, call, cause, cause.relevant_info);
}

void ExchangeLegs::hold(ExchangeCall& call, bool held, const Cause& cause) {
    ExchangeLeg& leg = call.leg;
    if (leg.state != LegState::calling || leg.held == held) return;
    leg.held = held;
    tell(held ? event_name::start_hold : event_name::end_hold, call, cause, {});
}

void ExchangeLegs::hang_up(ExchangeCall& call, const Cause& cause) {
    ExchangeLeg& leg = call.leg;
    if (!leg.is_ours() || call.internal) return;
    if (leg.state == LegState::ringing) {
        leg.state = LegState::stopped;
        if (!pass_on(call)) tell_end_of_ringing(call, cause);
    } else if (leg.state == LegState::calling) {
        hold(call, false, cause);
        tell(event_name::end_calling, call, cause, cause.relevant_info);
    } else if (leg.state == LegState::idle && !leg.failed && !call.midway) {
        leg.failed = true;
        if (told_elsewhere(call) == nullptr) {
            tell(event_name::call_failed, call, cause, cause.relevant_info);
            cause.out.back().native = true;
        }
    }
    leg.state = LegState::over;
}

}  // namespace callboard
