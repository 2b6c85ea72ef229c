#include "history/sqlite_writer.hpp"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "history/sqlite_history_schema.hpp"

namespace callboard {
namespace {

constexpr std::int64_t kPagesKeptFree = 256;
constexpr int kMostPagesReturned = 64;

/// Everything but a row is an error.
Result<void> done(sqlite::Statement& statement) {
    const auto stepped = statement.step();
    statement.reset();
    if (!stepped) return stepped.error();
    return {};
}

/// All that are left, after which the statement holds no view of the file.
Result<std::vector<HistoryRow>> rows_of(sqlite::Statement& statement) {
    const sqlite::ResetAtEnd reset(statement);
    std::vector<HistoryRow> rows;
    for (;;) {
        const auto row = statement.step();
        if (!row) return row.error();
        if (!*row) return rows;
        rows.push_back(row_of(statement));
    }
}

}  // namespace

Result<std::unique_ptr<SqliteHistoryWriter>> SqliteHistoryWriter::open(const std::string& file) {
    auto connection = sqlite::Connection::open(file, false);
    if (!connection) return connection.error();
    // A crash of the machine may lose what was written last: it is read again from the journal.
    if (auto set = connection->run("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384"); !set)
        return set.error();
    std::unique_ptr<SqliteHistoryWriter> writer(new SqliteHistoryWriter(*std::move(connection)));  // NOLINT
    std::string values = "?1";
    for (int i = 2; i <= kHistoryColumnCount; ++i) values += fmt::format(", ?{}", i);
    const std::pair<sqlite::Statement*, std::string> statements[] = {
        {&writer->row_at_, fmt::format("SELECT {} FROM call WHERE started = ?1", kHistoryColumns)},
        {&writer->put_row_,
         fmt::format("INSERT OR REPLACE INTO call({}) VALUES({})", kHistoryColumns, values)},
        {&writer->put_party_, "INSERT OR IGNORE INTO party VALUES(?1, ?2, ?3)"},
        {&writer->remove_party_, "DELETE FROM party WHERE number = ?1 AND class = ?2 AND started = ?3"},
        {&writer->remove_row_, "DELETE FROM call WHERE started = ?1"},
        {&writer->put_place_, "UPDATE place SET epoch = ?1, sequence = ?2"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = writer->connection_.prepare(sql);
        if (!prepared) return prepared.error();
        *statement = *std::move(prepared);
    }
    return writer;
}

Result<HistoryPlace> SqliteHistoryWriter::place() {
    auto statement = connection_.prepare("SELECT epoch, sequence FROM place");
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return HistoryPlace{};
    return HistoryPlace{static_cast<std::uint64_t>(statement->integer(0)),
                        static_cast<Sequence>(statement->integer(1))};
}

Result<std::vector<HistoryRow>> SqliteHistoryWriter::unfinished() {
    auto statement = connection_.prepare(
        fmt::format("SELECT {} FROM call WHERE stage > 0 ORDER BY started", kHistoryColumns));
    if (!statement) return statement.error();
    return rows_of(*statement);
}

Result<void> SqliteHistoryWriter::each_party(sqlite::Statement& statement, const HistoryRow& row) {
    for (const std::string& number : std::set<std::string>{row.calling, row.called, row.dialed}) {
        if (number.empty()) continue;
        statement.bind(1, number)
            .bind(2, std::int64_t{class_of(row)})
            .bind(3, nanoseconds_since_epoch(row.started));
        if (auto stepped = done(statement); !stepped) return stepped;
    }
    return {};
}

Result<void> SqliteHistoryWriter::put(const HistoryRow& row) {
    const auto there = row_at_.bind(1, nanoseconds_since_epoch(row.started)).step();
    if (!there) return there.error();
    if (*there) {
        const HistoryRow before = row_of(row_at_);
        row_at_.reset();
        if (auto removed = each_party(remove_party_, before); !removed) return removed;
    }
    row_at_.reset();
    const std::string offers = packed_offers(row.offers);
    bind_row(put_row_, row, offers);
    if (auto stepped = done(put_row_); !stepped) return stepped;
    return each_party(put_party_, row);
}

Result<void> SqliteHistoryWriter::write(std::span<const HistoryRow> rows, const HistoryPlace& place) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    for (const HistoryRow& row : rows)
        if (auto written = put(row); !written) return written;
    put_place_.bind(1, static_cast<std::int64_t>(place.epoch))
        .bind(2, static_cast<std::int64_t>(place.sequence));
    if (auto stepped = done(put_place_); !stepped) return stepped;
    return transaction->commit();
}

Result<std::uint64_t> SqliteHistoryWriter::rewrite(std::string_view number,
                                                   const std::function<void(HistoryRow&)>& change) {
    if (auto set = connection_.run("PRAGMA secure_delete=ON"); !set) return set.error();
    const auto changed = rewrite_rows(*this, number, change, [&]() -> Result<std::vector<HistoryRow>> {
        auto some = connection_.prepare(fmt::format(
            "SELECT {} FROM call WHERE started IN (SELECT started FROM party WHERE number = ?1 LIMIT {})",
            kHistoryColumns, kMostRetired));
        if (!some) return some.error();
        some->bind(1, number);
        return rows_of(*some);
    });
    if (!changed) return changed.error();
    auto ticks = connection_.prepare("DELETE FROM tick WHERE number = ?1");
    if (!ticks) return ticks.error();
    ticks->bind(1, number);
    if (auto gone = done(*ticks); !gone) return gone.error();
    // A party whose row is gone, if there ever is one.
    auto left = connection_.prepare("DELETE FROM party WHERE number = ?1");
    if (!left) return left.error();
    left->bind(1, number);
    if (auto gone = done(*left); !gone) return gone.error();
    if (auto clean = sqlite::forget_for_good(connection_); !clean) return clean.error();
    return changed;
}

Result<void> SqliteHistoryWriter::forget(const std::vector<HistoryRow>& rows) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    for (const HistoryRow& row : rows) {
        if (auto removed = each_party(remove_party_, row); !removed) return removed;
        remove_row_.bind(1, nanoseconds_since_epoch(row.started));
        if (auto stepped = done(remove_row_); !stepped) return stepped;
    }
    const auto ticks =
        fmt::format("DELETE FROM tick WHERE through <= {}", nanoseconds_since_epoch(rows.back().started));
    if (auto removed = connection_.run(ticks.c_str()); !removed) return removed;
    return transaction->commit();
}

Result<bool> SqliteHistoryWriter::retire(Time limit) {
    auto oldest =
        connection_.prepare(fmt::format("SELECT {} FROM call WHERE started < {} ORDER BY started LIMIT {}",
                                        kHistoryColumns, nanoseconds_since_epoch(limit), kMostRetired));
    if (!oldest) return oldest.error();
    const auto rows = rows_of(*oldest);
    if (!rows) return rows.error();
    if (!rows->empty())
        if (auto forgotten = forget(*rows); !forgotten) return forgotten.error();
    const auto free_pages = connection_.integer("PRAGMA freelist_count");
    if (!free_pages) return free_pages.error();
    if (*free_pages > kPagesKeptFree)
        if (auto returned =
                connection_.run(fmt::format("PRAGMA incremental_vacuum({})", kMostPagesReturned).c_str());
            !returned)
            return returned.error();
    return static_cast<std::int64_t>(rows->size()) == kMostRetired;
}

}  // namespace callboard
