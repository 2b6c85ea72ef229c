#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/data_dir.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/event.hpp"

namespace callboard {

/// What a backup holds.
struct Backup {
    std::vector<std::string> files;  ///< names, the journal last
    Sequence last = 0;               ///< of the newest event
};

/// Copies everything lasting of `data` (the key, every `*.db`) to the folder `to`, also while a server runs
/// on it. `to` must be new or empty; it is there whole or not at all, and only its owner may enter it.
///
/// The journal is copied last: what the other files name, it has. Error: what cannot be read or written.
Result<Backup> back_up(const DataDir& data, const std::filesystem::path& to);

/// Puts the backup `from` into `data`, where no server may run. What is there already is refused, or with
/// `replace` moved to a folder `replaced-SECONDS` of `data` first. Events to come get numbers behind all that
/// clients can have seen (leave_numbers()).
///
/// Error: `from` is no whole backup, its files do not fit together, a server runs, or the disk; `data` is
/// then as it was.
Result<Backup> restore_backup(const std::filesystem::path& from, const DataDir& data, bool replace,
                              const Clock& clock);

}  // namespace callboard
