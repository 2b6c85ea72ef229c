#pragma once

#include <string>
#include <vector>

#include "event/masking.hpp"
#include "history/callbacks.hpp"
#include "history/row.hpp"
#include "history/statistics.hpp"

namespace callboard {

/// What a masked token reads of a row, and of a caller to call back.
HistoryRow masked(HistoryRow row, const Masking& masking);
Callback masked(Callback callback, const Masking& masking);

/// A row as `/api/calls` shows it: one JSON object.
void append_row(std::string& out, const HistoryRow& row);
/// `{"calls":[…],"next":…}`; `next` of zero is null.
std::string page_json(const std::vector<HistoryRow>& rows, Time next);

/// The line of names above an export (RFC 4180).
std::string csv_head();
/// A row as a line of CSV: times in RFC 3339 of `zone`, and no text that a spreadsheet takes for a formula.
void append_csv(std::string& out, const HistoryRow& row, const TimeZone& zone);

std::string statistics_json(const Statistics& statistics, const TimeZone& zone);

void append_callback(std::string& out, const Callback& callback);
std::string callbacks_json(const std::vector<Callback>& callbacks);

}  // namespace callboard
