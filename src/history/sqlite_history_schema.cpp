#include "history/sqlite_history_schema.hpp"

namespace callboard {
namespace {

/// Null when empty.
std::string_view text_or_null(std::string_view value) { return value.empty() ? std::string_view() : value; }

struct Columns {
    const sqlite::Statement& statement;
    std::int64_t integer(int at) const { return statement.integer(at); }
    std::string_view text(int at) const { return statement.blob(at); }
};

/// Binds one after the other.
struct Binder {
    sqlite::Statement& statement;
    int at = 0;
    void operator()(std::int64_t value) { statement.bind(++at, value); }
    void operator()(std::string_view value) { statement.bind(++at, text_or_null(value)); }
};

}  // namespace

void bind_row(sqlite::Statement& statement, const HistoryRow& row, std::string_view offers) {
    each_column(row, offers, Binder{statement});
}

HistoryRow row_of(const sqlite::Statement& statement) { return row_from(Columns{statement}); }

}  // namespace callboard
