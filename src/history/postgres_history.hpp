#pragma once

#include <memory>
#include <string>

#include "base/secret.hpp"
#include "history/postgres.hpp"
#include "history/store.hpp"

namespace callboard {

/// The history in a PostgreSQL database, whose tables are described in docs/formats/history.md. One Callboard
/// writes it at a time; anybody may read it.
///
/// The database may be away at any time, also at the start: readers and the writer then say so, and connect
/// again when they are asked the next time.
class PostgresHistory final : public HistoryStore {
  public:
    /// `url`: as libpq takes it, `postgresql://user:password@host/database`.
    explicit PostgresHistory(Secret url) : url_(std::move(url)) {}

    Result<std::unique_ptr<HistoryWriter>> writer() override;
    Result<std::unique_ptr<HistoryReader>> reader() override;

    static constexpr int kFormat = 1;

  private:
    Secret url_;
};

class PostgresHistoryWriter final : public HistoryWriter {
  public:
    explicit PostgresHistoryWriter(Secret url);

    Result<HistoryPlace> place() override;
    Result<std::vector<HistoryRow>> unfinished() override;
    Result<void> write(std::span<const HistoryRow> rows, const HistoryPlace& place) override;
    Result<bool> retire(Time limit) override;
    Result<std::uint64_t> rewrite(std::string_view number,
                                  const std::function<void(HistoryRow&)>& change) override;
    void interrupt() override { connection_.interrupt(); }

    static constexpr int kMostRetired = 500;  ///< in one step

  private:
    postgres::Connection connection_;
};

class PostgresHistoryReader final : public HistoryReader {
  public:
    explicit PostgresHistoryReader(Secret url);

    Result<std::optional<Time>> read(const HistoryQuery& query, Time before, std::size_t most_looked_at,
                                     const std::function<bool(const HistoryRow&)>& take) override;
    Result<std::uint64_t> count(const HistoryQuery& query) override;
    Result<std::optional<HistoryRow>> find(Time started) override;
    Result<std::vector<CallbackTick>> ticks(const std::string& account) override;
    Result<void> tick(const CallbackTick& tick) override;
    Result<void> untick(const std::string& account, const std::string& number) override;

    static constexpr std::size_t kFirstPage = 256;  ///< rows that are asked for first: a page for a reader
    static constexpr std::size_t kPage = 2'048;     ///< and then

  private:
    postgres::Connection connection_;
};

}  // namespace callboard
