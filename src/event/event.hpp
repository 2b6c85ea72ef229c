#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace callboard {

/// Position of an event in the journal: 1, 2, 3 … without a gap. 0 means before the first.
using Sequence = std::uint64_t;

/// `Service` of the envelope (OVH protocol §3.1).
enum class Protocol { sip, mgcp, queues };
/// `sip`, `mgcp`, `queues`.
std::string_view text_of(Protocol protocol);

/// `Data` of a line event (OVH protocol §3.2). Every member is always sent.
struct LineData {
    std::string billing;        ///< number of the line that is billed
    std::string body;           ///< start line of the SIP message, `SIP/2.0 180 Ringing`
    std::string call_id;        ///< SIP Call-ID; the same over ring and talk
    std::string called;         ///< number of the line that is reached
    std::string calling;        ///< number of the caller, or `anonymous`
    std::string cseq;           ///< `102 INVITE`
    std::string dialed;         ///< what the caller dialled
    std::string relevant_info;  ///< the reason, `486 Busy Here`, or empty
    Time ts{};                  ///< capture time; `Ts`, a string of seconds with three decimals
    Time ts_get{};              ///< when we had it; `TsGet`, ns
    friend bool operator==(const LineData&, const LineData&) = default;
};

/// Its members that are texts, as they are named in JSON.
inline constexpr std::array<std::pair<std::string_view, std::string LineData::*>, 8> kLineTexts = {{
    {"Billing", &LineData::billing},
    {"Body", &LineData::body},
    {"CallId", &LineData::call_id},
    {"Called", &LineData::called},
    {"Calling", &LineData::calling},
    {"Cseq", &LineData::cseq},
    {"Dialed", &LineData::dialed},
    {"RelevantInfo", &LineData::relevant_info},
}};

/// `Data` of a queue event (OVH protocol §4): members by name, all strings, in alphabetic order.
/// `Action`, `Queue`, `Protocol` and `Ts` (whole seconds) are always there.
struct QueueData {
    std::vector<std::pair<std::string, std::string>> members;

    /// Empty when absent.
    std::string_view get(std::string_view name) const;
    void set(std::string_view name, std::string value);
    friend bool operator==(const QueueData&, const QueueData&) = default;
};

/// Something that happened on a line or queue, as a tracker or a client tells it. Becomes a Record when
/// appended.
struct Event {
    std::string name;  ///< `start_ringing`, `member-queue-start`, …
    Protocol protocol = Protocol::sip;
    std::string ressource;  ///< number of the line or queue (the protocol's French spelling)
    bool native = false;    ///< not told in version 1 and 2: `call_failed`, `unregistered`
    std::variant<LineData, QueueData> data;
    std::string
        extra;  ///< further members of `data` from an ingest, as JSON text without braces: `"a":1,"b":"c"`
    std::string source;  ///< name of the source that told it; empty: a client. Clients do not see it
    friend bool operator==(const Event&, const Event&) = default;
};

namespace event_name {
inline constexpr std::string_view start_ringing = "start_ringing";
inline constexpr std::string_view end_ringing = "end_ringing";
inline constexpr std::string_view start_calling = "start_calling";
inline constexpr std::string_view end_calling = "end_calling";
inline constexpr std::string_view start_hold = "start_hold";
inline constexpr std::string_view end_hold = "end_hold";
inline constexpr std::string_view registered = "registered";
inline constexpr std::string_view unregistered = "unregistered";  ///< native
inline constexpr std::string_view call_failed = "call_failed";    ///< native
}  // namespace event_name

/// An event as the journal keeps it and everyone reads it. `data` and `details` are finished JSON: made once,
/// shared by all who read.
struct Record {
    Sequence sequence = 0;  ///< given by the journal
    Time timestamp{};       ///< when it was appended; given by the hub
    Protocol protocol = Protocol::sip;
    bool native = false;
    std::string name;
    std::string account;  ///< billing account; not part of what clients see
    std::string ressource;
    std::string data;     ///< JSON object
    std::string details;  ///< JSON object
    std::string source;   ///< that told it; empty: a client, or before format 2. Clients do not see it
    friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace callboard
