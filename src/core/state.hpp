#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/time_zone.hpp"

namespace callboard {

enum class LineStatus { unknown, free, ringing, calling, held };
/// `unknown`, `free`, `ringing`, `calling`, `held`.
std::string_view text_of(LineStatus status);

/// A call in progress as one line sees it (an internal call is two of them, with one Call-ID).
struct Call {
    std::string call_id, line;
    LineStatus status = LineStatus::ringing;  ///< ringing, calling or held
    bool incoming = false;
    std::string calling, called, dialed;
    Time started{};
    std::optional<Time> answered;
    std::optional<std::string> queue;
    std::string source = {};  ///< that told its beginning; empty: a client, or not known
    friend bool operator==(const Call&, const Call&) = default;
};

struct Line {
    Time since{};  ///< of its status
    LineStatus status = LineStatus::unknown;
    std::optional<bool> registered;  ///< unknown until seen
    bool known = false;              ///< an event of it was seen
    std::vector<Call> calls;         ///< in progress, as they became known
    friend bool operator==(const Line&, const Line&) = default;
};

struct WaitingCaller {
    std::string uuid, calling;
    Time joined{};
    std::optional<std::string> agent;  ///< being rung for this caller
    std::string source = {};           ///< that told of the arrival; empty: a client, or not known
    friend bool operator==(const WaitingCaller&, const WaitingCaller&) = default;
};

struct QueueAgent {
    std::string name, number, status, state;
    Time since{};
    friend bool operator==(const QueueAgent&, const QueueAgent&) = default;
};

/// Of one day. Who waits at midnight is offered again on the new day, so offered = answered + lost + waiting
/// as long as all events are seen.
struct QueueCounters {
    std::uint64_t offered = 0, answered = 0, lost = 0;
    std::uint64_t answered_in_time = 0;  ///< within the service level's threshold
    Duration total_wait{}, longest_wait{};
    Time since{};
    friend bool operator==(const QueueCounters&, const QueueCounters&) = default;
};

struct Queue {
    std::vector<WaitingCaller> waiting;  ///< in order of arrival
    std::map<std::string, QueueAgent> agents;
    QueueCounters counters;
    std::deque<std::string> lost;  ///< uuids of today's last lost callers, who may resume
    friend bool operator==(const Queue&, const Queue&) = default;
};

/// Everything that is known of lines, calls and queues: the fold of all events so far. A value.
///
/// Bounded whatever the events say: by the constants below, and by the directory's lines and queues, because
/// the hub takes no event of others.
struct State {
    std::map<std::string, Line, std::less<>> lines;
    std::map<std::string, Queue, std::less<>> queues;
    Sequence sequence = 0;  ///< of the last event applied

    Time began{};                 ///< timestamp of the first event applied: nothing is known from before
    Time day_begin{}, day_end{};  ///< local midnights around the last event
    std::deque<Call> rung;        ///< calls whose ringing ended just now: their answer may follow
    friend bool operator==(const State&, const State&) = default;

    static constexpr std::size_t kMostCallsOfLine = 64;  ///< the one begun first goes
    static constexpr std::size_t kMostWaiting = 1'000;   ///< of a queue; the one who came first goes
    static constexpr std::size_t kMostAgents = 1'000;    ///< of a queue; further ones are not listed
    static constexpr std::size_t kMostLost = 1'000;
    static constexpr std::size_t kMostRung = 64;
};

/// The fold's one step. Pure. Counters of queues restart when `timestamp` passes local midnight of `zone`.
/// An event of another name changes nothing but `sequence` and the day.
///
/// Times of the state are those at which events were appended, because clocks of mirrors and replays of
/// recordings differ; only a wait is counted from the exchange's own times when it gives them.
void apply(State& state, const Event& event, Sequence sequence, Time timestamp, const TimeZone& zone);

/// Time has come to `now` without an event: restarts the counters of queues when midnight was passed. To be
/// called before the state is shown.
void at(State& state, Time now, const TimeZone& zone);

/// The status that a line shows: of its calls the most telling, else free; `unknown` before its first event.
/// Ringing comes before calling, because somebody has to act; calling before held, because a line that talks
/// is not waited for by the held party alone.
LineStatus status_of(const State& state, std::string_view line);

/// The same with only those calls and waiting callers whose `source` is ours: what a source goes on with
/// after a restart.
State told_by(const State& state, const std::function<bool(std::string_view source)>& is_ours);

/// The call in progress of that line, or nullptr; as long-lived as the state's next change.
const Call* call_of(const State& state, std::string_view line, std::string_view call_id);

/// Service level counts answers within this.
inline constexpr Duration kServiceLevelThreshold = std::chrono::seconds(20);

}  // namespace callboard
