#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event/directory.hpp"
#include "event/event.hpp"
#include "sources/hep/recording.hpp"

namespace callboard::replay {

/// One thing that happened on a line: seconds after the recording began, and the event that tells it.
struct Happening {
    double at = 0;
    std::string line;  ///< number of the service
    std::string event;
};

/// A recording with what really happened.
struct Scenario {
    std::string name;
    double begun = 0;  ///< unix seconds of the truth's zero
    std::vector<RecordedPacket> packets;
    std::vector<Happening> truth;
};

/// Reads `tests/traces/NAME.hep` and `NAME.truth.tsv`. Throws std::runtime_error.
Scenario load(const std::string& name);
/// Names of all recordings, in order.
std::vector<std::string> scenario_names();

/// The office of the recordings: lines 101 to 108 and 201 to 203 as 0033123456NNN, the queues 8001 to 8005
/// and 8010.
std::shared_ptr<const Directory> office();

struct Told {
    double at = 0;
    Event event;
};
/// Decodes, scans and tracks the packets in the given order; time passes as they were received, and a minute
/// more at the end.
std::vector<Told> play(const std::vector<RecordedPacket>& packets, double begun,
                       Duration patience = std::chrono::seconds(60));

/// What the events and the truth do not agree on, one line each; empty when they tell the same story, each
/// event once, within `tolerance` seconds. Native events are left out.
std::vector<std::string> differences(const std::vector<Happening>& truth, const std::vector<Told>& told,
                                     double tolerance);

}  // namespace callboard::replay
