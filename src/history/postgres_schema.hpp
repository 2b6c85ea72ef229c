#pragma once

#include <vector>

#include "history/postgres.hpp"
#include "history/row_columns.hpp"

namespace callboard {

/// Makes the tables where there are none. Error: they are of a newer version, or the database refuses.
Result<void> use_postgres_schema(postgres::Connection& connection);

/// `rows` as one array for each column.
postgres::Parameters columns_of(const std::vector<const HistoryRow*>& rows);
/// The row that stands in the columns of kHistoryColumns.
HistoryRow row_of(const postgres::Rows& rows, int row);

}  // namespace callboard
