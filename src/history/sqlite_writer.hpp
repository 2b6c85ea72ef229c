#pragma once

#include "history/store.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// Writes the history's file.
class SqliteHistoryWriter final : public HistoryWriter {
  public:
    static Result<std::unique_ptr<SqliteHistoryWriter>> open(const std::string& file);

    Result<HistoryPlace> place() override;
    Result<std::vector<HistoryRow>> unfinished() override;
    Result<void> write(std::span<const HistoryRow> rows, const HistoryPlace& place) override;
    Result<bool> retire(Time limit) override;
    Result<std::uint64_t> rewrite(std::string_view number,
                                  const std::function<void(HistoryRow&)>& change) override;

    static constexpr std::int64_t kMostRetired = 500;  ///< in one step

  private:
    explicit SqliteHistoryWriter(sqlite::Connection connection) : connection_(std::move(connection)) {}
    Result<void> put(const HistoryRow& row);
    Result<void> each_party(sqlite::Statement& statement, const HistoryRow& row);
    Result<void> forget(const std::vector<HistoryRow>& rows);

    sqlite::Connection connection_;
    sqlite::Statement row_at_, put_row_, put_party_, remove_party_, remove_row_, put_place_;
};

}  // namespace callboard
