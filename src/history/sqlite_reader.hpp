#pragma once

#include "history/store.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// Reads the history's file.
///
/// Every index has a key, then the class, then the time: a query takes one of them and walks the classes that
/// it may have side by side, newest first, so that its first rows cost the same however many there are.
class SqliteHistoryReader final : public HistoryReader {
  public:
    static Result<std::unique_ptr<SqliteHistoryReader>> open(const std::string& file);

    Result<std::optional<Time>> read(const HistoryQuery& query, Time before, std::size_t most_looked_at,
                                     const std::function<bool(const HistoryRow&)>& take) override;
    Result<std::uint64_t> count(const HistoryQuery& query) override;
    Result<std::optional<HistoryRow>> find(Time started) override;
    Result<std::vector<CallbackTick>> ticks(const std::string& account) override;
    Result<void> tick(const CallbackTick& tick) override;
    Result<void> untick(const std::string& account, const std::string& number) override;

  private:
    /// One index, and a statement for each key and class that is being walked.
    struct Walk {
        std::string sql;
        std::vector<sqlite::Statement> statements = {};
    };
    SqliteHistoryReader(sqlite::Connection connection, std::string file)
        : connection_(std::move(connection)), file_(std::move(file)) {}
    Result<void> run_for_writing(const char* sql, const CallbackTick& tick, bool whole);
    Result<sqlite::Statement*> statement_of(Walk& walk, std::size_t at);
    Walk& walk_of(const HistoryQuery& query, std::vector<std::string_view>& keys);

    sqlite::Connection connection_;
    std::string file_;
    sqlite::Statement row_at_;
    Walk by_number_{
        "SELECT started FROM party WHERE number = ?1 AND class = ?2 AND started >= ?3 AND"
        " started < ?4 ORDER BY started DESC"};
    Walk by_agent_{of_call("agent")}, by_line_{of_call("line")}, by_queue_{of_call("queue")},
        by_account_{of_call("account")};
    static std::string of_call(std::string_view column);
};

}  // namespace callboard
