#pragma once

#include <functional>
#include <optional>

#include "api/history/question.hpp"
#include "api/routes.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// What the request's token may read. Nothing: it is none of ours, and that was answered.
std::optional<Grant> granted(const Api& api, Reactor& reactor, const HttpRequest& request,
                             const Exchange& exchange);

/// Makes the answer on a thread of the desk and sends it; a history that cannot be read is a 503.
void answer_from_history(const Api& api, Reactor& reactor, const Exchange& exchange,
                         std::function<HttpResponse(HistoryReader&)> make);

/// Directory, zone and time of a question. `directory` must outlive what it returns.
HistoryContext history_context(const Api& api, const Directory& directory);

/// 503: too much is asked at once, the disk is in trouble, or the server stops.
HttpResponse history_unavailable();

/// Hands every row of a query to `take`, some at a time, so that the history's file can be tidied meanwhile.
/// `take` returns whether to go on. False: it takes longer than kPatience, or the server stops.
Result<bool> read_all(const Api& api, HistoryReader& reader, const HistoryQuery& query,
                      const std::function<bool(const HistoryRow&)>& take);

}  // namespace callboard
