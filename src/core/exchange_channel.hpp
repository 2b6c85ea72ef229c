#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "core/sip_call.hpp"
#include "event/exchange_signal.hpp"

namespace callboard {

/// The phone or trunk at the end of a channel, with what its line was told. Two channels can change theirs
/// (see ExchangeSignalKind::swapped).
struct ExchangeLeg {
    std::string line;  ///< number of the line whose phone it is; empty: a trunk, or nobody of ours
    std::string device;
    ChannelDirection direction = ChannelDirection::unknown;
    std::string caller;     ///< raw number of who calls
    bool withheld = false;  ///< and it is shown to nobody
    std::string dialled;    ///< raw; what was dialled first (calls), or what the exchange dialled (is_called)
    std::string connected;  ///< raw; whom the exchange says it is connected with
    bool connected_withheld = false;
    std::string sip_call_id;

    std::string call_id;  ///< under which its line is told; fixed by the first event
    LegState state = LegState::idle;
    bool up = false;         ///< answered
    bool held = false;       ///< start_hold was told
    bool failed = false;     ///< call_failed was told
    bool quiet = false;      ///< rings, and another device of the line tells it
    std::string rung_under;  ///< Call-ID under which its ringing was told, when that is another device's

    std::string ringing_line;  ///< first line that rang for this caller
    std::string reached;       ///< party that answered this caller, as events name it
    std::string far;           ///< party that it is, or was last, bridged with, as events name it

    bool is_ours() const { return !line.empty(); }
    bool is_up() const { return state == LegState::ringing || state == LegState::calling; }
};

/// One channel of an exchange.
struct ExchangeCall {
    std::string id;
    std::string parent;  ///< id of the channel that it was made for; may not be known, or not any more
    std::string bridge;  ///< id; empty: in none
    bool internal = false;
    bool over = false;      ///< hung up; remembered for late signals
    bool midway = false;    ///< was up when it was first heard of
    bool listed = true;     ///< by the snapshot that is under way, or known only since it began
    Time deadline{};        ///< when it is ended or forgotten without a word
    std::uint64_t key = 0;  ///< in the order of their beginning
    ExchangeLeg leg;
};

}  // namespace callboard
