#include "history/postgres_history.hpp"

#include "history/postgres_schema.hpp"

namespace callboard {

Result<std::unique_ptr<HistoryWriter>> PostgresHistory::writer() {
    return std::unique_ptr<HistoryWriter>(std::make_unique<PostgresHistoryWriter>(url_));
}

Result<std::unique_ptr<HistoryReader>> PostgresHistory::reader() {
    return std::unique_ptr<HistoryReader>(std::make_unique<PostgresHistoryReader>(url_));
}

}  // namespace callboard
