#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "delivery/access.hpp"
#include "event/directory.hpp"
#include "history/callbacks.hpp"
#include "history/query.hpp"
#include "history/statistics.hpp"
#include "net/http.hpp"

namespace callboard {

/// What a question of the history is read with.
struct HistoryContext {
    const Directory& directory;
    const TimeZone& zone;
    std::string region;  ///< whose national numbers are read
    Time now{};
};

/// The filters of `/api/calls` and its exports, confined to what the grant covers. Error: a parameter that
/// cannot be read, and what to write instead; denied, when a masked token asks for a number, because the
/// answer would say whose it is.
Result<HistoryQuery> history_query(const HttpRequest& request, const Grant& grant,
                                   const HistoryContext& context);
/// What `number` says when it is no number but a text with letters, which may be the name of a contact.
/// Empty: it is none.
std::string searched_name(const HttpRequest& request);
/// Everything that the grant covers.
HistoryQuery covered_by(const Grant& grant, const Directory& directory);

/// `limit` (1 … 1000, 100 when absent) and `after` (the `next` of the page before).
struct HistoryPage {
    std::size_t limit = 100;
    Time before = Time::max();
};
Result<HistoryPage> history_page(const HttpRequest& request);

/// The parameters of `/api/statistics`. Without `from` today; without `to` now.
Result<StatisticsQuestion> statistics_question(const HttpRequest& request, const HistoryContext& context);

/// `from` and `to`. Error: one cannot be read, or they are the wrong way round.
Result<TimeSpan> asked_span(const HttpRequest& request, const HistoryContext& context, TimeSpan otherwise);

}  // namespace callboard
