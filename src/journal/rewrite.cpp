#include "journal/rewrite.hpp"

#include <fmt/format.h>

#include <span>
#include <vector>

#include "journal/batch_codec.hpp"
#include "journal/file_lock.hpp"
#include "journal/sqlite.hpp"
#include "journal/sqlite_journal.hpp"

namespace callboard {
namespace {

constexpr std::int64_t kBatchesAtATime = 64;

/// The first numbers of the next batches behind `after`.
Result<std::vector<std::int64_t>> next_batches(sqlite::Connection& journal, std::int64_t after) {
    auto rows = journal.prepare("SELECT first FROM batch WHERE first > ?1 ORDER BY first LIMIT ?2");
    if (!rows) return rows.error();
    rows->bind(1, after).bind(2, kBatchesAtATime);
    std::vector<std::int64_t> found;
    for (;;) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return found;
        found.push_back(rows->integer(0));
    }
}

/// The records of one batch; none when it is damaged.
Result<std::vector<Record>> records_of(sqlite::Connection& journal, std::int64_t first) {
    auto row = journal.prepare(
        "SELECT first, count, oldest_ns, newest_ns, crc32c, body FROM batch WHERE first = ?1");
    if (!row) return row.error();
    row->bind(1, first);
    const auto found = row->step();
    if (!found) return found.error();
    std::vector<Record> records;
    if (!*found) return records;
    const BatchHead head{static_cast<Sequence>(row->integer(0)), static_cast<std::uint64_t>(row->integer(1)),
                         time_from_nanoseconds(row->integer(2)), time_from_nanoseconds(row->integer(3)),
                         static_cast<std::uint32_t>(row->integer(4))};
    BatchReader batch(head, row->blob(5));
    for (Record record; !batch.damaged() && batch.next(record);) records.push_back(record);
    if (batch.damaged()) records.clear();
    return records;
}

/// In the place of the batch that began with the first of them.
Result<void> put_back(sqlite::Connection& journal, std::span<const Record> records) {
    const auto begin = static_cast<std::int64_t>(records.front().sequence);
    if (auto gone = journal.run(fmt::format("DELETE FROM batch WHERE first = {}", begin).c_str()); !gone)
        return gone;
    auto insert = journal.prepare("INSERT INTO batch VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!insert) return insert.error();
    while (!records.empty()) {
        const Batch batch = encode_batch(records, records.front().sequence);
        const sqlite::ResetAtEnd reset(*insert);
        insert->bind(1, static_cast<std::int64_t>(batch.head.first))
            .bind(2, static_cast<std::int64_t>(batch.head.count))
            .bind(3, nanoseconds_since_epoch(batch.head.oldest))
            .bind(4, nanoseconds_since_epoch(batch.head.newest))
            .bind(5, std::int64_t{batch.head.checksum})
            .bind(6, std::string_view(batch.body));
        if (const auto inserted = insert->step(); !inserted) return inserted.error();
        records = records.subspan(batch.head.count);
    }
    return {};
}

struct Rewritten {
    std::uint64_t records = 0;
    std::int64_t through = 0;  ///< the last of them: what was longer now begins a batch before it
};

Result<Rewritten> rewrite_some(sqlite::Connection& journal, std::span<const std::int64_t> batches,
                               const std::function<bool(Record&)>& change) {
    auto transaction = sqlite::Transaction::begin(journal);
    if (!transaction) return transaction.error();
    Rewritten done;
    for (const std::int64_t first : batches) {
        auto records = records_of(journal, first);
        if (!records) return records.error();
        done.through = records->empty() ? first : static_cast<std::int64_t>(records->back().sequence);
        std::uint64_t here = 0;
        for (Record& record : *records) here += change(record) ? 1U : 0U;
        if (here == 0) continue;
        if (auto put = put_back(journal, *records); !put) return put.error();
        done.records += here;
    }
    if (auto committed = transaction->commit(); !committed) return committed.error();
    return done;
}

}  // namespace

Result<std::uint64_t> rewrite_journal(const std::filesystem::path& file,
                                      const std::function<bool(Record&)>& change) {
    const auto lock = FileLock::take(file.string() + ".lock");
    if (!lock) return lock.error();
    auto journal = sqlite::Connection::open(file.string(), false);
    if (!journal) return journal.error();
    if (auto known = SqliteJournal::check(*journal, file.string()); !known) return known.error();
    if (auto set = journal->run("PRAGMA secure_delete=ON"); !set) return set.error();
    std::uint64_t changed = 0;
    for (std::int64_t after = 0;;) {
        const auto batches = next_batches(*journal, after);
        if (!batches) return batches.error();
        if (batches->empty()) break;
        const auto some = rewrite_some(*journal, *batches, change);
        if (!some) return some.error();
        changed += some->records;
        after = some->through;
    }
    if (auto cleaned = sqlite::forget_for_good(*journal); !cleaned) return cleaned.error();
    return changed;
}

}  // namespace callboard
