#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "event/event.hpp"

namespace callboard {

/// Gives every record of a journal that no server has open to `change`, which returns whether it changed it;
/// sequence and timestamp stay. What was there before is gone from the files when this returns. Returns how
/// many were changed. Batches are written a few at a time: after a crash the rest has to be done again.
///
/// Error: a server runs on it; it is no journal of a format known; the disk refuses. A damaged batch is left
/// as it is.
Result<std::uint64_t> rewrite_journal(const std::filesystem::path& file,
                                      const std::function<bool(Record&)>& change);

}  // namespace callboard
