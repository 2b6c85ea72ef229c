#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "core/kept_message.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// Where one of our lines stands in one call. It only goes forward, but for `stopped`, which a 2xx that
/// crossed the CANCEL turns into `calling`.
enum class LegState : std::uint8_t { idle, ringing, stopped, calling, over };

/// One of our lines in a call, told of because its own phone is at an end of the dialog.
struct Leg {
    std::string line;  ///< its number; empty: nobody of ours
    LegState state = LegState::idle;
    bool held = false;    ///< this line has put the call on hold
    bool failed = false;  ///< call_failed was told
    bool quiet =
        false;  ///< rings, and another dialog of the same call tells it (see CallTable::other_devices)
    std::string rung_under;  ///< Call-ID under which its ringing was told, when that is another dialog's
    bool is_ours() const { return !line.empty(); }
    bool is_up() const { return state == LegState::ringing || state == LegState::calling; }
};

/// One INVITE as one host sent it to the next: a proxy makes a new hop of the same call, with one Via more.
struct Hop {
    std::string branch;
    std::uint16_t via_count = 0;
    SipEndpoint source, destination;
    bool from_phone = false;  ///< sent by the caller's own phone
    int leg = -1;             ///< index into SipCall::called: whose phone it reaches; -1: nobody's of ours
    bool over = false;        ///< a final response, or a CANCEL
    bool answered = false;
    std::string to_tag;
};

/// A re-INVITE or UPDATE and its 2xx, whichever was seen first: what it offers counts when both were (RFC
/// 3264).
struct Offer {
    std::uint32_t cseq = 0;
    std::string from_tag;
    bool requested = false, accepted = false, settled = false;
    MediaDirection media = MediaDirection::none;
    bool connection_zero = false;
};

/// Everything about one Call-ID.
struct SipCall {
    std::string call_id;
    std::string from_tag;
    std::uint32_t cseq = 0;  ///< of the INVITE that began it, the last after a challenge
    std::string cseq_text;

    Leg caller;               ///< the calling line, when its phone is in this dialog
    std::vector<Leg> called;  ///< the lines whose phones it reached
    std::vector<Hop> hops;

    // Until name_parties() these three are users as they were written.
    std::string
        identity;  ///< number of the caller even if withheld; only for finding calls that belong together
    std::string calling;             ///< how the caller is named
    std::string dialed;              ///< what the caller dialled
    bool named = false;              ///< name_parties() was called
    bool indexed = false;            ///< findable by its caller, under `caller_key`
    bool indexed_anonymous = false;  ///< and as one whose caller is hidden
    std::size_t caller_key = 0;
    std::string ringing_line;   ///< first line that rang, of this call or of one that an exchange made for it
    std::string answered_line;  ///< line that is connected now, likewise

    std::uint64_t origin = 0;  ///< key of the caller's call when an exchange made this one for it; 0: none

    std::vector<Offer> offers;      ///< the latest few, also the settled: copies of them may come
    std::string transfer_to;        ///< Call-ID that a REFER with Replaces named, until it is accepted
    std::vector<KeptMessage> kept;  ///< came before the INVITE that explains them
    Time kept_until{};              ///< when they are read as they are; the epoch: none are kept

    bool invited = false;  ///< its INVITE was seen
    bool answered = false;
    bool cancelled = false;
    bool challenged = false;  ///< waits for the INVITE with credentials
    bool over = false;
    Time begun{};
    Time deadline{};  ///< when it is ended or forgotten without a word
    Time wake{};      ///< when the table names it as due: the deadline, or earlier for what is kept
    Time queued{};    ///< when the table looks at it next, not after `wake`; the epoch: never
    std::uint64_t key = 0;
    Duration session{};    ///< negotiated by Session-Expires; zero: none
    bool midway = false;   ///< first seen when it was under way
    bool adopted = false;  ///< known by what was told of it before a restart: of its dialog no message is
};

/// The hop that this branch names; null when it is not known.
Hop* hop_of(SipCall& call, std::string_view branch);

/// Whether the hop is the one nearest to the caller of all that were seen.
bool is_first_hop(const SipCall& call, const Hop& hop);

}  // namespace callboard
