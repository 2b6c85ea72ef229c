#include "core/mgcp_dialogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "event/mgcp_events.hpp"

namespace callboard {
namespace {

using Hook = MgcpStation::Hook;

constexpr Duration kDisorder = std::chrono::milliseconds(200);  // mirrors and networks reorder within this
constexpr Duration kFlash = std::chrono::seconds(10);           // a call agent acts on a flash within this
constexpr std::size_t kMostConnections = 8;

bool is_active(MgcpMode mode) { return mode == MgcpMode::sendrecv || mode == MgcpMode::confrnce; }

bool is_active(const MgcpLeg& leg) {
    return std::any_of(leg.connections.begin(), leg.connections.end(),
                       [](const auto& connection) { return is_active(connection.mode); });
}

std::string text_of(const MediaPlace& place) {
    return place.port == 0 || place.address.empty() ? std::string()
                                                    : fmt::format("{}:{}", place.address, place.port);
}

/// Whether a mirror saw the message before what it saw at `at`, though it came later. Clocks of different
/// mirrors say nothing of each other.
bool is_older(const MgcpMessage& message, Time at, std::uint32_t mirror) {
    return message.capture_id == mirror && message.captured < at;
}

bool rings(const MgcpLeg& leg) {
    return leg.state == LegState::ringing && !leg.waiting && leg.direction == MgcpDirection::incoming;
}
bool rings_as_a_tone(const MgcpLeg& leg) { return leg.state == LegState::ringing && leg.waiting; }
bool awaits_a_ring(const MgcpLeg& leg) {
    return leg.awaited == MgcpAwaited::ring || leg.awaited == MgcpAwaited::call_waiting;
}
bool may_be_rung(const MgcpLeg& leg) {
    return (leg.state == LegState::idle || leg.state == LegState::stopped) &&
           leg.direction != MgcpDirection::outgoing && leg.awaited == MgcpAwaited::nothing;
}

}  // namespace

MgcpStation* MgcpDialogue::station_of(std::string_view endpoint, const Context& context) {
    const std::string name = lowered(std::string(endpoint));
    if (MgcpStation* known = table_.find(name)) return known;
    const std::string_view number = context.endpoints.line_of(name);
    if (number.empty()) return nullptr;
    if (table_.stations() >= settings_.most_endpoints) table_.forget_idle_stations();
    if (table_.stations() >= settings_.most_endpoints) return nullptr;
    return &table_.add_station(name, number);
}

MgcpLeg* MgcpDialogue::newest(MgcpStation& station, const Wanted& wanted) {
    const auto found = std::find_if(station.legs.rbegin(), station.legs.rend(),
                                    [&wanted](const MgcpLeg* leg) { return wanted(*leg); });
    return found == station.legs.rend() ? nullptr : *found;
}

/// The leg that the command names by its call, else by its connection.
MgcpLeg* MgcpDialogue::leg_of(MgcpStation& station, const MgcpMessage& command) {
    if (!command.call_id.empty())
        return newest(station, [&command](const MgcpLeg& leg) {
            return equals_ignoring_case(leg.call_id, command.call_id);
        });
    if (command.connection_id.empty()) return nullptr;
    return newest(station, [&command](const MgcpLeg& leg) {
        return std::any_of(leg.connections.begin(), leg.connections.end(), [&command](const auto& one) {
            return equals_ignoring_case(one.id, command.connection_id);
        });
    });
}

MgcpLeg& MgcpDialogue::new_leg(Step& step) {
    if (step.station.legs.size() >= MgcpTable::kMostLegsOfStation) {
        MgcpLeg& oldest = *step.station.legs.front();
        auto cause = step.cause;
        cause.relevant_info = "Too many calls at once";
        end(oldest, step.events, cause);
        table_.erase(oldest);
    }
    MgcpLeg& leg = table_.add_leg(&step.station, step.station.line);
    hear(leg, step);
    table_.set_deadline(leg, step.command.collected + settings_.longest_ringing);
    return leg;
}

void MgcpDialogue::hear(MgcpLeg& leg, const Step& step) {
    leg.body = step.cause.body;
    leg.cseq = step.cause.cseq;
    leg.transaction = step.command.transaction;
    leg.captured = step.cause.captured;
}

void MgcpDialogue::on_command(const MgcpMessage& command, Context context) {
    const auto cause = MgcpLegEvents::cause_of(command, command);
    const MgcpLegEvents events(table_, context.directory, numbering_, context.out);
    if (command.verb == MgcpVerb::ntfy) {
        MgcpStation* station = station_of(command.endpoint, context);
        if (station == nullptr) return;
        Step step{*station, command, events, cause};
        on_observed(step);
        return settle_calls(step);
    }
    const bool restarts = equals_ignoring_case(command.restart_method, "restart") ||
                          equals_ignoring_case(command.restart_method, "forced");
    if (command.verb == MgcpVerb::rsip && !restarts) return;  // connections go on, or are deleted by name
    for (MgcpStation* station : table_.matching(lowered(std::string(command.endpoint)))) {
        Step step{*station, command, events, cause};
        if (command.verb == MgcpVerb::dlcx) {
            on_deleted(step);
            continue;
        }
        step.cause.relevant_info = command.reason.empty()
                                       ? std::string("Gateway restarted")
                                       : "Gateway restarted: " + std::string(command.reason);
        for (MgcpLeg* leg : std::vector(station->legs)) end(*leg, step.events, step.cause);
        station->hook = Hook::unknown;
        station->dialling = station->ringback = false;
        station->digits.clear();
    }
}

void MgcpDialogue::on_response(const MgcpMessage& command, const MgcpMessage& response, Context context) {
    const bool named = !response.specific_endpoint.empty();  // when the command left it to the gateway
    MgcpStation* station = station_of(named ? response.specific_endpoint : command.endpoint, context);
    if (station == nullptr) return;
    const MgcpMessage& later = response.captured > command.captured ? response : command;
    Step step{*station,
              command,
              {table_, context.directory, numbering_, context.out},
              MgcpLegEvents::cause_of(command, later)};
    if (response.code >= 300) return on_refused_request(step, response);
    if (command.verb == MgcpVerb::crcx) on_created(step, response);
    if (command.verb == MgcpVerb::mdcx) on_modified(step, response);
    if (command.asks_for_notification()) on_request(step);
    settle_calls(step);
}

// Connections

void MgcpDialogue::on_created(Step& step, const MgcpMessage& response) {
    MgcpLeg* leg = leg_of(step.station, step.command);
    if (leg != nullptr && leg->state == LegState::over) {
        if (step.command.captured <= leg->over_at) return;  // its end was seen before
        table_.erase(*leg);
        leg = nullptr;
    }
    if (leg == nullptr)  // rung already, while the call had no identifier yet
        leg = newest(step.station, [](const MgcpLeg& other) {
            return other.call_id.empty() && other.state != LegState::over;
        });
    if (leg == nullptr) leg = &new_leg(step);
    connect(step, *leg, response);
    if (leg->awaited != MgcpAwaited::nothing) take_what_was_awaited(step, *leg);
    if (leg->state == LegState::calling && is_active(*leg)) leg->talked = true;
}

void MgcpDialogue::on_modified(Step& step, const MgcpMessage& response) {
    MgcpLeg* leg = leg_of(step.station, step.command);
    if (leg != nullptr && leg->state == LegState::over) return;
    if (leg == nullptr) {
        if (step.command.call_id.empty()) return;
        leg = &new_leg(step);
        leg->midway = true;
    }
    connect(step, *leg, response);
    on_mode(step, *leg);
}

void MgcpDialogue::connect(Step& step, MgcpLeg& leg, const MgcpMessage& response) {
    const MgcpMessage& command = step.command;
    if (!command.call_id.empty()) table_.set_call(leg, command.call_id, command.source);
    const std::string_view id =
        command.connection_id.empty() ? response.connection_id : command.connection_id;
    auto known = std::find_if(leg.connections.begin(), leg.connections.end(),
                              [id](const auto& one) { return equals_ignoring_case(one.id, id); });
    if (known == leg.connections.end()) {
        if (leg.connections.size() >= kMostConnections) return;
        known = leg.connections.insert(known, MgcpConnection{});
        known->id = id;
    }
    if (command.mode != MgcpMode::none) known->mode = command.mode;
    if (response.described) table_.set_local(leg, *known, text_of(response.media));
    if (!command.described) return;
    known->described = true;
    known->remote = text_of(command.media);
    if (leg.to_join.empty()) return;
    const MgcpLeg* transferring = table_.find(leg.joins_after);
    if (transferring == nullptr || transferring->state == LegState::over)
        leg.joined = std::exchange(leg.to_join, {});
}

void MgcpDialogue::on_mode(Step& step, MgcpLeg& leg) {
    const MgcpMode mode = step.command.mode;
    if (mode == MgcpMode::none) return;
    const bool active = is_active(leg);
    if (leg.midway && leg.state == LegState::idle && step.station.hook != Hook::on &&
        mode != MgcpMode::recvonly && mode != MgcpMode::other) {
        if (leg.direction == MgcpDirection::unknown) leg.direction = MgcpDirection::incoming;
        auto& info = step.cause.relevant_info;
        info = "Already in progress";
        answer(step, leg);
        info.clear();
        leg.talked = true;
    }
    if (rings_as_a_tone(leg) && active) return answer(step, leg);
    if (leg.state == LegState::ringing && leg.direction == MgcpDirection::outgoing && active)
        step.station.ringback = false;  // the line is opened to speak: nobody rings any more
    if (leg.state != LegState::calling) return;
    if (active) {
        leg.talked = true;
        if (!leg.held) return;
        step.events.hold(leg, false, step.cause);
        step.station.dialling = false;
        table_.set_deadline(leg, step.command.collected + settings_.longest_call);
    } else if (leg.talked && asks_to_hold(step, leg)) {
        step.events.hold(leg, true, step.cause);
    }
}

/// The call agent sets the modes of both ends: it is the line that flashed the hook which holds, and when
/// none of ours did, the one whose media is stopped.
bool MgcpDialogue::asks_to_hold(const Step& step, const MgcpLeg& leg) {
    const Time now = step.command.collected;
    const auto flashed = [now](const MgcpStation& station) {
        return station.flashed != Time{} && now - station.flashed <= kFlash;
    };
    if (flashed(step.station)) return true;
    if (step.command.mode != MgcpMode::inactive && step.command.mode != MgcpMode::sendonly) return false;
    auto others = table_.same_call(leg);
    if (MgcpLeg* other = table_.other_end(leg)) others.push_back(other);
    return std::none_of(others.begin(), others.end(), [&flashed](const MgcpLeg* other) {
        return other->held || (other->station != nullptr && flashed(*other->station));
    });
}

void MgcpDialogue::on_deleted(Step& step) {
    const MgcpMessage& command = step.command;
    step.cause.relevant_info = command.reason;
    for (MgcpLeg* leg : std::vector(step.station.legs)) {
        if (!command.call_id.empty() && !equals_ignoring_case(leg->call_id, command.call_id)) continue;
        if (!command.connection_id.empty()) {
            const auto gone = std::erase_if(leg->connections, [&command](const auto& one) {
                return one.id.empty() || equals_ignoring_case(one.id, command.connection_id);
            });
            if (!leg->connections.empty() || (gone == 0 && command.call_id.empty())) continue;
        }
        end(*leg, step.events, step.cause);
    }
}

// Notification requests

void MgcpDialogue::on_request(Step& step) {
    MgcpStation& station = step.station;
    if (is_older(step.command, station.request_at, station.request_mirror)) return;
    station.request_at = step.command.captured;
    station.request_mirror = step.command.capture_id;
    const MgcpSignals signals = read_signals(step.command.signals, step.command.requested_events);
    learn_hook(step, signals);
    if (!signals.ring)  // what is not asked for again stops (RFC 3435 §2.3.3)
        for (MgcpLeg* leg : std::vector(station.legs)) {
            if (rings(*leg)) step.events.stop_ringing(*leg, step.cause);
            if (leg->awaited == MgcpAwaited::ring) end(*leg, step.events, step.cause);
        }
    station.ringback = signals.ringback;
    if (signals.ring) on_ring(step, signals);
    if (signals.call_waiting) on_call_waiting(step, signals);
    const bool hears = signals.dial_tone || signals.ringback || !signals.refusal.empty();
    if (hears && station.hook != Hook::off) {
        hook_was_seen(step, Hook::off);
        station.dialling = true;
    }
    if (signals.dial_tone) {
        station.dialling = true;
        station.digits.clear();
    }
    if (signals.ringback) on_ringback(step);
    if (!signals.refusal.empty()) on_refusal_tone(step, signals.refusal);
}

/// Whoever accepts a request for the one is at the other: so on-hook and off-hook are known when the NTFY was
/// not seen, or not yet.
void MgcpDialogue::learn_hook(Step& step, const MgcpSignals& signals) {
    MgcpStation& station = step.station;
    if (is_older(step.command, station.hook_at, station.hook_mirror)) return;
    if (signals.ring || signals.expects_off_hook) {
        // It was in force when the telephone was lifted: it came before that.
        const bool lifted = station.hook == Hook::off && !station.off_hook_request.empty() &&
                            equals_ignoring_case(station.off_hook_request, step.command.request_id);
        if (lifted) return;
        if (station.hook != Hook::on) {
            step.cause.relevant_info = "On-hook was not seen";
            on_hook(step);
            step.cause.relevant_info.clear();
        }
    } else if (signals.expects_on_hook) {
        const bool was_on = station.hook == Hook::on;
        if (station.hook != Hook::off) hook_was_seen(step, Hook::off);
        if (MgcpLeg* leg = newest(station, rings))
            answer(step, *leg);
        else if (was_on)
            station.dialling = true;
    }
}

void MgcpDialogue::on_ring(Step& step, const MgcpSignals& signals) {
    MgcpStation& station = step.station;
    const auto note = [&](MgcpLeg& leg) {
        leg.ring_request = step.command.request_id;
        if (!signals.calling) return;
        leg.calling = *signals.calling;
        leg.withheld = signals.withheld;
    };
    if (MgcpLeg* leg = newest(station, rings)) return note(*leg);
    if (MgcpLeg* leg = newest(station, rings_as_a_tone)) {
        leg->waiting = false;  // after the telephone was put down
        return note(*leg);
    }
    MgcpLeg* leg = newest(station, may_be_rung);
    if (leg == nullptr) {
        const auto is_held = [](const MgcpLeg& other) { return other.held; };
        if (newest(station, is_held) != nullptr) return;  // a held call comes back
        leg = newest(station, awaits_a_ring);
        if (leg == nullptr) leg = &new_leg(step);
        leg->direction = MgcpDirection::incoming;
        leg->awaited = MgcpAwaited::ring;
        table_.set_deadline(*leg, step.command.collected + kDisorder);
        note(*leg);
        return;
    }
    note(*leg);
    ring(step, *leg);
}

void MgcpDialogue::on_call_waiting(Step& step, const MgcpSignals& signals) {
    MgcpStation& station = step.station;
    MgcpLeg* leg = newest(station, rings_as_a_tone);  // the tone is given again and again
    const bool again = leg != nullptr;
    if (!again) leg = newest(station, may_be_rung);
    const bool known = leg != nullptr;
    if (!known) leg = newest(station, awaits_a_ring);
    if (leg == nullptr) leg = &new_leg(step);
    leg->ring_request = step.command.request_id;
    if (signals.calling) {
        leg->calling = *signals.calling;
        leg->withheld = signals.withheld;
    }
    if (again) return;
    leg->waiting = true;
    if (known) return ring(step, *leg);
    leg->direction = MgcpDirection::incoming;
    leg->awaited = MgcpAwaited::call_waiting;
    table_.set_deadline(*leg, step.command.collected + kDisorder);
}

void MgcpDialogue::on_ringback(Step& step) {
    MgcpLeg* leg = newest(step.station, [](const MgcpLeg& other) {
        return other.direction != MgcpDirection::incoming && other.awaited == MgcpAwaited::nothing &&
               (other.state == LegState::idle || other.state == LegState::ringing);
    });
    if (leg != nullptr) return ring_back(step, *leg);
    const auto awaits = [](const MgcpLeg& other) { return other.awaited == MgcpAwaited::ringback; };
    if (newest(step.station, awaits) != nullptr || !step.station.dialling) return;
    leg = &new_leg(step);
    leg->direction = MgcpDirection::outgoing;
    leg->dialed = step.station.digits;
    leg->awaited = MgcpAwaited::ringback;
    table_.set_deadline(*leg, step.command.collected + kDisorder);
}

void MgcpDialogue::on_refusal_tone(Step& step, std::string_view tone) {
    MgcpStation& station = step.station;
    MgcpLeg* leg = newest(station, [&station](const MgcpLeg& other) {
        const bool calls = other.direction == MgcpDirection::outgoing ||
                           (other.direction == MgcpDirection::unknown && station.dialling);
        return calls && (other.state == LegState::idle || other.state == LegState::ringing);
    });
    if (leg == nullptr) {
        if (!station.dialling || station.digits.empty()) return;
        leg = &new_leg(step);
    }
    step.cause.relevant_info = tone;
    fail(step, *leg);
    step.cause.relevant_info.clear();
}

/// A telephone that was to ring and is off-hook (401), or an endpoint that cannot.
void MgcpDialogue::on_refused_request(Step& step, const MgcpMessage& response) {
    const MgcpSignals signals = read_signals(step.command.signals, step.command.requested_events);
    if (!step.command.asks_for_notification() || (!signals.ring && !signals.call_waiting)) return;
    MgcpLeg* leg = newest(step.station, may_be_rung);
    if (leg == nullptr || leg->state != LegState::idle) return;
    leg->direction = MgcpDirection::incoming;
    if (signals.calling) {
        leg->calling = *signals.calling;
        leg->withheld = signals.withheld;
    }
    step.cause.relevant_info =
        fmt::format("{}{}{}", response.code, response.commentary.empty() ? "" : " ", response.commentary);
    fail(step, *leg);
}

}  // namespace callboard
