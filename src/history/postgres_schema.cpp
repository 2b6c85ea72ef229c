#include "history/postgres_schema.hpp"

#include <fmt/format.h>

#include "history/postgres_history.hpp"

namespace callboard {
namespace {

/// docs/formats/history.md. Nothing is written twice; each index leads to rows in the order of time.
constexpr const char* kTables =
    "SELECT pg_advisory_xact_lock(1128417329);"
    "CREATE TABLE IF NOT EXISTS callboard_place(format integer NOT NULL, epoch bigint NOT NULL,"
    " sequence bigint NOT NULL);"
    "INSERT INTO callboard_place SELECT 1, 0, 0 WHERE NOT EXISTS (SELECT FROM callboard_place);"
    "CREATE TABLE IF NOT EXISTS callboard_call(started bigint PRIMARY KEY, class integer NOT NULL,"
    " stage integer NOT NULL, account text, call_id text, line text, queue text, agent text, calling text,"
    " called text, dialed text, name text, cause text, rang bigint NOT NULL, answered bigint NOT NULL,"
    " ended bigint NOT NULL, waited bigint NOT NULL, talked bigint NOT NULL, parent bigint NOT NULL,"
    " offers text);"
    "CREATE INDEX IF NOT EXISTS callboard_call_account ON callboard_call(account, class, started);"
    "CREATE INDEX IF NOT EXISTS callboard_call_line ON callboard_call(line, class, started)"
    " WHERE line IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS callboard_call_queue ON callboard_call(queue, class, started)"
    " WHERE queue IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS callboard_call_agent ON callboard_call(agent, class, started)"
    " WHERE agent IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS callboard_call_calling ON callboard_call(calling, started);"
    "CREATE INDEX IF NOT EXISTS callboard_call_called ON callboard_call(called, started);"
    "CREATE INDEX IF NOT EXISTS callboard_call_dialed ON callboard_call(dialed, started);"
    "CREATE INDEX IF NOT EXISTS callboard_call_unfinished ON callboard_call(started) WHERE stage > 0;"
    "CREATE TABLE IF NOT EXISTS callboard_tick(account text, number text, through bigint NOT NULL,"
    " at bigint NOT NULL, who text NOT NULL, PRIMARY KEY(account, number))";

struct Columns {
    const postgres::Rows& rows;
    int row;
    std::int64_t integer(int at) const { return rows.integer(row, at); }
    std::string_view text(int at) const { return rows.text(row, at); }
};

using Column = std::vector<std::optional<std::string>>;

/// Puts each value at the end of its column.
struct Appender {
    std::vector<Column>& columns;
    std::size_t at = 0;
    void operator()(std::int64_t value) { columns[at++].emplace_back(std::to_string(value)); }
    void operator()(std::string_view value) {
        columns[at++].push_back(value.empty() ? std::nullopt : std::optional(postgres::storable(value)));
    }
};

}  // namespace

Result<void> use_postgres_schema(postgres::Connection& connection) {
    // Who may only use tables that somebody else has made cannot even ask to have them made.
    const auto there = connection.run("SELECT to_regclass('callboard_tick') IS NOT NULL");
    if (!there) return there.error();
    if (there->text(0, 0) != "t")
        if (auto made = connection.run_script(kTables); !made) return made;
    const auto format = connection.run("SELECT format FROM callboard_place");
    if (!format) return format.error();
    if (format->count() == 1 && format->integer(0, 0) <= PostgresHistory::kFormat) return {};
    return Error{
        Error::Kind::invalid,
        fmt::format("the history in the database has format {}, made by a newer callboard; this one reads up "
                    "to {}: install the newer one again, or name another database",
                    format->count() > 0 ? format->integer(0, 0) : 0, PostgresHistory::kFormat)};
}

postgres::Parameters columns_of(const std::vector<const HistoryRow*>& rows) {
    std::vector<Column> columns(kHistoryColumnCount);
    for (const HistoryRow* row : rows) each_column(*row, packed_offers(row->offers), Appender{columns});
    postgres::Parameters arrays;
    for (const Column& column : columns) arrays.emplace_back(postgres::array_of(column));
    return arrays;
}

HistoryRow row_of(const postgres::Rows& rows, int row) { return row_from(Columns{rows, row}); }

}  // namespace callboard
