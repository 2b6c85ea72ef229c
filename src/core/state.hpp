#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
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
};

struct Line {
    Time since{};  ///< of its status
    LineStatus status = LineStatus::unknown;
    std::optional<bool> registered;  ///< unknown until seen
    bool known = false;              ///< an event of it was seen
};

struct WaitingCaller {
    std::string uuid, calling;
    Time joined{};
    std::optional<std::string> agent;  ///< being rung for this caller
};

struct QueueAgent {
    std::string name, number, status, state;
    Time since{};
};

struct QueueCounters {
    std::uint64_t offered = 0, answered = 0, lost = 0;
    std::uint64_t answered_in_time = 0;  ///< within the service level's threshold
    Duration total_wait{}, longest_wait{};
    Time since{};
};

struct Queue {
    std::vector<WaitingCaller> waiting;  ///< in order of arrival
    std::map<std::string, QueueAgent> agents;
    QueueCounters counters;
};

/// Everything that is known of lines, calls and queues: the fold of all events so far. A value.
struct State {
    std::map<std::string, Line, std::less<>> lines;
    std::map<std::pair<std::string, std::string>, Call> calls;  ///< by line and Call-ID
    std::map<std::string, Queue, std::less<>> queues;
    Sequence sequence = 0;  ///< of the last event applied
};

/// The fold's one step. Pure. Counters of queues restart when `timestamp` passes local midnight of `zone`.
void apply(State& state, const Event& event, Sequence sequence, Time timestamp, const TimeZone& zone);

/// The status that a line shows: of its calls the most telling (ringing before calling before held), else
/// free.
LineStatus status_of(const State& state, std::string_view line);

/// Service level counts answers within this.
inline constexpr Duration kServiceLevelThreshold = std::chrono::seconds(20);

}  // namespace callboard
