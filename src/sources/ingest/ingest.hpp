#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// An array of version-2 events from `POST /api/ingest`. `event`, `service`, `ressource` and `data` are
/// required; `token`, `timestamp`, `date` and `details` are ignored; members of `data` that we do not know
/// are kept. `now` stands in for a missing `Ts` and `TsGet`. All or nothing: the error names index and field,
/// as in `element 3: "ressource" is missing`.
Result<std::vector<Event>> parse_ingest(std::string_view body, const Directory& directory, Time now);

}  // namespace callboard
