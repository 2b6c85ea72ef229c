// Calls that were told of before a restart: no message of their dialogs is known, only what was told.
#include <algorithm>

#include "core/sip_dialogue.hpp"
#include "core/sip_parties.hpp"

namespace callboard {

void SipDialogue::adopt(const Call& told, Time now) {
    SipCall* call = calls_.find(std::string_view(told.call_id));
    if (call == nullptr) {
        call = &calls_.add(told.call_id, now);
        call->invited = call->adopted = call->named = true;
        call->identity = call->calling = told.calling;
        call->dialed = told.dialed;
        calls_.index_caller(*call);
        calls_.set_deadline(*call, now + settings_.longest_ringing);
    }
    if (!call->adopted) return;
    const bool up = told.status != LineStatus::ringing;
    const auto at = told.incoming ? static_cast<std::size_t>(leg_index(*call, told.line)) : 0;
    Leg& leg = told.incoming ? call->called[at] : call->caller;
    leg.line = told.line;
    leg.state = up ? LegState::calling : LegState::ringing;
    leg.held = told.status == LineStatus::held;
    // The line that is reached, as its own leg says it or as the caller was told.
    std::string& reached = up ? call->answered_line : call->ringing_line;
    if (told.incoming || reached.empty()) reached = told.called;
    if (!up) return;
    call->answered = true;
    extend(*call, now);
}

/// Which side of an adopted call speaks, by whose line it names.
void SipDialogue::learn_caller_tag(SipCall& call, Context& context) {
    const SipMessage& message = context.message;
    const Service* speaker = line_of(message.from.uri, context.directory, numbering_);
    const bool is_called = speaker != nullptr && speaker->number != call.caller.line &&
                           std::any_of(call.called.begin(), call.called.end(),
                                       [speaker](const Leg& leg) { return leg.line == speaker->number; });
    call.from_tag = is_called ? message.to_tag : message.from_tag;
}

}  // namespace callboard
