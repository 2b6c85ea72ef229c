#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/event.hpp"
#include "history/query.hpp"
#include "history/row.hpp"

namespace callboard {

/// How far the history has read which journal.
struct HistoryPlace {
    std::uint64_t epoch = 0;  ///< 0: none yet
    Sequence sequence = 0;
    friend bool operator==(const HistoryPlace&, const HistoryPlace&) = default;
};

/// Somebody saw to a caller who had not been answered.
struct CallbackTick {
    std::string account, number;
    Time through{};  ///< `started` of the last attempt that it is for
    Time at{};
    std::string by;
    friend bool operator==(const CallbackTick&, const CallbackTick&) = default;
};

/// Fills the history. One thread.
class HistoryWriter {
  public:
    virtual ~HistoryWriter() = default;
    virtual Result<HistoryPlace> place() = 0;
    /// The rows that are not closed.
    virtual Result<std::vector<HistoryRow>> unfinished() = 0;
    /// Puts the rows in, in place of those with the same `started`, and the place up to which they tell; all
    /// or nothing, and safe from a crash of the process when it returns.
    virtual Result<void> write(std::span<const HistoryRow> rows, const HistoryPlace& place) = 0;
    /// Forgets a bounded number of rows begun before `limit`. Returns whether more is left to do.
    virtual Result<bool> retire(Time limit) = 0;
    /// Gives every row that has `number` (in the form of the protocol) as a party to `change`, and forgets
    /// who was to be called back at it. What was there before is gone from the tables' files when this
    /// returns. Returns how many rows there were. For a history that no server has open.
    virtual Result<std::uint64_t> rewrite(std::string_view number,
                                          const std::function<void(HistoryRow&)>& change) = 0;
    /// Makes a call that waits for a store elsewhere fail soon. Any thread.
    virtual void interrupt() {}
};

/// What rewrite() does in every store: changes rows and writes them back, in the same place, until `some`
/// gives none any more. `some`: a bounded number of rows that have `number` as a party. Returns how many
/// there were.
Result<std::uint64_t> rewrite_rows(HistoryWriter& writer, std::string_view number,
                                   const std::function<void(HistoryRow&)>& change,
                                   const std::function<Result<std::vector<HistoryRow>>()>& some);

/// Answers questions. One thread; any number of them beside each other and beside the writer.
class HistoryReader {
  public:
    virtual ~HistoryReader() = default;
    /// Hands over the rows of a query begun before `before`, newest first, until `take` returns false,
    /// `most_looked_at` rows were looked at, or the end. Returns where to go on (as `before`); nothing at the
    /// end.
    virtual Result<std::optional<Time>> read(const HistoryQuery& query, Time before,
                                             std::size_t most_looked_at,
                                             const std::function<bool(const HistoryRow&)>& take) = 0;
    /// How many rows a query means, at this moment.
    virtual Result<std::uint64_t> count(const HistoryQuery& query) = 0;
    /// Nothing: there is no such row.
    virtual Result<std::optional<HistoryRow>> find(Time started) = 0;

    virtual Result<std::vector<CallbackTick>> ticks(const std::string& account) = 0;
    /// In place of an earlier one of the same number.
    virtual Result<void> tick(const CallbackTick& tick) = 0;
    virtual Result<void> untick(const std::string& account, const std::string& number) = 0;
};

/// What count() says, found out by reading every row: for a query that the store cannot count.
Result<std::uint64_t> count_by_reading(HistoryReader& reader, const HistoryQuery& query);

/// Where the history is kept. Thread-safe; outlives its writer and readers.
class HistoryStore {
  public:
    virtual ~HistoryStore() = default;
    virtual Result<std::unique_ptr<HistoryWriter>> writer() = 0;
    virtual Result<std::unique_ptr<HistoryReader>> reader() = 0;
};

}  // namespace callboard
