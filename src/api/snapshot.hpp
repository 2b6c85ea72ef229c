#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "core/state.hpp"
#include "delivery/access.hpp"
#include "event/directory.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Names of the sources that have told of a line, the last one at the end.
using SourcesOf = std::function<std::vector<std::string>(std::string_view line)>;

/// What `GET /api/snapshot` shows: every configured line and queue that `grant` covers, in the directory's
/// order, also those of which nothing was ever seen. `cursor` is the sealed place of `state` in the journal.
/// A line whose sources are all down is not known since the last of them went. Times are ns since the epoch.
/// Pure.
std::string snapshot_json(const State& state, const Directory& directory,
                          const std::vector<SourceHealth>& sources, const Grant& grant,
                          std::string_view cursor, Time now, const SourcesOf& sources_of = {});

/// `[{"name":…,"kind":…,"up":…,"since":…}]`, with `detail` where there is one.
std::string sources_json(const std::vector<SourceHealth>& sources);

}  // namespace callboard
