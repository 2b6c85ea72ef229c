#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "sources/event_limits.hpp"

namespace callboard {

/// What one post may hold; more is an error that says so.
struct IngestLimits : EventLimits {
    static constexpr std::size_t kLongestBody = 8 << 20;  ///< bytes
    static constexpr std::size_t kMostEvents = 10'000;
};

/// An array of version-2 events from `POST /api/ingest`; an empty one is no error. `event`, `service`,
/// `ressource` and `data` are required, and `ressource` has to be a line (`sip`, `mgcp`) or queue (`queues`)
/// of `directory`. What is not said in `data` is made: `Billing`, `Queue`, `Action`, and `Ts` and `TsGet`
/// from `now`; further members of `data` are kept, with their numbers as they were written. `token`,
/// `timestamp`, `date`, `details` and members that the protocol does not have are ignored, and so are
/// `Event`, `Protocol` and `Datetime` of a line's data, which follow from the rest.
///
/// All or nothing: the error names the index, counted from 0, and the field, as in
/// `element 3: "ressource" is missing`.
Result<std::vector<Event>> parse_ingest(std::string_view body, const Directory& directory, Time now);

}  // namespace callboard
