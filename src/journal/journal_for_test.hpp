#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "journal/sqlite_journal.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard::test {

/// A directory with a journal in it that can be opened again and again.
struct Place {
    TemporaryDirectory directory;
    ManualClock clock;
    Metrics metrics;

    std::filesystem::path file() const { return directory.path() / "journal.db"; }
    Result<std::unique_ptr<SqliteJournal>> open(SqliteJournal::Sync sync = SqliteJournal::Sync::interval) {
        return SqliteJournal::open({file(), sync, 4}, clock, metrics);
    }
    std::uint64_t damaged_batches() {
        return metrics.counter("callboard_journal_damaged_batches_total", "").value();
    }
};

/// What read() hands over, up to `limit`.
inline Result<std::vector<Record>> read_all(const Journal& journal, Sequence after = 0,
                                            std::size_t limit = 1'000'000) {
    std::vector<Record> out;
    const auto reached = journal.read(after, limit, [&out](const Record& record) {
        out.push_back(record);
        return true;
    });
    if (!reached) return reached.error();
    return out;
}

inline std::vector<Sequence> sequences(const std::vector<Record>& records) {
    std::vector<Sequence> out;
    for (const Record& record : records) out.push_back(record.sequence);
    return out;
}

}  // namespace callboard::test
