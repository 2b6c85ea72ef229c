#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace callboard {

/// How a call of a line, or the visit of a caller to a queue, ended.
enum class CallOutcome : std::uint8_t {
    in_progress,
    answered,
    missed,       ///< rang, and nobody took it
    busy,         ///< the called side was busy
    rejected,     ///< somebody said no
    abandoned,    ///< the caller gave up: one of our lines that called, or a caller who waited in a queue
    no_agent,     ///< the queue let the caller go, because nobody took the call in time
    transferred,  ///< went on at another phone: after talk, or picked up elsewhere while it rang
    failed,       ///< could not be connected
    unknown,      ///< its end was not seen
};
inline constexpr std::size_t kCallOutcomes = 10;

/// `in_progress`, `answered`, …
std::string_view text_of(CallOutcome outcome);
std::optional<CallOutcome> call_outcome_from(std::string_view text);

/// A phone that the queue rang for a caller.
struct AgentOffer {
    std::string agent;  ///< `agent_0033972000001_4242`
    Time at{};
    std::optional<Time> ended;  ///< answered or not taken; nothing while it rings
    bool answered = false;
    friend bool operator==(const AgentOffer&, const AgentOffer&) = default;
};

/// One call as one line sees it, as in the snapshot, or one visit of a caller to a queue.
///
/// Times are those at which events were appended (see State); waits and talk of queues are counted from the
/// exchange's own times where it gives them.
struct HistoryRow {
    enum class Kind : std::uint8_t { call, visit };
    /// What may still happen to it.
    enum class Stage : std::uint8_t {
        closed,     ///< nothing
        open,       ///< it goes on
        may_go_on,  ///< ended, but an answer that crossed the end may follow, or the caller comes back
    };

    Time started{};  ///< of the event that it began with; no two rows have the same, so that it names the row
    Kind kind = Kind::call;
    Stage stage = Stage::open;
    bool incoming = true;
    CallOutcome outcome = CallOutcome::in_progress;
    std::string account;
    std::string call_id;  ///< SIP Call-ID; of a visit, QueueMemberUUID
    std::string line;     ///< empty for a visit
    std::string queue;    ///< empty for a call that came through no queue
    std::string agent;    ///< who answered, by the name that the queue knows; empty: nobody
    std::string calling, called, dialed;
    std::string name;   ///< of the caller, as the exchange shows it; empty: none
    std::string cause;  ///< why it ended, as the exchange said it
    std::optional<Time> rang, answered, ended;
    Duration waited{}, talked{};
    Time parent{};                   ///< `started` of the row that this one came out of; zero: of none
    std::vector<AgentOffer> offers;  ///< of a visit, oldest first; at most kMostOffers

    static constexpr std::size_t kMostOffers = 200;

    /// The number of the service that it belongs to.
    const std::string& service() const { return kind == Kind::call ? line : queue; }
    /// Who is at the other end, seen from us: who called in, or was called. May be one of ours as well.
    const std::string& other_party() const { return incoming ? calling : called; }
    friend bool operator==(const HistoryRow&, const HistoryRow&) = default;
};

/// Whether somebody called and nobody of ours spoke with them. False while it goes on, and for a phone beside
/// which another took the call.
bool is_lost(const HistoryRow& row);

}  // namespace callboard
