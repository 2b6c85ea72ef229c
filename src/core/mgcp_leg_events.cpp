#include "core/mgcp_leg_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace callboard {
namespace {

constexpr std::string_view kAnonymous = "anonymous";

/// Under which its events are told.
const std::string& call_id_of(const MgcpLeg& leg) { return leg.told_as.empty() ? leg.call_id : leg.told_as; }

/// What was dialled without the key that ends it.
std::string_view without_end_key(std::string_view digits) {
    return digits.substr(0, digits.find_last_not_of('#') + 1);
}

}  // namespace

MgcpLegEvents::Cause MgcpLegEvents::cause_of(const MgcpMessage& command, const MgcpMessage& concluding,
                                             std::string relevant_info) {
    const std::string_view verb = command.verb == MgcpVerb::other
                                      ? command.start_line.substr(0, command.start_line.find(' '))
                                      : text_of(command.verb);
    return {command.start_line, fmt::format("{} {}", command.transaction, verb), concluding.captured,
            concluding.collected, std::move(relevant_info)};
}

MgcpLegEvents::Cause MgcpLegEvents::cause_of(Time now, std::string relevant_info) {
    return {{}, {}, now, now, std::move(relevant_info)};
}

std::string MgcpLegEvents::named(std::string_view party) {
    return std::string(numbering_.party(directory_, party));
}

const std::string& MgcpLegEvents::other_line(MgcpLeg& leg) {
    if (const MgcpLeg* other = table_.other_end(leg)) leg.other = other->line;
    return leg.other;
}

std::string MgcpLegEvents::dialed(MgcpLeg& leg) {
    if (leg.direction == MgcpDirection::incoming) {
        const MgcpLeg* caller = table_.other_end(leg);
        if (caller != nullptr && caller->direction != MgcpDirection::incoming) {
            const bool begins = caller->dialed.empty() && caller->station != nullptr;
            const std::string& digits = begins ? caller->station->digits : caller->dialed;
            if (!digits.empty()) leg.dialed = digits;
        }
        return leg.dialed.empty() ? leg.line : named(without_end_key(leg.dialed));
    }
    return leg.dialed.empty() ? other_line(leg) : named(without_end_key(leg.dialed));
}

std::string MgcpLegEvents::party_of(MgcpLeg& leg) {
    if (!leg.joined.empty()) return leg.joined;
    const std::string& other = other_line(leg);
    if (leg.direction == MgcpDirection::outgoing) return other.empty() ? dialed(leg) : other;
    if (leg.withheld) return std::string(kAnonymous);
    if (!other.empty()) return other;
    return leg.calling.empty() ? std::string(kAnonymous) : named(leg.calling);
}

void MgcpLegEvents::tell(std::string_view name, MgcpLeg& leg, const Cause& cause) {
    if (leg.told_as.empty())
        leg.told_as = !leg.call_id.empty()
                          ? leg.call_id
                          : fmt::format("{}@{}", leg.transaction,
                                        leg.station != nullptr ? leg.station->name : leg.line);
    const bool outgoing = leg.direction == MgcpDirection::outgoing;
    LineData data;
    data.billing = leg.line;
    data.body = cause.body;
    data.call_id = leg.told_as;
    data.dialed = dialed(leg);
    data.calling = outgoing ? leg.line : party_of(leg);
    data.called = outgoing ? party_of(leg) : leg.line;
    data.cseq = cause.cseq.empty() ? leg.cseq : cause.cseq;
    data.relevant_info = cause.relevant_info;
    data.ts = cause.captured;
    data.ts_get = cause.collected;
    Event event;
    event.name = name;
    event.protocol = Protocol::mgcp;
    event.ressource = leg.line;
    event.data = std::move(data);
    out_.push_back(std::move(event));
}

MgcpLeg* MgcpLegEvents::twin_of(const MgcpLeg& leg, bool quiet) {
    if (leg.direction != MgcpDirection::incoming) return nullptr;
    for (MgcpLeg* other : table_.same_call(leg)) {
        const bool up = other->state == LegState::ringing || other->state == LegState::calling;
        if (up && other->line == leg.line && other->direction == leg.direction && other->quiet == quiet &&
            call_id_of(*other) == call_id_of(leg))
            return other;
    }
    return nullptr;
}

void MgcpLegEvents::ring(MgcpLeg& leg, const Cause& cause) {
    if (leg.state != LegState::idle && leg.state != LegState::stopped) return;
    leg.state = LegState::ringing;
    leg.quiet = twin_of(leg, false) != nullptr;
    if (!leg.quiet) tell(event_name::start_ringing, leg, cause);
}

void MgcpLegEvents::answer(MgcpLeg& leg, const Cause& cause) {
    if (leg.state == LegState::calling || leg.state == LegState::over) return;
    bool rang = leg.state == LegState::ringing && !std::exchange(leg.quiet, false);
    if (MgcpLeg* twin = twin_of(leg, false)) {
        if (twin->state == LegState::calling) {  // lost the race to another endpoint of the line
            leg.state = LegState::over;
            return;
        }
        twin->quiet = true;
        rang = true;
    }
    if (rang) tell(event_name::end_ringing, leg, cause);
    leg.state = LegState::calling;
    leg.waiting = false;
    tell(event_name::start_calling, leg, cause);
}

void MgcpLegEvents::stop_ringing(MgcpLeg& leg, const Cause& cause) {
    if (leg.state != LegState::ringing) return;
    leg.state = LegState::stopped;
    leg.waiting = false;
    if (std::exchange(leg.quiet, false)) return;
    if (MgcpLeg* twin = twin_of(leg, true)) {
        twin->quiet = false;  // rings on, and tells the end
        return;
    }
    tell(event_name::end_ringing, leg, cause);
}

void MgcpLegEvents::hang_up(MgcpLeg& leg, const Cause& cause) {
    stop_ringing(leg, cause);
    if (leg.state == LegState::calling) {
        hold(leg, false, cause);
        tell(event_name::end_calling, leg, cause);
    }
    leg.state = LegState::over;
}

void MgcpLegEvents::hold(MgcpLeg& leg, bool held, const Cause& cause) {
    if (leg.state != LegState::calling || leg.held == held) return;
    leg.held = held;
    Cause silent = cause;
    silent.relevant_info.clear();
    tell(held ? event_name::start_hold : event_name::end_hold, leg, silent);
}

void MgcpLegEvents::fail(MgcpLeg& leg, const Cause& cause) {
    if (leg.state != LegState::idle) return;
    leg.state = LegState::over;
    if (twin_of(leg, false) != nullptr) return;
    tell(event_name::call_failed, leg, cause);
    out_.back().native = true;
}

}  // namespace callboard
