#pragma once

#include <memory>
#include <string>
#include <vector>

#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard::replay {

/// One thing that happened at a phone, by its own clock, and the event that tells it.
struct PhoneHappening {
    double at = 0;      ///< seconds after the recording's zero
    std::string line;   ///< number of the service
    std::string event;  ///< `start_ringing` …
    std::string call_id;
    std::vector<std::string>
        far;                ///< who is at the other end, as the phone was shown; any is right around a change
    std::string dialled;    ///< what a phone that called has dialled; empty for one that was called
    bool optional = false;  ///< may be told or not
};

/// One event of mod_callcenter as it stands in the recording, read without the code that is tested.
struct QueueHappening {
    std::string action, queue, agent, member, caller;
};

/// A recording of an event socket with what really happened.
struct FreeswitchScenario {
    std::string name;
    double begun = 0;   ///< unix seconds of zero
    std::string bytes;  ///< as received, from the answer to the subscription on
    struct Chunk {
        std::size_t offset = 0;
        double at = 0;
    };
    std::vector<Chunk> chunks;
    std::vector<PhoneHappening> phones;
    std::vector<QueueHappening> queues;
    std::string agents, tiers;  ///< mod_callcenter's lists before the recording
};

/// Reads `tests/traces/freeswitch/NAME.*`. Throws std::runtime_error.
FreeswitchScenario load_freeswitch(const std::string& name);
/// Names of all recordings that have a truth, in order.
std::vector<std::string> freeswitch_names();
/// `NAME.esl.gz`, unpacked.
std::string freeswitch_bytes(const std::string& name);

/// The exchange of the recordings: phones 1001 to 1005 as 0033972000011 to …15, four queues.
std::shared_ptr<const Directory> freeswitch_office();

struct FreeswitchTold {
    double at = 0;
    Event event;
};
struct FreeswitchPlay {
    std::vector<FreeswitchTold> told;
    std::size_t events = 0;  ///< of the event socket
    std::size_t unreadable = 0;
    std::size_t channels = 0;  ///< remembered at the end
    std::uint64_t corrections = 0;
};
/// Speaks with the recording as with a FreeSWITCH: greets, answers the first lists, sends its bytes when they
/// came, `piece` bytes at a time (0: as they were received), and a minute of silence at the end.
FreeswitchPlay play(const FreeswitchScenario& scenario, std::size_t piece = 0);

/// What was told of lines and the truth do not agree on, one line each: each event once, within `tolerance`
/// seconds, under the right Call-ID, with the right parties.
std::vector<std::string> line_differences(const FreeswitchScenario& scenario,
                                          const std::vector<FreeswitchTold>& told, double tolerance);
/// The same of queues: every event of mod_callcenter once, in order, with the right numbers.
std::vector<std::string> queue_differences(const FreeswitchScenario& scenario,
                                           const std::vector<FreeswitchTold>& told);

}  // namespace callboard::replay
