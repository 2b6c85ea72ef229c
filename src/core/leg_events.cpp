#include "core/leg_events.hpp"

#include <utility>

#include "event/sip_text.hpp"

namespace callboard {

LegEvents::Cause LegEvents::cause_of(const SipMessage& message, std::string_view relevant_info) {
    return {message.start_line, message.cseq_text, message.captured, message.collected, relevant_info};
}

LegEvents::Cause LegEvents::cause_of(Time now, std::string_view relevant_info) {
    return {{}, {}, now, now, relevant_info};
}

void LegEvents::tell(std::string_view name, const SipCall& call, const Leg& leg, const Cause& cause,
                     std::string_view relevant_info) {
    Event event;
    event.name = name;
    event.ressource = leg.line;
    LineData data;
    data.billing = leg.line;
    data.body = cause.body;
    data.call_id = call.call_id;
    data.calling = call.calling;
    data.dialed = call.dialed;
    data.cseq = unfolded(cause.cseq.empty() ? std::string_view(call.cseq_text) : cause.cseq);
    data.relevant_info = unfolded(relevant_info);
    data.ts = cause.captured;
    data.ts_get = cause.collected;
    const bool is_caller = &leg == &call.caller;
    if (!is_caller)
        data.called = leg.line;
    else if (call.answered && !call.answered_line.empty())
        data.called = call.answered_line;
    else if (!call.answered && !call.ringing_line.empty())
        data.called = call.ringing_line;
    else
        data.called = call.dialed;
    event.data = std::move(data);
    out_.push_back(std::move(event));
}

void LegEvents::tell_end_of_ringing(const SipCall& call, const Leg& leg, const Cause& cause) {
    tell(event_name::end_ringing, call, leg, cause, cause.relevant_info);
    if (!leg.rung_under.empty()) std::get<LineData>(out_.back().data).call_id = leg.rung_under;
}

CallTable::DialogLeg LegEvents::told_elsewhere(const SipCall& call, const Leg& leg) {
    for (const auto& other : calls_.other_devices(call, leg))
        if (other.leg->is_up() && !other.leg->quiet) return other;
    return {};
}

void LegEvents::ring(SipCall& call, Leg& leg, const Cause& cause) {
    if (!leg.is_ours() || leg.state != LegState::idle) return;
    leg.state = LegState::ringing;
    leg.quiet = told_elsewhere(call, leg).leg != nullptr;
    if (!leg.quiet) tell(event_name::start_ringing, call, leg, cause, cause.relevant_info);
}

void LegEvents::answer(SipCall& call, Leg& leg, const Cause& cause) {
    if (!leg.is_ours() || leg.state == LegState::calling || leg.state == LegState::over) return;
    if (const auto other = told_elsewhere(call, leg); other.leg != nullptr) {
        if (other.leg->state == LegState::calling) {  // lost the race to another device of the line
            leg.state = LegState::over;
            return;
        }
        take_over(leg, other);
        leg.state = LegState::ringing;
    }
    if (leg.state == LegState::ringing) tell_end_of_ringing(call, leg, cause);
    leg.state = LegState::calling;
    tell(event_name::start_calling, call, leg, cause, cause.relevant_info);
}

void LegEvents::stop_ringing(SipCall& call, Leg& leg, const Cause& cause, bool over) {
    if (!leg.is_ours()) return;
    if (leg.state == LegState::ringing) {
        leg.state = LegState::stopped;
        if (!pass_on(call, leg)) tell_end_of_ringing(call, leg, cause);
    }
    if (over && leg.state == LegState::stopped) leg.state = LegState::over;
}

void LegEvents::take_over(Leg& leg, const CallTable::DialogLeg& from) {
    leg.rung_under = from.leg->rung_under.empty() ? from.call->call_id : from.leg->rung_under;
    leg.quiet = false;
    from.leg->quiet = true;
}

bool LegEvents::pass_on(SipCall& call, Leg& leg) {
    if (std::exchange(leg.quiet, false)) return true;
    for (const auto& other : calls_.other_devices(call, leg)) {
        if (other.leg->state != LegState::ringing) continue;
        take_over(*other.leg, {&call, &leg});
        leg.quiet = false;
        return true;
    }
    return false;
}

void LegEvents::hang_up(SipCall& call, Leg& leg, const Cause& cause) {
    if (!leg.is_ours()) return;
    stop_ringing(call, leg, cause, true);
    if (leg.state == LegState::calling) {
        hold(call, leg, false, cause);
        tell(event_name::end_calling, call, leg, cause, cause.relevant_info);
    }
    leg.state = LegState::over;
}

void LegEvents::hold(SipCall& call, Leg& leg, bool held, const Cause& cause) {
    if (!leg.is_ours() || leg.state != LegState::calling || leg.held == held) return;
    leg.held = held;
    tell(held ? event_name::start_hold : event_name::end_hold, call, leg, cause, {});
}

void LegEvents::fail(SipCall& call, Leg& leg, const Cause& cause) {
    if (!leg.is_ours() || leg.state != LegState::idle || leg.failed) return;
    leg.failed = true;
    leg.state = LegState::over;
    if (told_elsewhere(call, leg).leg != nullptr) return;
    tell(event_name::call_failed, call, leg, cause, cause.relevant_info);
    out_.back().native = true;
}

}  // namespace callboard
