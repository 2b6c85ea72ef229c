#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/call_table.hpp"
#include "core/leg_events.hpp"
#include "core/sip_tracker.hpp"
#include "core/state.hpp"
#include "core/whereabouts.hpp"
#include "event/directory.hpp"
#include "event/numbering.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// The rules by which messages move calls (RFC 3261 §12, §13, §15). Holds no calls itself: works on a
/// CallTable. One thread.
class SipDialogue {
  public:
    SipDialogue(CallTable& calls, Whereabouts& whereabouts, Numbering& numbering,
                const SipTracker::Settings& settings)
        : calls_(calls), whereabouts_(whereabouts), numbering_(numbering), settings_(settings) {}

    /// A message of an INVITE dialog: INVITE, ACK, BYE, CANCEL, UPDATE, REFER, and the responses to them.
    void on_message(const SipMessage& message, const Directory& directory, std::vector<Event>& out);
    /// The call's deadline has come: reads what was kept in vain, ends what nobody ended, or forgets the
    /// call.
    void on_deadline(SipCall& call, Time now, const Directory& directory, std::vector<Event>& out);
    /// Goes on with a call of one line that was told of before: what comes next of its Call-ID ends, answers
    /// or holds it. Nothing is told of that by itself.
    void adopt(const Call& told, Time now);
    /// Ends a call that there is no room for any more, and forgets it.
    void evict(SipCall& call, Time now, std::vector<Event>& out);

  private:
    struct Context {
        const SipMessage& message;
        const Directory& directory;
        LegEvents events;
    };

    void on_invite(Context& context);
    void begin(SipCall& call, Context& context);
    void set_parties(SipCall& call, Context& context, std::string dialled);
    void name_if_ours(SipCall& call, Context& context);
    void add_hop(SipCall& call, Context& context);
    void on_offer(SipCall& call, Context& context);
    void on_ack(Context& context);
    bool may_tell_answer(SipCall& call, const SipMessage& ack) const;
    void on_cancel(Context& context);
    void cancel_all(SipCall& call, Context& context, const LegEvents::Cause& cause);
    void learn_caller_tag(SipCall& call, Context& context);
    void on_bye(Context& context);
    void on_response(Context& context);
    void on_invite_response(SipCall& call, Hop& hop, Context& context);
    void on_provisional(SipCall& call, Hop& hop, Context& context);
    void on_accepted(SipCall& call, Hop* hop, Context& context);
    void on_refused(SipCall& call, Hop& hop, Context& context);
    Offer& offer_of(SipCall& call, const SipMessage& message);
    void settle(SipCall& call, Offer& offer, Context& context);
    /// Who is at the other side of the exchange from the phone in a dialog.
    struct FarEnd {
        SipCall* call;      ///< the far party's own dialog; null when it was not seen
        bool was_called;    ///< the far party was called, else it called
        std::string party;  ///< how it is named
    };
    FarEnd far_end(SipCall& near);
    void on_refer_accepted(SipCall& call, Context& context);

    /// Keeps a message whose INVITE has not been seen for as long as mirrors may be out of order.
    void keep(SipCall* call, const SipMessage& message);
    void replay_kept(SipCall& call, Context& context);
    void join_midway(SipCall& call, Context& context);

    void find_origin(SipCall& call, std::string_view line, Context& context);
    SipCall* origin_of(const SipCall& call) { return call.origin == 0 ? nullptr : calls_.find(call.origin); }
    void stop_other_legs(SipCall& call, const Leg* winner, LegEvents& events, const LegEvents::Cause& cause);
    void end(SipCall& call, LegEvents& events, const LegEvents::Cause& cause);
    void extend(SipCall& call, Time now);
    int leg_index(SipCall& call, std::string_view line);
    bool is_at_phone(const Service& line, const SipEndpoint& endpoint, const SipMessage& message) const;

    CallTable& calls_;
    Whereabouts& whereabouts_;
    Numbering& numbering_;
    const SipTracker::Settings& settings_;
};

}  // namespace callboard
