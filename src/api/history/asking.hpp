#pragma once

#include <functional>
#include <optional>

#include "api/history/answers.hpp"
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

/// Hands the query on, confined to calls with a contact of that name as well as with a party that is called
/// so itself; asks the contacts on a thread of the desk. Answers 400 itself when too many have the name.
/// Empty name: at once, as it is.
void with_contacts_named(const Api& api, Reactor& reactor, const Exchange& exchange, HistoryQuery query,
                         const std::string& name, std::function<void(HistoryQuery)> go_on);

/// The names that a token sees: none when it is masked, because they would say whose number it is. `api` must
/// outlive it; any thread.
ContactOf contacts_for(const Api& api, const Grant& grant);

/// Directory, zone and time of a question. `directory` must outlive what it returns.
HistoryContext history_context(const Api& api, const Directory& directory);

/// 503: too much is asked at once, the disk is in trouble, or the server stops.
HttpResponse history_unavailable();

/// Hands every row of a query to `take`, some at a time, so that the history's file can be tidied meanwhile.
/// `take` returns whether to go on. False: it takes longer than kPatience, or the server stops.
Result<bool> read_all(const Api& api, HistoryReader& reader, const HistoryQuery& query,
                      const std::function<bool(const HistoryRow&)>& take);

}  // namespace callboard
