#include "app/history_store.hpp"

#include "history/postgres_history.hpp"
#include "history/sqlite_history.hpp"

namespace callboard {

Result<std::unique_ptr<HistoryStore>> open_history(const Config& config, const DataDir& data) {
    if (!config.history.url.empty())
        return std::unique_ptr<HistoryStore>(std::make_unique<PostgresHistory>(config.history.url));
    auto file = SqliteHistory::open(data.history());
    if (!file) return file.error();
    return std::unique_ptr<HistoryStore>(*std::move(file));
}

}  // namespace callboard
