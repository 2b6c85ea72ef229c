#include "journal/look.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "journal/batch_codec.hpp"
#include "journal/sqlite.hpp"
#include "journal/sqlite_journal.hpp"

namespace callboard {
namespace {

constexpr int kStepsBetweenLooks = 10'000;  // of SQLite's machine: about a millisecond

struct Deadline {
    const Clock& clock;
    std::chrono::steady_clock::time_point end;
};

Result<void> quick_check(sqlite::Connection& connection, Deadline deadline, JournalLook& look) {
    sqlite3_progress_handler(
        connection.handle(), kStepsBetweenLooks,
        [](void* at) {
            const auto* limit = static_cast<const Deadline*>(at);
            return limit->clock.steady() >= limit->end ? 1 : 0;
        },
        &deadline);
    auto check = connection.prepare("PRAGMA quick_check(1)");
    const auto row = check ? check->step() : Result<bool>(check.error());
    sqlite3_progress_handler(connection.handle(), 0, nullptr, nullptr);
    if (row) {
        if (*row && check->blob(0) != "ok") look.broken = check->blob(0);
        return {};
    }
    look.looked_through = sqlite3_errcode(connection.handle()) != SQLITE_INTERRUPT;
    if (look.looked_through && row.error().kind == Error::Kind::corrupt) look.broken = row.error().what;
    if (look.looked_through && row.error().kind != Error::Kind::corrupt) return row.error();
    return {};
}

Result<void> check_batches(sqlite::Connection& connection, std::uint64_t most, JournalLook& look) {
    auto rows = connection.prepare(
        "SELECT first, count, oldest_ns, newest_ns, crc32c, body FROM batch ORDER BY first DESC LIMIT ?1");
    if (!rows) return rows.error();
    rows->bind(1, static_cast<std::int64_t>(most));
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return {};
        const BatchHead head{static_cast<Sequence>(rows->integer(0)),
                             static_cast<std::uint64_t>(rows->integer(1)),
                             time_from_nanoseconds(rows->integer(2)), time_from_nanoseconds(rows->integer(3)),
                             static_cast<std::uint32_t>(rows->integer(4))};
        BatchReader batch(head, rows->blob(5));
        while (batch.skip()) {
        }
        if (look.batches++ == 0) {
            look.last = batch.damaged() ? head.first : batch.at() - 1;
            look.newest = head.newest;
        }
        if (batch.damaged()) ++look.damaged;
    }
}

}  // namespace

Result<JournalLook> look_at_journal(const std::filesystem::path& file, std::uint64_t most, Duration patience,
                                    const Clock& clock) {
    auto connection = sqlite::Connection::open(file.string(), true);
    if (!connection) return connection.error();
    if (auto known = SqliteJournal::check(*connection, file.string()); !known) return known.error();
    JournalLook look;
    const auto end =
        clock.steady() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(patience);
    if (auto checked = quick_check(*connection, {clock, end}, look); !checked) return checked.error();
    const auto sound = check_batches(*connection, most, look);
    if (!sound && sound.error().kind != Error::Kind::corrupt) return sound.error();
    if (!sound && look.broken.empty()) look.broken = sound.error().what;
    return look;
}

}  // namespace callboard
