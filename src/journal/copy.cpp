#include "journal/copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "journal/batch_codec.hpp"
#include "journal/sqlite.hpp"
#include "journal/sqlite_journal.hpp"

namespace callboard {
namespace {

constexpr int kRowsAtATime = 64;  // at most 16 MiB

constexpr std::string_view kRows =
    "SELECT first, count, oldest_ns, newest_ns, crc32c, body FROM batch WHERE first > ?1 AND first <= ?2 "
    "ORDER BY first LIMIT ?3";

/// The new file of a copy: private from its first moment, gone again unless it is kept.
class NewFile {
  public:
    static Result<NewFile> make(const std::filesystem::path& path) {
        const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (made < 0)
            return Error{Error::Kind::unavailable,
                         fmt::format("{} cannot be made: {}; name a directory that this user may write to",
                                     path.string(), std::generic_category().message(errno))};
        ::close(made);
        return NewFile(path);
    }
    NewFile(NewFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove(path_, ignored);
    }
    void keep() { path_.clear(); }

  private:
    explicit NewFile(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

Result<sqlite::Connection> open_for_copying(const std::filesystem::path& from) {
    auto connection = sqlite::Connection::open(from.string(), true);
    if (!connection) return connection.error();
    // A server that writes in groups lets nobody wait for long; one that stops takes longer.
    sqlite3_busy_timeout(connection->handle(), 10'000);
    return connection;
}

/// Everything about the journal but its batches.
Result<void> copy_shape(sqlite::Connection& from, sqlite::Connection& to) {
    const auto epoch = from.integer("SELECT epoch FROM meta");
    if (!epoch) return epoch.error();
    const auto next = from.integer("SELECT next FROM meta");
    if (!next) return next.error();
    const auto made = to.run(fmt::format("PRAGMA page_size={}; PRAGMA auto_vacuum=INCREMENTAL; {}",
                                         SqliteJournal::kPageSize, SqliteJournal::schema(*epoch, *next))
                                 .c_str());
    return made;
}

/// The rows behind `after` up to `last`, a few of them. Returns the first number of the last one.
Result<std::int64_t> copy_rows(sqlite::Statement& rows, sqlite::Statement& insert, std::int64_t after,
                               std::int64_t last, CopiedJournal& copied) {
    const sqlite::ResetAtEnd ended(rows);
    rows.bind(1, after).bind(2, last).bind(3, std::int64_t{kRowsAtATime});
    while (true) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) return after;
        const sqlite::ResetAtEnd reset(insert);
        for (int column = 0; column < 5; ++column) insert.bind(column + 1, rows.integer(column));
        insert.bind(6, rows.blob(5));
        if (const auto inserted = insert.step(); !inserted) return inserted.error();
        after = rows.integer(0);
        copied.last = static_cast<Sequence>(after + rows.integer(1) - 1);
        copied.bytes += rows.blob(5).size();
    }
}

Result<CopiedJournal> copy_batches(sqlite::Connection& from, sqlite::Connection& to) {
    const auto newest = from.integer("SELECT ifnull(max(first), 0) FROM batch");
    if (!newest) return newest.error();
    auto rows = from.prepare(kRows);
    if (!rows) return rows.error();
    auto insert = to.prepare("INSERT INTO batch VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!insert) return insert.error();
    CopiedJournal copied;
    for (std::int64_t at = 0; at < *newest;) {
        auto transaction = sqlite::Transaction::begin(to);
        if (!transaction) return transaction.error();
        const auto reached = copy_rows(*rows, *insert, at, *newest, copied);
        if (!reached) return reached.error();
        if (auto committed = transaction->commit(); !committed) return committed.error();
        if (*reached == at) break;  // retired meanwhile
        at = *reached;
    }
    // What had numbers once keeps them from being used again.
    const auto next = from.integer("SELECT next FROM meta");
    if (!next) return next.error();
    if (auto set = to.run(fmt::format("UPDATE meta SET next = max(next, {})", *next).c_str()); !set)
        return set.error();
    return copied;
}

}  // namespace

Result<CopiedJournal> copy_journal(const std::filesystem::path& from, const std::filesystem::path& to) {
    auto source = open_for_copying(from);
    if (!source) return source.error();
    if (auto known = SqliteJournal::check(*source, from.string()); !known) return known.error();
    auto made = NewFile::make(to);
    if (!made) return made.error();
    auto target = sqlite::Connection::open(to.string(), false);
    if (!target) return target.error();
    // A copy that is not finished is removed, so it needs no log; the commits sync.
    if (auto set = target->run("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=FULL"); !set)
        return set.error();
    if (auto shaped = copy_shape(*source, *target); !shaped) return shaped.error();
    auto copied = copy_batches(*source, *target);
    if (copied) made->keep();
    return copied;
}

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
    auto source = open_for_copying(from);
    if (!source) return source.error();
    auto made = NewFile::make(to);
    if (!made) return made.error();
    auto target = sqlite::Connection::open(to.string(), false);
    if (!target) return target.error();
    const std::unique_ptr<sqlite3_backup, decltype(&sqlite3_backup_finish)> backup(
        sqlite3_backup_init(target->handle(), "main", source->handle(), "main"), sqlite3_backup_finish);
    if (!backup)
        return sqlite::error_of(target->handle(), sqlite3_extended_errcode(target->handle()),
                                "cannot write " + to.string());
    if (const int code = sqlite3_backup_step(backup.get(), -1); code != SQLITE_DONE)
        return sqlite::error_of(nullptr, code,
                                fmt::format("cannot copy {} to {}", from.string(), to.string()));
    made->keep();
    return {};
}

Result<void> leave_numbers(const std::filesystem::path& journal) {
    auto connection = sqlite::Connection::open(journal.string(), false);
    if (!connection) return connection.error();
    if (auto known = SqliteJournal::check(*connection, journal.string()); !known) return known;
    return connection->run(
        fmt::format("UPDATE meta SET next = max(next, (SELECT ifnull(max(first), 0) + {} FROM batch)) + {}",
                    kMostBatchRecords, SqliteJournal::kNumbersLeft)
            .c_str());
}

}  // namespace callboard
