#include <fmt/format.h>

#include <chrono>
#include <map>

#include "history/postgres_history.hpp"
#include "history/postgres_schema.hpp"

namespace callboard {
namespace {

/// A page of rows takes a tenth of a second; a database may have other things to do.
constexpr std::chrono::seconds kPatience{30};

/// Two that follow different journals would undo each other's places.
Result<void> be_the_only_writer(postgres::Connection& connection) {
    if (auto ready = use_postgres_schema(connection); !ready) return ready;
    const auto locked = connection.run("SELECT pg_try_advisory_lock(1128417330, hashtext(current_schema()))");
    if (!locked) return locked.error();
    if (locked->text(0, 0) == "t") return {};
    return Error{Error::Kind::unavailable,
                 "another callboard writes its history into this database: give each its own"};
}

/// `started = EXCLUDED.started, class = EXCLUDED.class, …`
std::string replaced_columns() {
    std::string all;
    for (std::string_view rest = kHistoryColumns; !rest.empty();) {
        const auto end = std::min(rest.find(", "), rest.size());
        const std::string_view name = rest.substr(0, end);
        all += fmt::format("{}{} = EXCLUDED.{}", all.empty() ? "" : ", ", name, name);
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return all;
}

const std::string& put_rows() {
    static const std::string sql = fmt::format(
        "WITH put AS (INSERT INTO callboard_call({}) SELECT * FROM unnest($1::bigint[], $2::integer[],"
        " $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],"
        " $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],"
        " $18::bigint[], $19::bigint[], $20::text[]) ON CONFLICT (started) DO UPDATE SET {})"
        " UPDATE callboard_place SET epoch = $21, sequence = $22",
        kHistoryColumns, replaced_columns());
    return sql;
}

std::vector<HistoryRow> rows_of(const postgres::Rows& found) {
    std::vector<HistoryRow> rows;
    rows.reserve(static_cast<std::size_t>(found.count()));
    for (int row = 0; row < found.count(); ++row) rows.push_back(row_of(found, row));
    return rows;
}

}  // namespace

PostgresHistoryWriter::PostgresHistoryWriter(Secret url)
    : connection_(std::move(url), kPatience, be_the_only_writer) {}

Result<HistoryPlace> PostgresHistoryWriter::place() {
    const auto found = connection_.run("SELECT epoch, sequence FROM callboard_place");
    if (!found) return found.error();
    return HistoryPlace{static_cast<std::uint64_t>(found->integer(0, 0)),
                        static_cast<Sequence>(found->integer(0, 1))};
}

Result<std::vector<HistoryRow>> PostgresHistoryWriter::unfinished() {
    const auto found = connection_.run(
        fmt::format("SELECT {} FROM callboard_call WHERE stage > 0 ORDER BY started", kHistoryColumns)
            .c_str());
    if (!found) return found.error();
    return rows_of(*found);
}

Result<void> PostgresHistoryWriter::write(std::span<const HistoryRow> rows, const HistoryPlace& place) {
    std::map<Time, const HistoryRow*> last;  // one statement cannot change a row twice
    for (const HistoryRow& row : rows) last[row.started] = &row;
    std::vector<const HistoryRow*> once;
    once.reserve(last.size());
    for (const auto& [started, row] : last) once.push_back(row);
    auto parameters = columns_of(once);
    parameters.emplace_back(std::to_string(static_cast<std::int64_t>(place.epoch)));
    parameters.emplace_back(std::to_string(static_cast<std::int64_t>(place.sequence)));
    const auto written = connection_.run(put_rows().c_str(), parameters);
    if (!written) return written.error();
    return {};
}

Result<bool> PostgresHistoryWriter::retire(Time limit) {
    const auto gone = connection_.run(
        "WITH gone AS (DELETE FROM callboard_call WHERE started IN (SELECT started FROM callboard_call"
        " WHERE started < $1 ORDER BY started LIMIT $2) RETURNING started),"
        " seen_to AS (DELETE FROM callboard_tick WHERE through <= (SELECT max(started) FROM gone))"
        " SELECT count(*) FROM gone",
        {std::to_string(nanoseconds_since_epoch(limit)), std::to_string(kMostRetired)});
    if (!gone) return gone.error();
    return gone->integer(0, 0) == kMostRetired;
}

Result<std::uint64_t> PostgresHistoryWriter::rewrite(std::string_view number,
                                                     const std::function<void(HistoryRow&)>& change) {
    // Writing a large table anew takes as long as it takes.
    if (auto patient = connection_.run_script("SET statement_timeout = 0"); !patient) return patient.error();
    const std::string stored = postgres::storable(number);
    const std::string some =
        fmt::format("SELECT {} FROM callboard_call WHERE calling = $1 OR called = $1 OR dialed = $1 LIMIT {}",
                    kHistoryColumns, kMostRetired);
    const auto changed = rewrite_rows(*this, number, change, [&]() -> Result<std::vector<HistoryRow>> {
        const auto found = connection_.run(some.c_str(), {stored});
        if (!found) return found.error();
        return rows_of(*found);
    });
    if (!changed) return changed.error();
    const auto unticked = connection_.run("DELETE FROM callboard_tick WHERE number = $1", {stored});
    if (!unticked) return unticked.error();
    // The old versions of the rows still stand in the tables' files.
    for (const char* clean : {"VACUUM FULL callboard_call", "VACUUM FULL callboard_tick"})
        if (const auto cleaned = connection_.run(clean); !cleaned) return cleaned.error();
    return changed;
}

}  // namespace callboard
