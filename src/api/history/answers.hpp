#pragma once

#include <functional>
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

/// By what name the other party of a row is known; empty: by none.
using ContactOf = std::function<std::string(const HistoryRow&)>;

/// A row as `/api/calls` shows it: one JSON object. `contact`: of ContactOf.
void append_row(std::string& out, const HistoryRow& row, const std::string& contact);
/// `{"calls":[…],"next":…}`; `next` of zero is null.
std::string page_json(const std::vector<HistoryRow>& rows, Time next, const ContactOf& contact_of);

/// The line of names above an export (RFC 4180).
std::string csv_head();
/// A row as a line of CSV: times in RFC 3339 of `zone`, and no text that a spreadsheet takes for a formula.
void append_csv(std::string& out, const HistoryRow& row, const TimeZone& zone, const std::string& contact);

std::string statistics_json(const Statistics& statistics, const TimeZone& zone);

void append_callback(std::string& out, const Callback& callback);
std::string callbacks_json(const std::vector<Callback>& callbacks);

}  // namespace callboard
