#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/query.hpp"
#include "history/row.hpp"

namespace callboard {

/// A row of the history as columns of a table, in whatever database. Times are ns since 1970, 0 for none;
/// durations ns; empty texts are null. docs/formats/history.md.
inline constexpr std::string_view kHistoryColumns =
    "started, class, stage, account, call_id, line, queue, agent, calling, called, dialed, name, cause,"
    " rang, answered, ended, waited, talked, parent, offers";
inline constexpr int kHistoryColumnCount = 20;

/// `agent TAB at TAB ended TAB answered LF` for each.
std::string packed_offers(const std::vector<AgentOffer>& offers);
std::vector<AgentOffer> unpacked_offers(std::string_view packed);

std::int64_t stored_time(const std::optional<Time>& time);
std::optional<Time> time_from_stored(std::int64_t stored);

/// Calls `put` with the value of each column in turn, std::int64_t or std::string_view. `offers`: of
/// packed_offers().
template <typename Put>
void each_column(const HistoryRow& row, std::string_view offers, Put&& put) {
    for (const std::int64_t value :
         {stored_time(row.started), std::int64_t{class_of(row)}, static_cast<std::int64_t>(row.stage)})
        put(value);
    for (const std::string* member : {&row.account, &row.call_id, &row.line, &row.queue, &row.agent,
                                      &row.calling, &row.called, &row.dialed, &row.name, &row.cause})
        put(std::string_view(*member));
    for (const std::int64_t value :
         {stored_time(row.rang), stored_time(row.answered), stored_time(row.ended),
          std::int64_t{row.waited.count()}, std::int64_t{row.talked.count()}, stored_time(row.parent)})
        put(value);
    put(offers);
}

/// Kind, direction, outcome and stage, as they are stored.
void set_shape(HistoryRow& row, std::int64_t row_class, std::int64_t stage);

/// The row whose columns `columns` has: its `integer(at)` and `text(at)` give that with index `at`.
template <typename Columns>
HistoryRow row_from(const Columns& columns) {
    HistoryRow row;
    int at = 3;
    row.started = time_from_nanoseconds(columns.integer(0));
    set_shape(row, columns.integer(1), columns.integer(2));
    for (std::string* member : {&row.account, &row.call_id, &row.line, &row.queue, &row.agent, &row.calling,
                                &row.called, &row.dialed, &row.name, &row.cause})
        *member = columns.text(at++);
    for (std::optional<Time>* member : {&row.rang, &row.answered, &row.ended})
        *member = time_from_stored(columns.integer(at++));
    row.waited = Duration(columns.integer(at++));
    row.talked = Duration(columns.integer(at++));
    row.parent = time_from_nanoseconds(columns.integer(at++));
    row.offers = unpacked_offers(columns.text(at++));
    return row;
}

}  // namespace callboard
