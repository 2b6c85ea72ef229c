#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.hpp"
#include "event/event.hpp"

namespace callboard {

/// What a copy of a journal has.
struct CopiedJournal {
    Sequence last = 0;        ///< of the newest event in it
    std::uint64_t bytes = 0;  ///< of its batches
};

/// Copies the journal `from` to the new file `to` (mode 0600), also while a server writes to it: every event
/// that was appended before the call, whole. Batches are read a few at a time, so that the server's log can
/// be written back meanwhile. The copy is synced to the disk when this returns.
///
/// Error: `from` is no journal of a format known, cannot be read or is damaged; `to` exists or cannot be
/// written, and is then gone again.
Result<CopiedJournal> copy_journal(const std::filesystem::path& from, const std::filesystem::path& to);

/// Copies any other database of callboard in the same way, as it is at one moment: writers wait meanwhile, so
/// it is for small ones.
Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the numbers of the events to come begin SqliteJournal::kNumbersLeft behind the newest: for a journal
/// that goes on from a copy, while clients may have seen later events than it has. Their cursors then stand
/// in front of everything that comes, not in the midst of it.
Result<void> leave_numbers(const std::filesystem::path& journal);

}  // namespace callboard
