#include "core/sip_dialogue.hpp"

#include <algorithm>

#include "core/sip_parties.hpp"
#include "event/sip_text.hpp"

namespace callboard {
namespace {

constexpr Duration kDisorder = std::chrono::milliseconds(200);  // mirrors and networks reorder within this
constexpr Duration kTransaction = std::chrono::seconds(32);     // 64*T1 (RFC 3261 §17)
constexpr Duration kSessionGrace = std::chrono::seconds(32);    // a refresh may come this late
constexpr std::size_t kMostHops = 64;
constexpr std::size_t kMostKept = 16;
constexpr std::size_t kMostOffers = 8;

bool holds(MediaDirection media, bool connection_zero) {
    return connection_zero || media == MediaDirection::sendonly || media == MediaDirection::inactive;
}

/// What a Reason header says (RFC 3326): the text of a SIP reason (`Call completed elsewhere`), else protocol
/// and cause.
std::string_view reason_of(std::string_view reason) {
    const std::size_t cause = reason.find("cause=");
    const std::size_t text = reason.find("text=\"");
    if (reason.starts_with("SIP") && text != std::string_view::npos)
        return reason.substr(text + 6, reason.find('"', text + 6) - text - 6);
    if (cause == std::string_view::npos) return reason;
    return reason.substr(0, reason.find_first_of(";, \t\r\n", cause));
}

/// `486 Busy Here`.
std::string_view refusal(const SipMessage& message) {
    const std::size_t space = message.start_line.find(' ');
    return message.start_line.substr(std::min(space + 1, message.start_line.size()));
}

bool is_challenge(std::uint16_t status) { return status == 401 || status == 407; }

/// Call-ID of the dialog that a Refer-To with `?Replaces=…` names (RFC 3891); empty when it names none.
std::string replaced_call_id(std::string_view refer_to) {
    const std::size_t headers = refer_to.find('?');
    if (headers == std::string_view::npos) return {};
    std::size_t at = refer_to.find("eplaces=", headers);
    if (at == std::string_view::npos) return {};
    const std::string value = unescaped(refer_to.substr(at + 8, refer_to.find('&', at) - at - 8));
    return value.substr(0, value.find(';'));
}

}  // namespace

void SipDialogue::on_message(const SipMessage& message, const Directory& directory, std::vector<Event>& out) {
    Context context{message, directory, LegEvents(calls_, out)};
    if (!message.request) return on_response(context);
    switch (message.method) {
        case SipMethod::invite:
            return on_invite(context);
        case SipMethod::ack:
            return on_ack(context);
        case SipMethod::cancel:
            return on_cancel(context);
        case SipMethod::bye:
            return on_bye(context);
        case SipMethod::update:
            if (SipCall* call = calls_.find(message.call_id)) on_offer(*call, context);
            return;
        case SipMethod::refer:
            if (SipCall* call = calls_.find(message.call_id))
                call->transfer_to = replaced_call_id(message.refer_to);
            return;
        default:
            return;
    }
}

bool SipDialogue::is_at_phone(const Service& line, const SipEndpoint& endpoint,
                              const SipMessage& message) const {
    // A call agent speaks SIP for the telephones that it speaks MGCP to; those tell of themselves.
    if (line.type == ServiceType::mgcp_line) return false;
    return whereabouts_.is_phone_of(line.number, endpoint, message.capture_id);
}

int SipDialogue::leg_index(SipCall& call, std::string_view line) {
    for (std::size_t i = 0; i < call.called.size(); ++i)
        if (call.called[i].line == line) return static_cast<int>(i);
    call.called.emplace_back().line = line;
    return static_cast<int>(call.called.size() - 1);
}

// INVITE

void SipDialogue::on_invite(Context& context) {
    const SipMessage& message = context.message;
    SipCall* call = calls_.find(message.call_id);
    if (!message.to_tag.empty()) {
        if (call != nullptr) on_offer(*call, context);
        return;
    }
    if (call != nullptr && call->over && hop_of(*call, message.via_branch) == nullptr &&
        (message.cseq != call->cseq || message.from_tag != call->from_tag)) {
        calls_.erase(*call);  // a new call under a Call-ID that was used before
        call = nullptr;
    }
    if (call == nullptr) call = &calls_.add(message.call_id, message.collected);
    if (call->over) return;
    if (!call->invited || message.cseq > call->cseq) begin(*call, context);
    if (message.cseq == call->cseq && hop_of(*call, message.via_branch) == nullptr) add_hop(*call, context);
    replay_kept(*call, context);
}

/// The first INVITE of a call, or the next after a challenge (RFC 3261 §22.2).
void SipDialogue::begin(SipCall& call, Context& context) {
    const SipMessage& message = context.message;
    call.invited = true;
    call.challenged = call.cancelled = false;
    call.from_tag = message.from_tag;
    call.cseq = message.cseq;
    call.cseq_text = message.cseq_text;
    call.hops.clear();
    set_parties(call, context, dialled_user(message));
    calls_.set_deadline(call, message.collected + settings_.longest_ringing);
}

void SipDialogue::set_parties(SipCall& call, Context& context, std::string dialled) {
    const CallerIdentity caller = caller_identity(context.message);
    const Service* known = context.directory.by_alias(caller.user);
    call.identity = known != nullptr ? known->number : caller.user;
    call.calling = caller.withheld ? std::string(kAnonymous) : call.identity;
    call.dialed = std::move(dialled);
    call.named = false;
    calls_.index_caller(call);
}

/// What is told of a call names its parties; of a call that concerns no line of ours nothing is.
void SipDialogue::name_if_ours(SipCall& call, Context& context) {
    if (call.caller.is_ours() || !call.called.empty()) name_parties(call, context.directory, numbering_);
}

void SipDialogue::add_hop(SipCall& call, Context& context) {
    const SipMessage& message = context.message;
    if (call.hops.size() >= kMostHops) return;
    Hop hop;
    hop.branch = message.via_branch;
    hop.via_count = message.via_count;
    hop.source = message.source;
    hop.destination = message.destination;
    const bool nearer =
        !call.hops.empty() && std::all_of(call.hops.begin(), call.hops.end(), [&message](const Hop& other) {
            return other.via_count > message.via_count;
        });
    if (nearer) {
        call.dialed = dialled_user(message);
        call.named = false;
    }
    if (message.privacy || message.remote_party_private) call.calling = kAnonymous;
    if (!call.caller.is_ours()) {
        const Service* line = line_of(message.from.uri, context.directory, numbering_);
        if (line == nullptr && message.asserted_identity)
            line = line_of(message.asserted_identity->uri, context.directory, numbering_);
        if (line == nullptr && !message.contacts.empty())
            line = line_of(message.contacts.front().address.uri, context.directory, numbering_);
        if (line != nullptr && is_at_phone(*line, message.source, message)) {
            call.caller.line = line->number;
            hop.from_phone = true;
        }
    } else {
        const Service* line = context.directory.by_number(call.caller.line);
        hop.from_phone =
            line != nullptr && message.via_count == 1 && is_at_phone(*line, message.source, message);
    }
    const Service* target = context.directory.by_number(whereabouts_.line_at(message.request_uri));
    if (target == nullptr) target = line_of(message.request_uri, context.directory, numbering_);
    if (target == nullptr) target = line_of(message.to.uri, context.directory, numbering_);
    if (target != nullptr && !target->is_queue() && is_at_phone(*target, message.destination, message))
        hop.leg = leg_index(call, target->number);
    call.hops.push_back(std::move(hop));
    name_if_ours(call, context);
    if (!call.answered && !call.cancelled)
        calls_.set_deadline(call, message.collected + settings_.longest_ringing);
}

Offer& SipDialogue::offer_of(SipCall& call, const SipMessage& message) {
    const auto known = std::find_if(call.offers.begin(), call.offers.end(), [&message](const Offer& offer) {
        return offer.cseq == message.cseq && offer.from_tag == message.from_tag;
    });
    if (known != call.offers.end()) return *known;
    if (call.offers.size() >= kMostOffers) call.offers.erase(call.offers.begin());
    Offer offer;
    offer.cseq = message.cseq;
    offer.from_tag = message.from_tag;
    return call.offers.emplace_back(std::move(offer));
}

void SipDialogue::on_offer(SipCall& call, Context& context) {
    const SipMessage& message = context.message;
    if (call.adopted && call.from_tag.empty()) learn_caller_tag(call, context);
    Offer& offer = offer_of(call, message);
    if (offer.requested) return;
    offer.requested = true;
    offer.media = message.media;
    offer.connection_zero = message.media_connection_zero;
    settle(call, offer, context);
}

void SipDialogue::settle(SipCall& call, Offer& offer, Context& context) {
    if (!offer.requested || !offer.accepted || offer.settled) return;
    offer.settled = true;
    if (call.over || !call.answered) return;
    extend(call, context.message.collected);
    if (offer.media == MediaDirection::none) return;
    const bool newer = std::any_of(call.offers.begin(), call.offers.end(), [&offer](const Offer& other) {
        return other.settled && other.from_tag == offer.from_tag && other.cseq > offer.cseq;
    });
    if (newer) return;
    const bool held = holds(offer.media, offer.connection_zero);
    const auto cause = LegEvents::cause_of(context.message);
    if (offer.from_tag == call.from_tag) return context.events.hold(call, call.caller, held, cause);
    for (Leg& leg : call.called)
        if (leg.state == LegState::calling) context.events.hold(call, leg, held, cause);
}

// ACK, CANCEL, BYE

/// The ACK of a 2xx has a branch of its own (§13.2.2.4). While it still rings that tells of a 2xx that no
/// mirror showed, unless the INVITE with this branch is only late.
void SipDialogue::on_ack(Context& context) {
    const SipMessage& message = context.message;
    SipCall* call = calls_.find(message.call_id);
    if (call != nullptr && may_tell_answer(*call, message)) keep(call, message);
}

bool SipDialogue::may_tell_answer(SipCall& call, const SipMessage& ack) const {
    if (!call.invited || call.answered || call.over || call.cancelled || ack.cseq != call.cseq) return false;
    if (ack.to_tag.empty() || ack.via_branch.empty() || hop_of(call, ack.via_branch) != nullptr) return false;
    const bool rang = call.caller.state == LegState::ringing || !call.ringing_line.empty();
    return rang && std::none_of(call.hops.begin(), call.hops.end(), [](const Hop& hop) { return hop.over; });
}

void SipDialogue::on_cancel(Context& context) {
    const SipMessage& message = context.message;
    SipCall* call = calls_.find(message.call_id);
    if (call == nullptr || !call->invited) return keep(call, message);
    if (call->over || call->answered) return;
    Hop* hop = hop_of(*call, message.via_branch);
    const auto cause = LegEvents::cause_of(message, reason_of(message.reason));
    // Of an adopted call no branch is known; one branch that goes on ringing elsewhere may still be answered.
    if (hop == nullptr && call->adopted) return cancel_all(*call, context, cause);
    if (hop == nullptr) return keep(call, message);
    if (is_first_hop(*call, *hop)) {
        cancel_all(*call, context, cause);
    } else if (hop->leg >= 0) {
        hop->over = true;
        const bool rings_elsewhere = std::any_of(
            call->hops.begin(), call->hops.end(),
            [hop](const Hop& other) { return &other != hop && other.leg == hop->leg && !other.over; });
        if (!rings_elsewhere)
            context.events.stop_ringing(*call, call->called[static_cast<std::size_t>(hop->leg)], cause,
                                        false);
    }
}

void SipDialogue::cancel_all(SipCall& call, Context& context, const LegEvents::Cause& cause) {
    call.cancelled = true;
    context.events.stop_ringing(call, call.caller, cause, false);
    for (Leg& leg : call.called) context.events.stop_ringing(call, leg, cause, false);
    calls_.set_deadline(call, context.message.collected + kTransaction);
}

void SipDialogue::on_bye(Context& context) {
    const SipMessage& message = context.message;
    SipCall* call = calls_.find(message.call_id);
    if (call == nullptr || call->over) return;
    const auto cause = LegEvents::cause_of(message, reason_of(message.reason));
    // A device that lost the race for the answer is sent off with a BYE of its own (§13.2.2.4).
    const auto ends = [&message](const Hop& hop) {
        return !hop.to_tag.empty() && (hop.to_tag == message.from_tag || hop.to_tag == message.to_tag);
    };
    const auto winner =
        std::find_if(call->hops.begin(), call->hops.end(), [](const Hop& hop) { return hop.answered; });
    const auto meant = std::find_if(call->hops.begin(), call->hops.end(), ends);
    if (winner != call->hops.end() && meant != call->hops.end() && !meant->answered &&
        !winner->to_tag.empty() && !ends(*winner))
        return;
    end(*call, context.events, cause);
}

// Responses

void SipDialogue::on_response(Context& context) {
    const SipMessage& message = context.message;
    SipCall* call = calls_.find(message.call_id);
    const bool offer_answer = message.method == SipMethod::invite || message.method == SipMethod::update;
    if (message.status >= 200 && message.status < 300 && call != nullptr && call->invited) {
        if (message.method == SipMethod::refer) return on_refer_accepted(*call, context);
        if (offer_answer && (call->answered || message.method == SipMethod::update) &&
            (message.cseq != call->cseq || message.from_tag != call->from_tag)) {
            Offer& offer = offer_of(*call, message);
            offer.accepted = true;
            return settle(*call, offer, context);
        }
    }
    if (message.method != SipMethod::invite) return;
    if (message.status < 101) return;
    if (call != nullptr && call->over) return;
    Hop* hop = call == nullptr || !call->invited ? nullptr : hop_of(*call, message.via_branch);
    if (hop == nullptr) {
        if (call == nullptr || !call->invited || message.cseq >= call->cseq) keep(call, message);
        return;
    }
    if (message.cseq == call->cseq) on_invite_response(*call, *hop, context);
}

void SipDialogue::on_invite_response(SipCall& call, Hop& hop, Context& context) {
    const std::uint16_t status = context.message.status;
    if (!context.message.to_tag.empty() && (hop.to_tag.empty() || (status >= 200 && !hop.answered)))
        hop.to_tag = context.message.to_tag;
    if (status < 200) return on_provisional(call, hop, context);
    if (status < 300) return on_accepted(call, &hop, context);
    on_refused(call, hop, context);
}

void SipDialogue::on_provisional(SipCall& call, Hop& hop, Context& context) {
    const SipMessage& message = context.message;
    if (message.status < 180 || message.status > 189 || call.answered || call.cancelled || hop.over) return;
    const auto cause = LegEvents::cause_of(message);
    if (hop.leg >= 0) {
        Leg& leg = call.called[static_cast<std::size_t>(hop.leg)];
        find_origin(call, leg.line, context);
        if (call.ringing_line.empty()) call.ringing_line = leg.line;
        if (SipCall* origin = origin_of(call); origin != nullptr && origin->ringing_line.empty())
            origin->ringing_line = leg.line;
        // A device that rings again after all others of its line had stopped, as when a call comes back.
        if (leg.state == LegState::stopped) leg.state = LegState::idle;
        context.events.ring(call, leg, cause);
    }
    context.events.ring(call, call.caller, cause);
}

/// `hop` is the one that the 2xx came on; null when only its ACK was seen and names none.
void SipDialogue::on_accepted(SipCall& call, Hop* hop, Context& context) {
    const SipMessage& message = context.message;
    const auto cause = LegEvents::cause_of(message, call.midway ? "Already in progress" : std::string_view());
    if (call.answered && (hop == nullptr || hop->leg < 0 || !call.answered_line.empty())) {
        if (hop != nullptr) hop->over = true;
        return context.events.answer(call, call.caller,
                                     cause);  // its INVITE may have come after the first copy of the answer
    }
    call.session = std::chrono::seconds(message.session_expires.value_or(0));
    Leg* leg = hop != nullptr && hop->leg >= 0 ? &call.called[static_cast<std::size_t>(hop->leg)] : nullptr;
    if (leg == nullptr) {
        // The callee's side was not seen: of several that ring none can be named.
        const auto rings = [](const Leg& other) { return other.state == LegState::ringing; };
        if (std::count_if(call.called.begin(), call.called.end(), rings) == 1)
            leg = &*std::find_if(call.called.begin(), call.called.end(), rings);
    }
    call.answered = true;
    if (leg != nullptr) {
        find_origin(call, leg->line, context);
        call.answered_line = leg->line;
        if (SipCall* origin = origin_of(call); origin != nullptr) origin->answered_line = leg->line;
        if (hop != nullptr) hop->answered = true;
    }
    context.events.answer(call, call.caller, cause);
    if (leg != nullptr) {
        context.events.answer(call, *leg, cause);
        stop_other_legs(call, leg, context.events, LegEvents::cause_of(message, "Call completed elsewhere"));
    }
    extend(call, message.collected);
}

void SipDialogue::stop_other_legs(SipCall& call, const Leg* winner, LegEvents& events,
                                  const LegEvents::Cause& cause) {
    for (Leg& leg : call.called)
        if (&leg != winner) events.stop_ringing(call, leg, cause, true);
}

void SipDialogue::on_refused(SipCall& call, Hop& hop, Context& context) {
    const SipMessage& message = context.message;
    if (call.answered || hop.over) {
        hop.over = true;
        if (!call.answered && is_first_hop(call, hop))
            end(call, context.events, LegEvents::cause_of(message, refusal(message)));
        return;
    }
    hop.over = true;
    if (is_challenge(message.status)) {
        call.challenged = true;
        calls_.set_deadline(call, message.collected + kTransaction);
        return;
    }
    const auto cause = LegEvents::cause_of(message, refusal(message));
    const auto refuse = [&](Leg& leg) {
        context.events.fail(call, leg, cause);
        context.events.stop_ringing(call, leg, cause, true);
    };
    if (hop.leg >= 0) {
        const bool rings_elsewhere = std::any_of(
            call.hops.begin(), call.hops.end(),
            [&hop](const Hop& other) { return &other != &hop && other.leg == hop.leg && !other.over; });
        if (!rings_elsewhere) refuse(call.called[static_cast<std::size_t>(hop.leg)]);
    }
    if (!is_first_hop(call, hop)) return;
    if (hop.via_count > 1 && !hop.from_phone) {
        // The nearer hop was not seen, or not yet: the proxy may try elsewhere.
        calls_.set_deadline(call, message.collected + kTransaction);
        return;
    }
    refuse(call.caller);
    for (Leg& leg : call.called) refuse(leg);
    end(call, context.events, cause);
}

SipDialogue::FarEnd SipDialogue::far_end(SipCall& near) {
    if (SipCall* origin = origin_of(near)) return {origin, false, origin->calling};
    const std::string& reached = near.answered_line.empty() ? near.dialed : near.answered_line;
    if (SipCall* made = calls_.made_for(near)) return {made, true, reached};
    return {nullptr, false, near.caller.is_ours() ? reached : near.calling};
}

/// An attended transfer through an exchange: the far ends of both dialogs of the transferring phone are
/// joined, without a message that says so to either.
void SipDialogue::on_refer_accepted(SipCall& call, Context& context) {
    if (call.transfer_to.empty()) return;
    SipCall* second = calls_.find(call.transfer_to);
    call.transfer_to.clear();
    if (second == nullptr || second == &call) return;
    for (SipCall* dialog : {&call, second}) name_parties(*dialog, context.directory, numbering_);
    const FarEnd one = far_end(call);
    const FarEnd other = far_end(*second);
    const auto join = [](const FarEnd& end, const std::string& party) {
        if (end.call != nullptr) (end.was_called ? end.call->calling : end.call->answered_line) = party;
    };
    join(one, other.party);
    join(other, one.party);
}

// Disorder and beginnings that were not seen

void SipDialogue::keep(SipCall* call, const SipMessage& message) {
    if (call == nullptr) {
        call = &calls_.add(message.call_id, message.collected);
        call->deadline = message.collected + settings_.memory;
    }
    if (call->kept.size() >= kMostKept) return;
    call->kept.emplace_back(message);
    if (call->kept_until != Time{}) return;
    call->kept_until = message.collected + kDisorder;
    calls_.schedule(*call);
}

void SipDialogue::replay_kept(SipCall& call, Context& context) {
    if (call.kept.empty()) return;
    auto kept = std::move(call.kept);
    call.kept.clear();
    for (auto& one : kept) {
        SipCall* same = calls_.find(context.message.call_id);
        if (same == nullptr) return;
        Context again{one.message(), context.directory, context.events};
        if (hop_of(*same, one.message().via_branch) == nullptr)
            same->kept.push_back(std::move(one));
        else if (one.message().method == SipMethod::cancel)
            on_cancel(again);
        else if (one.message().request)
            continue;  // an ACK of what this hop was refused with
        else
            on_response(again);
    }
}

/// A response whose INVITE was never seen: what it shows to be up is told from now on.
void SipDialogue::join_midway(SipCall& call, Context& context) {
    const SipMessage& message = context.message;
    if (message.request && message.method == SipMethod::ack) {
        if (!may_tell_answer(call, message)) return;
        const auto by_tag = std::find_if(call.hops.begin(), call.hops.end(), [&message](const Hop& hop) {
            return hop.leg >= 0 && hop.to_tag == message.to_tag;
        });
        return on_accepted(call, by_tag == call.hops.end() ? nullptr : &*by_tag, context);
    }
    if (message.request || message.status < 180 || (message.status >= 300 && !call.adopted)) return;
    if (!call.invited) {
        call.invited = call.midway = true;
        call.from_tag = message.from_tag;
        call.cseq = message.cseq;
        call.cseq_text = message.cseq_text;
        set_parties(call, context, user_of(message.to.uri));
        calls_.set_deadline(call, message.collected + settings_.longest_ringing);
    }
    Hop hop;
    hop.branch = message.via_branch;
    hop.via_count = message.via_count;
    hop.source = message.destination;
    hop.destination = message.source;
    const Service* caller = line_of(message.from.uri, context.directory, numbering_);
    if (caller != nullptr && message.via_count == 1 && is_at_phone(*caller, message.destination, message)) {
        hop.from_phone = true;
        if (!call.caller.is_ours()) call.caller.line = caller->number;
    }
    const Service* called = nullptr;
    if (!message.contacts.empty())
        called = context.directory.by_number(whereabouts_.line_at(message.contacts.front().address.uri));
    if (called == nullptr) called = line_of(message.to.uri, context.directory, numbering_);
    if (called != nullptr && !called->is_queue() && is_at_phone(*called, message.source, message))
        hop.leg = leg_index(call, called->number);
    if (hop_of(call, hop.branch) == nullptr && call.hops.size() < kMostHops)
        call.hops.push_back(std::move(hop));
    name_if_ours(call, context);
    Hop* added = hop_of(call, message.via_branch);
    if (added == nullptr) return;
    const bool told = call.answered;
    on_invite_response(call, *added, context);
    // The other end of the same answer: its leg is told as well.
    if (told && added->from_phone)
        context.events.answer(call, call.caller, LegEvents::cause_of(message, "Already in progress"));
}

// Ends

void SipDialogue::find_origin(SipCall& call, std::string_view line, Context& context) {
    if (call.origin != 0 || call.caller.is_ours()) return;
    SipCall* origin = calls_.origin_of(
        call, line, [&](SipCall& other) { name_parties(other, context.directory, numbering_); });
    if (origin == nullptr) return;
    calls_.set_origin(call, *origin);
    call.calling = origin->calling;
    call.dialed = origin->dialed;
}

void SipDialogue::extend(SipCall& call, Time now) {
    const Duration limit =
        call.session > Duration::zero() ? call.session + kSessionGrace : settings_.longest_call;
    calls_.set_deadline(call, now + limit);
}

/// The only way for a call to be over, so that nothing it told is left without its end.
void SipDialogue::end(SipCall& call, LegEvents& events, const LegEvents::Cause& cause) {
    events.hang_up(call, call.caller, cause);
    for (Leg& leg : call.called) events.hang_up(call, leg, cause);
    call.over = true;
    calls_.unindex_caller(call);
    calls_.set_deadline(call, cause.collected + settings_.memory);
}

void SipDialogue::on_deadline(SipCall& call, Time now, const Directory& directory, std::vector<Event>& out) {
    LegEvents events(calls_, out);
    if (call.kept_until != Time{} && call.kept_until <= now) {
        call.kept_until = {};
        const auto kept = std::move(call.kept);
        call.kept.clear();
        for (const auto& one : kept) {
            Context context{one.message(), directory, events};
            if (!call.over) join_midway(call, context);
        }
    }
    if (now < call.deadline) return calls_.schedule(call);
    if (call.over || !call.invited) return calls_.erase(call);
    std::string why = "No end of the ringing was seen";
    if (call.answered)
        why = call.session > Duration::zero() ? "Session timer expired"
                                              : "No end was seen before the longest call";
    if (call.challenged)
        events.fail(call, call.caller, LegEvents::cause_of(now, "Credentials were asked for and not given"));
    end(call, events, LegEvents::cause_of(now, why));
}

void SipDialogue::evict(SipCall& call, Time now, std::vector<Event>& out) {
    LegEvents events(calls_, out);
    end(call, events, LegEvents::cause_of(now, "Too many calls at once"));
    calls_.erase(call);
}

}  // namespace callboard
