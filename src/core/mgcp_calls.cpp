// The telephone's own events, and what becomes of calls: the other half of MgcpDialogue.
#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "core/mgcp_dialogue.hpp"
#include "event/mgcp_events.hpp"

namespace callboard {
namespace {

using Hook = MgcpStation::Hook;

constexpr Duration kDisorder = std::chrono::milliseconds(200);  // mirrors and networks reorder within this
constexpr std::size_t kMostDigits = 64;

bool is_active(const MgcpLeg& leg) {
    return std::any_of(leg.connections.begin(), leg.connections.end(), [](const auto& connection) {
        return connection.mode == MgcpMode::sendrecv || connection.mode == MgcpMode::confrnce;
    });
}

/// What the other side sends can be heard, and nothing be said.
bool hears_only(const MgcpLeg& leg) {
    return !is_active(leg) &&
           std::any_of(leg.connections.begin(), leg.connections.end(), [](const auto& connection) {
               return connection.mode == MgcpMode::recvonly && connection.described;
           });
}

/// Keys that were sent as one word, as RFC 2705 did: `5551212`; empty when it is something else.
std::string_view keys_of(const MgcpEvent& event) {
    if (is_key(event)) return event.name;
    constexpr std::string_view kKeys = "0123456789*#ABCDabcd";
    const bool own = event.package.empty() || equals_ignoring_case(event.package, "D");
    const bool keys = own && !event.name.empty() &&
                      kKeys.substr(0, 12).find(event.name.front()) != kKeys.npos &&
                      event.name.find_first_not_of(kKeys) == kKeys.npos;
    return keys ? event.name : std::string_view();
}

}  // namespace

// Events of the telephone

void MgcpDialogue::on_observed(Step& step) {
    for_each_event(step.command.observed_events, [&](const MgcpEvent& event) {
        if (event.is("hd")) return off_hook(step);
        if (event.is("hu")) return on_hook(step);
        if (event.is("hf")) return flash(step);
        if (const auto keys = keys_of(event); !keys.empty()) return dial(step, keys);
        if (!event.is("oc") && !event.is("of")) return;
        if (!read_signals(event.parameters, {}).ring) return;
        step.cause.relevant_info = event.is("oc") ? "Rang for as long as it may" : "Could not ring";
        for (MgcpLeg* leg : std::vector(step.station.legs))
            if (leg->direction == MgcpDirection::incoming && !leg->waiting)
                step.events.stop_ringing(*leg, step.cause);
        step.cause.relevant_info.clear();
    });
}

void MgcpDialogue::hook_was_seen(Step& step, Hook hook) {
    step.station.hook = hook;
    step.station.hook_at = step.command.captured;
    step.station.hook_mirror = step.command.capture_id;
}

void MgcpDialogue::off_hook(Step& step) {
    MgcpStation& station = step.station;
    const MgcpMessage& command = step.command;
    const auto is_older = [&](Time at) {
        return command.capture_id == station.hook_mirror && command.captured < at;
    };
    const bool was_off = station.hook == Hook::off;
    const Time seen = station.hook_at;
    if (!was_off && is_older(seen)) return;  // put down again since
    hook_was_seen(step, Hook::off);
    if (was_off && is_older(seen)) station.hook_at = seen;
    station.off_hook_request = command.request_id;
    MgcpLeg* leg = newest(station, [](const MgcpLeg& other) {
        return other.state == LegState::ringing && !other.waiting &&
               other.direction == MgcpDirection::incoming;
    });
    if (leg == nullptr)
        leg = newest(station, [&command](const MgcpLeg& other) {
            return other.state == LegState::stopped && !command.request_id.empty() &&
                   equals_ignoring_case(other.ring_request, command.request_id);
        });
    if (leg == nullptr)
        leg = newest(station, [](const MgcpLeg& other) { return other.awaited == MgcpAwaited::ring; });
    if (leg != nullptr) {
        if (leg->awaited != MgcpAwaited::nothing) take_what_was_awaited(step, *leg);
        return answer(step, *leg);
    }
    // What was dialled may have been seen first.
    if (was_off && (is_older(seen) || command.captured - seen <= kDisorder)) return;
    const bool busy = std::any_of(station.legs.begin(), station.legs.end(),
                                  [](const MgcpLeg* other) { return other->state == LegState::calling; });
    if (busy) return;
    station.dialling = true;
    station.digits.clear();
}

void MgcpDialogue::on_hook(Step& step) {
    MgcpStation& station = step.station;
    if (step.command.capture_id == station.hook_mirror && step.command.captured < station.hook_at) return;
    prepare_transfer(step);
    hook_was_seen(step, Hook::on);
    station.ringback = false;
    // A call that was being made, with an identifier already or not.
    MgcpLeg* made = newest(station, [&station](const MgcpLeg& leg) {
        return leg.state == LegState::idle && (leg.direction == MgcpDirection::outgoing ||
                                               (leg.direction == MgcpDirection::unknown && station.dialling));
    });
    if (made != nullptr && !(made->dialed.empty() && station.digits.empty())) {
        if (step.cause.relevant_info.empty()) step.cause.relevant_info = "Given up by the caller";
        fail(step, *made);
        if (step.cause.relevant_info == "Given up by the caller") step.cause.relevant_info.clear();
    }
    for (MgcpLeg* leg : std::vector(station.legs)) {
        if (leg->held)
            table_.set_deadline(*leg, step.command.collected + settings_.longest_held_on_hook);
        else if (leg->state == LegState::calling ||
                 (leg->state == LegState::ringing && leg->direction == MgcpDirection::outgoing))
            end(*leg, step.events, step.cause);
    }
    station.dialling = false;
    station.digits.clear();
}

/// Who hangs up in a second call and has the first on hold may be transferring the one to the other: then
/// their media is redirected.
void MgcpDialogue::prepare_transfer(Step& step) {
    MgcpLeg* held = newest(step.station, [](const MgcpLeg& leg) { return leg.held; });
    MgcpLeg* second = newest(step.station, [](const MgcpLeg& leg) {
        return !leg.held && (leg.state == LegState::calling ||
                             (leg.state == LegState::ringing && leg.direction == MgcpDirection::outgoing));
    });
    if (held == nullptr || second == nullptr) return;
    const std::string first_party = step.events.party_of(*held);
    const std::string second_party = step.events.party_of(*second);
    const auto join = [&](const MgcpLeg& leg, const std::string& party) {
        MgcpLeg* far = table_.other_end(leg);
        if (far == nullptr) return;
        far->to_join = party;
        far->joins_after = held->key;
    };
    join(*held, second_party);
    join(*second, first_party);
}

void MgcpDialogue::flash(Step& step) {
    MgcpStation& station = step.station;
    station.flashed = step.command.collected;
    if (station.hook != Hook::off) hook_was_seen(step, Hook::off);
    if (MgcpLeg* waiting = newest(
            station, [](const MgcpLeg& leg) { return leg.state == LegState::ringing && leg.waiting; })) {
        if (is_active(*waiting)) answer(step, *waiting);  // else when its media is opened
        return;
    }
    station.dialling = true;
    station.digits.clear();
}

void MgcpDialogue::dial(Step& step, std::string_view keys) {
    MgcpStation& station = step.station;
    if (station.hook != Hook::off) {
        hook_was_seen(step, Hook::off);
        station.dialling = !station.talks();
    }
    // Keys in a conversation call nobody.
    if (station.dialling)
        station.digits += keys.substr(0, kMostDigits - std::min(station.digits.size(), kMostDigits));
}

// Calls

void MgcpDialogue::ring(Step& step, MgcpLeg& leg) {
    hear(leg, step);
    leg.direction = MgcpDirection::incoming;
    step.events.ring(leg, step.cause);
    table_.set_deadline(leg, step.command.collected + settings_.longest_ringing);
    // Lifted before this was seen.
    const MgcpStation& station = step.station;
    if (!leg.waiting && station.hook == Hook::off && !leg.ring_request.empty() &&
        equals_ignoring_case(station.off_hook_request, leg.ring_request))
        answer(step, leg);
}

void MgcpDialogue::ring_back(Step& step, MgcpLeg& leg) {
    hear(leg, step);
    leg.direction = MgcpDirection::outgoing;
    if (leg.dialed.empty()) leg.dialed = step.station.digits;
    if (leg.state != LegState::idle) return;
    step.events.ring(leg, step.cause);
    table_.set_deadline(leg, step.command.collected + settings_.longest_ringing);
}

void MgcpDialogue::answer(Step& step, MgcpLeg& leg) {
    hear(leg, step);
    const MgcpLeg* transferring = table_.find(leg.joins_after);
    if (!leg.to_join.empty() && (transferring == nullptr || transferring->state == LegState::over))
        leg.joined = std::exchange(leg.to_join, {});
    step.events.answer(leg, step.cause);
    leg.talked = is_active(leg);
    table_.set_deadline(leg, step.command.collected + settings_.longest_call);
    if (leg.direction == MgcpDirection::outgoing || leg.midway) {
        step.station.dialling = false;
        step.station.digits.clear();
        return;
    }
    step.station.dialling = false;
    // Who called may have been waiting for nothing else.
    MgcpLeg* caller = table_.other_end(leg);
    if (caller == nullptr || caller->station == nullptr || caller->station == &step.station) return;
    Step there{*caller->station, step.command, step.events, step.cause};
    settle_calls(there);
}

void MgcpDialogue::take_what_was_awaited(Step& step, MgcpLeg& leg) {
    const MgcpAwaited awaited = std::exchange(leg.awaited, MgcpAwaited::nothing);
    if (awaited == MgcpAwaited::ringback) return ring_back(step, leg);
    ring(step, leg);
}

void MgcpDialogue::settle_calls(Step& step) {
    MgcpStation& station = step.station;
    for (MgcpLeg* leg : std::vector(station.legs)) {
        if (is_answered(station, *leg)) {
            leg->direction = MgcpDirection::outgoing;
            if (leg->dialed.empty()) leg->dialed = station.digits;
            answer(step, *leg);
        } else if (leg->state == LegState::idle && leg->direction == MgcpDirection::unknown &&
                   leg->awaited == MgcpAwaited::nothing && station.dialling && !station.digits.empty() &&
                   hears_only(*leg)) {
            ring_back(step, *leg);  // early media, as a 183 of SIP
        }
    }
}

/// A call that we make is answered when its media goes both ways and neither ringback nor one of ours that
/// still rings says otherwise.
bool MgcpDialogue::is_answered(const MgcpStation& station, const MgcpLeg& leg) {
    if (leg.state != LegState::idle && leg.state != LegState::ringing) return false;
    if (leg.direction == MgcpDirection::incoming || leg.awaited != MgcpAwaited::nothing) return false;
    if (leg.direction == MgcpDirection::unknown && !station.dialling) return false;
    if (station.hook != Hook::off || station.ringback || station.talks() || !is_active(leg)) return false;
    const bool described = std::any_of(leg.connections.begin(), leg.connections.end(),
                                       [](const auto& connection) { return connection.described; });
    bool is_pending = false;
    bool is_reached = false;
    for (const MgcpLeg* other : table_.same_call(leg)) {
        if (other->station == leg.station) continue;
        is_pending = is_pending || other->state == LegState::idle || other->state == LegState::ringing;
        is_reached = is_reached || other->state == LegState::calling;
    }
    return described && (is_reached || !is_pending);
}

void MgcpDialogue::fail(Step& step, MgcpLeg& leg) {
    hear(leg, step);
    if (leg.direction == MgcpDirection::unknown) leg.direction = MgcpDirection::outgoing;
    if (leg.direction == MgcpDirection::outgoing && leg.dialed.empty()) leg.dialed = step.station.digits;
    leg.awaited = MgcpAwaited::nothing;
    step.events.fail(leg, step.cause);
    end(leg, step.events, step.cause);
}

/// The only way for a leg to be over, so that nothing it told is left without its end.
void MgcpDialogue::end(MgcpLeg& leg, MgcpLegEvents& events, const MgcpLegEvents::Cause& cause) {
    const bool over = leg.state == LegState::over;
    const bool made = leg.direction == MgcpDirection::outgoing;
    events.hang_up(leg, cause);
    leg.awaited = MgcpAwaited::nothing;
    if (leg.station != nullptr && made && !leg.station->talks()) {
        leg.station->dialling = false;
        leg.station->digits.clear();
    }
    if (over && leg.over_at != Time{}) return;
    leg.over_at = cause.captured;
    table_.set_deadline(leg, cause.collected + settings_.memory);
}

void MgcpDialogue::on_deadline(MgcpLeg& leg, Time now, Context context) {
    if (leg.state == LegState::over) return table_.erase(leg);
    MgcpLegEvents events(table_, context.directory, numbering_, context.out);
    if (const auto awaited = std::exchange(leg.awaited, MgcpAwaited::nothing);
        awaited != MgcpAwaited::nothing) {
        events.ring(leg, {leg.body, leg.cseq, leg.captured, now});
        return table_.set_deadline(leg, now + settings_.longest_ringing);
    }
    const char* why = "No end of the ringing was seen";
    if (leg.held && leg.station != nullptr && leg.station->hook == Hook::on)
        why = "Held by a telephone that is on-hook";
    else if (leg.state == LegState::calling)
        why = "No end was seen before the longest call";
    end(leg, events, MgcpLegEvents::cause_of(now, why));
}

void MgcpDialogue::adopt(const Call& told, Time now) {
    MgcpLeg& leg = table_.add_leg(nullptr, told.line);
    leg.call_id = leg.told_as = told.call_id;
    leg.direction = told.incoming ? MgcpDirection::incoming : MgcpDirection::outgoing;
    leg.state = told.status == LineStatus::ringing ? LegState::ringing : LegState::calling;
    leg.held = told.status == LineStatus::held;
    leg.talked = leg.state == LegState::calling;
    leg.dialed = told.dialed;
    if (told.incoming)
        leg.calling = told.calling;
    else
        leg.joined = told.called;
    const bool up = leg.state == LegState::calling;
    table_.set_deadline(leg, now + (up ? settings_.longest_call : settings_.longest_ringing));
}

void MgcpDialogue::evict(MgcpLeg& leg, Time now, Context context) {
    MgcpLegEvents events(table_, context.directory, numbering_, context.out);
    end(leg, events, MgcpLegEvents::cause_of(now, "Too many calls at once"));
    table_.erase(leg);
}

}  // namespace callboard
