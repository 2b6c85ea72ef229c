#include "api/history/asking.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "api/answers.hpp"
#include "delivery/presented_token.hpp"
#include "delivery/refusal.hpp"

namespace callboard {
namespace {

constexpr std::size_t kLookedAtOnce = 20'000;  // rows that one snapshot of the file is held for
constexpr std::chrono::seconds kPatience{60};
constexpr std::string_view kTooManyNamed =
    "\"number\" is wrong: too many contacts have this name, write more of it";

}  // namespace

std::optional<Grant> granted(const Api& api, Reactor& reactor, const HttpRequest& request,
                             const Exchange& exchange) {
    auto grant = api.readers.tokens.find(presented_token(request), api.clock.now());
    if (!grant)
        refuse(reactor, api.readers.wrong_tokens, request.peer, exchange, error_answer(403, kTokenRefused));
    return grant;
}

HistoryContext history_context(const Api& api, const Directory& directory) {
    return {directory, api.readers.hub.zone(), api.default_region, api.clock.now()};
}

HttpResponse history_unavailable() {
    HttpResponse response = error_answer(503, "The history cannot be read just now; try again later");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

void answer_from_history(const Api& api, Reactor& reactor, const Exchange& exchange,
                         std::function<HttpResponse(HistoryReader&)> make) {
    const bool taken = api.history.submit(
        [&reactor, exchange, make = std::move(make)](const Result<HistoryReader*>& reader) {
            if (!reader) spdlog::error("history: {}", reader.error().what);
            reactor.post([exchange, answer = reader ? make(**reader) : history_unavailable()] {
                exchange->respond(answer);
            });
        });
    if (!taken) exchange->respond(history_unavailable());
}

void with_contacts_named(const Api& api, Reactor& reactor, const Exchange& exchange, HistoryQuery query,
                         const std::string& name, std::function<void(HistoryQuery)> go_on) {
    if (name.empty()) return go_on(std::move(query));
    const bool taken = api.history.submit([&api, &reactor, exchange, query = std::move(query), name,
                                           go_on = std::move(go_on)](const Result<HistoryReader*>&) {
        auto found = query;
        const std::size_t room = HistoryQuery::kMostNumbers - query.numbers.size();
        const auto contacts = api.contacts.find(query.account, name, {}, room + 1);
        if (!contacts || contacts->size() > room)
            return reactor.post([exchange, known = contacts.has_value()] {
                exchange->respond(known ? error_answer(400, kTooManyNamed) : history_unavailable());
            });
        for (const Contact& contact : *contacts) found.numbers.push_back(contact.number);
        reactor.post([go_on, found = std::move(found)] { go_on(found); });
    });
    if (!taken) exchange->respond(history_unavailable());
}

ContactOf contacts_for(const Api& api, const Grant& grant) {
    if (grant.masked) return [](const HistoryRow&) { return std::string(); };
    return [&contacts = api.contacts, account = grant.account](const HistoryRow& row) {
        auto name = contacts.name_of(account, row.other_party());
        return name ? name->value_or("") : std::string();
    };
}

Result<bool> read_all(const Api& api, HistoryReader& reader, const HistoryQuery& query,
                      const std::function<bool(const HistoryRow&)>& take) {
    const auto deadline = api.clock.steady() + kPatience;
    std::optional<Time> before = Time::max();
    bool more = true;
    while (before && more) {
        if (api.history.stopping() || api.clock.steady() > deadline) return false;
        const auto next = reader.read(query, *before, kLookedAtOnce,
                                      [&](const HistoryRow& row) { return more = take(row); });
        if (!next) return next.error();
        before = *next;
    }
    return true;
}

}  // namespace callboard
