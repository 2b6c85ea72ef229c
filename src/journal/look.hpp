#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/event.hpp"

namespace callboard {

/// How a journal is, seen from outside.
struct JournalLook {
    Sequence last = 0;           ///< number of the newest event; 0: none
    Time newest{};               ///< its time
    std::uint64_t batches = 0;   ///< read and checked, the newest ones
    std::uint64_t damaged = 0;   ///< of them
    std::string broken;          ///< what SQLite finds wrong with the file; empty: nothing
    bool looked_through = true;  ///< false: the file is too large for the time that was given
};

/// Looks at a journal without changing it, also while a server writes to it: its format, SQLite's quick check
/// for at most `patience`, and the checksums of its `most` newest batches. Error: it cannot be opened, or is
/// no journal of a format known.
Result<JournalLook> look_at_journal(const std::filesystem::path& file, std::uint64_t most, Duration patience,
                                    const Clock& clock);

}  // namespace callboard
