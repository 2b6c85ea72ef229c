#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/inquiry.hpp"
#include "api/json_object.hpp"
#include "api/key_access.hpp"
#include "base/text.hpp"
#include "contacts/contact_import.hpp"
#include "delivery/presented_token.hpp"
#include "delivery/refusal.hpp"
#include "event/numbering.hpp"

namespace callboard {
namespace {

constexpr std::string_view kRule = "* /api/contacts";
constexpr std::size_t kMostAsked = 100;                // numbers of one question
constexpr std::size_t kContacts = 100, kMost = 1'000;  // of one page

HttpResponse unavailable() {
    HttpResponse response = error_answer(503, "The contacts cannot be read just now; try again later");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

/// Whose contacts are asked for.
struct Visitor {
    std::string account;  ///< empty: those that all accounts share, alone
    bool sees_all;        ///< not only names of numbers that it knows already
    Actor actor;
};

/// The account that a key names. Nothing: there is none of that name, and that was answered.
std::optional<std::string> named_account(const Api& api, const HttpRequest& request,
                                         const Exchange& exchange) {
    std::string account = request.parameter("account").value_or("");
    if (account.empty() || api.readers.hub.directory()->account(account) != nullptr) return account;
    exchange->respond(error_answer(400, "\"account\" is wrong: the configuration has no such account"));
    return std::nullopt;
}

/// A key, or a token that is not masked: names would say whose a masked number is. Nothing: the request is
/// answered.
std::optional<Visitor> visitor(const Api& api, Reactor& reactor, const HttpRequest& request,
                               const Exchange& exchange) {
    const auto key =
        api.api_keys()->check(bearer_token(request.header("Authorization")), "GET", request.path);
    if (key == ApiKeys::Verdict::allowed) {
        const auto account = named_account(api, request, exchange);
        return account ? std::optional(Visitor{*account, true, actor_with_key(request, *account)})
                       : std::nullopt;
    }
    const std::string token = presented_token(request);
    const auto grant = api.readers.tokens.find(token, api.clock.now());
    if (grant && !grant->masked)
        return Visitor{grant->account, grant->service.empty(), actor_of(request.peer, token, *grant)};
    if (grant)
        exchange->respond(error_answer(403, "This token shows numbers masked, so it may not read names"));
    else if (key == ApiKeys::Verdict::forbidden)
        exchange->respond(error_answer(
            403, "This key may not call this path: add \"" + std::string(kRule) + "\" to its allow list"));
    else
        refuse(reactor, api.readers.wrong_tokens, request.peer, exchange, error_answer(403, kTokenRefused));
    return std::nullopt;
}

/// Makes the answer on a thread of the history's desk, which is there for whoever waits for a disk.
void answer_beside(const Api& api, Reactor& reactor, const Exchange& exchange,
                   std::function<HttpResponse()> make) {
    const bool taken =
        api.history.submit([&reactor, exchange, make = std::move(make)](const Result<HistoryReader*>&) {
            reactor.post([exchange, answer = make()] { exchange->respond(answer); });
        });
    if (!taken) exchange->respond(unavailable());
}

std::vector<std::string> by_comma(std::string_view text) {
    std::vector<std::string> all;
    while (!text.empty())
        if (const auto one = take_part(text, ','); !one.empty()) all.emplace_back(one);
    return all;
}

/// Whether a name that the contacts do not have will be there a little later.
bool is_looked_up(const Api& api, const Directory& ours, const std::string& account,
                  std::string_view number) {
    return api.look_up && is_public_number(number) && ours.by_number(number) == nullptr &&
           api.look_up(account, number);
}

/// `{"names":{"06 12 34 56 78":"Jean Dupont"},"pending":["0698765432"],"empty":false}`: by the numbers as
/// they were asked for; `pending` when a directory is asked for some.
HttpResponse names_of(const Api& api, const std::string& account, const std::vector<std::string>& numbers,
                      const Inquiry& inquiry) {
    Numbering numbering(api.default_region);
    const auto ours = api.readers.hub.directory();
    const auto empty = api.contacts.is_empty(account);
    if (!empty) return unavailable();
    std::vector<std::string> pending;
    std::string names = "{", body;
    std::uint64_t rows = 0;
    for (const std::string& number : numbers) {
        const std::string_view canonical = numbering.canonical(number);
        const auto name = api.contacts.name_of(account, canonical);
        if (!name) return unavailable();
        if (!*name) {
            if (is_looked_up(api, *ours, account, canonical)) pending.push_back(number);
            continue;
        }
        ++rows;
        if (names.back() != '{') names += ',';
        append_json_string(names, number);
        append_json_string(names += ':', **name);
    }
    inquiry.read_contacts(rows);
    {
        JsonObject answer(body);
        answer.raw("names", names += '}');
        if (!pending.empty())
            append_json_array(answer.begin("pending"), pending,
                              [&body](const std::string& number) { append_json_string(body, number); });
        answer.truth("empty", *empty && !api.look_up);
    }
    return json_answer(200, std::move(body));
}

HttpResponse page_of(const Api& api, const std::string& account, const std::string& search,
                     const std::string& after, std::size_t limit, const Inquiry& inquiry) {
    auto found = api.contacts.find(account, search, after, limit + 1);
    if (!found) return unavailable();
    const bool more = found->size() > limit;
    if (more) found->pop_back();
    inquiry.read_contacts(found->size());
    std::string body;
    {
        JsonObject page(body);
        append_json_array(page.begin("contacts"), *found, [&body](const Contact& contact) {
            JsonObject(body).text("number", contact.number).text("name", contact.name);
        });
        page.text_or_null("next", more ? std::optional(found->back().number) : std::nullopt);
    }
    return json_answer(200, std::move(body));
}

HttpResponse imported(const Api& api, const std::string& account, const std::string& csv,
                      const Actor& actor) {
    ContactImport import(api.contacts, account, api.default_region);
    auto done = import.feed(csv);
    if (done) done = import.finish();
    if (!done && done.error().kind == Error::Kind::invalid) return error_answer(400, done.error().what);
    if (!done) return error_answer(503, done.error().what);
    api.audit.note(actor, act::ContactsImport{import.report().imported, import.report().refused});
    std::string body;
    {
        JsonObject report(body);
        report.number("imported", import.report().imported).number("refused", import.report().refused);
        append_json_array(report.begin("refusals"), import.report().refusals,
                          [&body](const ImportReport::Refusal& one) {
                              JsonObject(body).number("line", one.line).text("why", one.why);
                          });
    }
    return json_answer(200, std::move(body));
}

}  // namespace

void answer_contacts(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                     const Exchange& exchange) {
    auto who = visitor(api, reactor, request, exchange);
    if (!who) return;
    Inquiry inquiry(api, request, std::move(who->actor));
    if (const auto asked = request.parameter("number")) {
        auto numbers = by_comma(*asked);
        if (numbers.size() > kMostAsked)
            return exchange->respond(error_answer(400, "\"number\" is wrong: at most 100 numbers, by comma"));
        return answer_beside(
            api, reactor, exchange,
            [&api, account = std::move(who->account), numbers = std::move(numbers),
             inquiry = std::move(inquiry)] { return names_of(api, account, numbers, inquiry); });
    }
    if (!who->sees_all)
        return exchange->respond(
            error_answer(403, "A token of one service reads names of numbers: ask with \"number\""));
    const std::string given = request.parameter("limit").value_or("");
    const auto limit = given.empty() ? kContacts : number_in<std::size_t>(given).value_or(0);
    if (limit < 1 || limit > kMost)
        return exchange->respond(error_answer(400, "\"limit\" is wrong: a number from 1 to 1000"));
    answer_beside(api, reactor, exchange,
                  [&api, account = std::move(who->account), search = request.parameter("search").value_or(""),
                   after = request.parameter("after").value_or(""), limit, inquiry = std::move(inquiry)] {
                      return page_of(api, account, search, after, limit, inquiry);
                  });
}

void answer_import_contacts(const Api& api, Reactor& reactor, const HttpRequest& request,
                            const PathParameters&, const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, kRule)) return;
    const auto account = named_account(api, request, exchange);
    if (!account) return;
    answer_beside(api, reactor, exchange,
                  [&api, account = *account, csv = std::string(request.body),
                   actor = actor_with_key(request, *account)] { return imported(api, account, csv, actor); });
}

}  // namespace callboard
