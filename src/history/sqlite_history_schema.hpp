#pragma once

#include <string_view>

#include "history/row_columns.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// docs/formats/history.md. Texts are stored as bytes and null when empty; times are ns since 1970, 0 for
/// none; durations ns.
inline constexpr const char* kHistoryTables =
    "CREATE TABLE place(epoch INTEGER NOT NULL, sequence INTEGER NOT NULL);"
    "INSERT INTO place VALUES(0, 0);"
    "CREATE TABLE call(started INTEGER PRIMARY KEY, class INTEGER NOT NULL, stage INTEGER NOT NULL,"
    " account BLOB, call_id BLOB, line BLOB, queue BLOB, agent BLOB, calling BLOB, called BLOB, dialed BLOB,"
    " name BLOB, cause BLOB, rang INTEGER, answered INTEGER, ended INTEGER, waited INTEGER, talked INTEGER,"
    " parent INTEGER, offers BLOB);"
    "CREATE TABLE party(number BLOB, class INTEGER, started INTEGER, PRIMARY KEY(number, class, started))"
    " WITHOUT ROWID;"
    "CREATE TABLE tick(account BLOB, number BLOB, through INTEGER, at INTEGER, who BLOB,"
    " PRIMARY KEY(account, number)) WITHOUT ROWID;";
/// Each ends with `started`, as every index of a table with a rowid does.
inline constexpr const char* kHistoryIndexes =
    "CREATE INDEX call_account ON call(account, class);"
    "CREATE INDEX call_line ON call(line, class) WHERE line IS NOT NULL;"
    "CREATE INDEX call_queue ON call(queue, class) WHERE queue IS NOT NULL;"
    "CREATE INDEX call_agent ON call(agent, class) WHERE agent IS NOT NULL;"
    "CREATE INDEX call_unfinished ON call(stage) WHERE stage > 0;";

/// Binds the columns of kHistoryColumns to parameters 1 … kHistoryColumnCount. `row` and `offers` (of
/// packed_offers()) must live until the statement is reset.
void bind_row(sqlite::Statement& statement, const HistoryRow& row, std::string_view offers);
/// The row that stands in these columns.
HistoryRow row_of(const sqlite::Statement& statement);

}  // namespace callboard
