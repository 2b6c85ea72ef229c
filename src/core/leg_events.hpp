#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/call_table.hpp"
#include "core/sip_call.hpp"
#include "event/event.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// What a leg goes through, told as events: each step once, and none without the step before it
/// (`end_ringing` only after `start_ringing`, `end_hold` before `end_calling`), also where an exchange rings
/// several devices of a line in a dialog each. Appends to the vector that it was made with.
class LegEvents {
  public:
    LegEvents(CallTable& calls, std::vector<Event>& out) : calls_(calls), out_(out) {}

    /// What an event is told from: a message, or a timer that has come.
    struct Cause {
        std::string_view body;  ///< start line; empty for a timer
        std::string_view cseq;
        Time captured{}, collected{};
        std::string_view relevant_info;
    };
    static Cause cause_of(const SipMessage& message, std::string_view relevant_info = {});
    static Cause cause_of(Time now, std::string_view relevant_info);

    void ring(SipCall& call, Leg& leg, const Cause& cause);
    /// Also after `stopped`: a 2xx that crossed the CANCEL.
    void answer(SipCall& call, Leg& leg, const Cause& cause);
    /// Ringing ends without an answer; `over` when a 2xx cannot come any more.
    void stop_ringing(SipCall& call, Leg& leg, const Cause& cause, bool over);
    void hang_up(SipCall& call, Leg& leg, const Cause& cause);
    void hold(SipCall& call, Leg& leg, bool held, const Cause& cause);
    /// The native `call_failed`, for a call that never rang.
    void fail(SipCall& call, Leg& leg, const Cause& cause);

  private:
    void tell(std::string_view name, const SipCall& call, const Leg& leg, const Cause& cause,
              std::string_view relevant_info);
    void tell_end_of_ringing(const SipCall& call, const Leg& leg, const Cause& cause);
    /// Another device of the same line that is up and told of; its leg is null when there is none.
    CallTable::DialogLeg told_elsewhere(const SipCall& call, const Leg& leg);
    /// From now on `leg` tells of the line's ringing, and `from` does not.
    static void take_over(Leg& leg, const CallTable::DialogLeg& from);
    /// Whether nothing is to be told when this leg stops ringing: another device rings on, and tells the end.
    bool pass_on(SipCall& call, Leg& leg);

    CallTable& calls_;
    std::vector<Event>& out_;
};

}  // namespace callboard
