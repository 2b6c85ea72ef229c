#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "core/sip_call.hpp"
#include "event/mgcp_message.hpp"

namespace callboard {

struct MgcpStation;

/// One connection of an endpoint (RFC 3435 §2.1.3).
struct MgcpConnection {
    std::string id;  ///< I; empty until the gateway has told it
    MgcpMode mode = MgcpMode::none;
    bool described = false;     ///< the other side's media is known: it can be heard
    std::string local, remote;  ///< where media is received here and there, `10.0.0.1:4000`; empty: not known
};

enum class MgcpDirection : std::uint8_t { unknown, incoming, outgoing };

/// A signal that came before the call that it is for has an identifier.
enum class MgcpAwaited : std::uint8_t { nothing, ring, call_waiting, ringback };

/// What one endpoint of ours does in one call.
struct MgcpLeg {
    std::uint64_t key = 0;
    MgcpStation* station = nullptr;  ///< null: adopted, and its endpoint has not spoken yet
    std::string line;                ///< its number
    std::string call_id;             ///< C as first written; empty: not known yet
    std::string call_key;            ///< the call agent's address and C: what legs of one call share
    std::string told_as;             ///< CallId of its events, once something was told

    MgcpDirection direction = MgcpDirection::unknown;
    LegState state = LegState::idle;
    MgcpAwaited awaited = MgcpAwaited::nothing;
    bool held = false;         ///< this line has put the call on hold
    bool talked = false;       ///< since the answer its media went both ways, so that it can be put on hold
    bool waiting = false;      ///< rings as a tone in another call (L/wt)
    bool quiet = false;        ///< rings, and another endpoint of the same line tells it
    bool midway = false;       ///< first seen when it was under way
    bool withheld = false;     ///< who calls is not to be shown
    std::string ring_request;  ///< X of the request that made it ring

    std::string calling;            ///< who calls as the ring signal said it; empty: it did not
    std::string dialed;             ///< what this line dialled
    std::string other;              ///< the line of ours at the other end, the last that was known
    std::string joined;             ///< the party that a transfer has put at the other end
    std::string to_join;            ///< the same, while it is not sure that the transfer comes about
    std::uint64_t joins_after = 0;  ///< key of the leg whose end makes it sure

    std::vector<MgcpConnection> connections;
    std::string body, cseq;  ///< of the command that was last heard
    std::uint32_t transaction = 0;
    Time captured{};  ///< of it
    Time over_at{};   ///< capture time of what ended it
    Time deadline{};
};

/// One of our endpoints: a telephone's port of a gateway.
struct MgcpStation {
    enum class Hook : std::uint8_t { unknown, on, off };

    std::string name;  ///< `aaln/1@gateway.example`, in lower case
    std::string line;
    Hook hook = Hook::unknown;
    bool dialling = false;         ///< off-hook and free to make a call: after off-hook, flash or dial tone
    bool ringback = false;         ///< hears that the other side rings
    std::string digits;            ///< dialled since then
    std::string off_hook_request;  ///< X of the last off-hook
    Time hook_at{};                ///< capture time of the last off-hook or on-hook
    Time request_at{};             ///< capture time of the notification request in force
    std::uint32_t hook_mirror = 0, request_mirror = 0;  ///< capture ids of these
    Time flashed{};                                     ///< when the hook was flashed last
    std::vector<MgcpLeg*> legs;                         ///< oldest first

    bool talks() const {
        for (const MgcpLeg* leg : legs)
            if (leg->state == LegState::calling && !leg->held) return true;
        return false;
    }
};

}  // namespace callboard
