#include <simdjson.h>

#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/history/answers.hpp"
#include "api/history/asking.hpp"
#include "api/inquiry.hpp"
#include "base/text.hpp"

namespace callboard {
namespace {

constexpr Duration kUsual = std::chrono::hours(24 * 7);
constexpr std::size_t kLongestName = 200;

HttpResponse no_such_callback() {
    return error_answer(404, "There is no such caller to call back, or somebody has spoken with them since");
}

/// Whoever calls is of the whole account: a caller of this queue may have been answered at another line.
Result<std::vector<Callback>> list(const Api& api, HistoryReader& reader, const Grant& grant, TimeSpan span,
                                   const std::string& number) {
    const auto directory = api.readers.hub.directory();
    auto ticks = reader.ticks(grant.account);
    if (!ticks) return ticks.error();
    CallbackList callers(span.begin, span.end, *std::move(ticks), [&directory](std::string_view known) {
        return directory->by_number(known) != nullptr;
    });
    const HistoryQuery covered = covered_by(grant, *directory);
    HistoryQuery query;
    query.account = grant.account;
    if (!number.empty()) query.numbers = {number};
    query.from = span.begin;
    const auto whole = read_all(api, reader, query, [&](const HistoryRow& row) {
        if (row.answered || covered.matches(row)) callers.add(row);
        return !callers.full();
    });
    if (!whole) return whole.error();
    if (!*whole || callers.full())
        return Error{Error::Kind::invalid, "This is too much for one answer: choose a shorter time"};
    return callers.entries();
}

Callback shown(const Api& api, const Grant& grant, const Callback& entry) {
    return grant.masked ? masked(entry, Masking(api.readers.hub.directory().get())) : entry;
}

HttpResponse answer_of(const Error& error) {
    return error.kind == Error::Kind::invalid ? error_answer(400, error.what) : history_unavailable();
}

/// The row that an entry is named by, when it is one that the grant covers.
Result<std::optional<HistoryRow>> attempt(const Api& api, HistoryReader& reader, const Grant& grant,
                                          std::string_view id) {
    const auto started = number_in<std::int64_t>(id);
    if (!started) return std::optional<HistoryRow>();
    auto row = reader.find(time_from_nanoseconds(*started));
    if (!row) return row.error();
    if (!*row || !covered_by(grant, *api.readers.hub.directory()).matches(**row) || !is_lost(**row))
        return std::optional<HistoryRow>();
    return row;
}

/// Ticks the entry off, or takes the tick back when `who` is nothing.
HttpResponse tick(const Api& api, HistoryReader& reader, const Grant& grant, const std::string& id,
                  const std::optional<std::string>& who, const Inquiry& inquiry) {
    const auto row = attempt(api, reader, grant, id);
    if (!row) return answer_of(row.error());
    if (!*row) return no_such_callback();
    const HistoryRow& last = **row;
    const auto kept = who ? reader.tick({grant.account, last.calling, last.started, api.clock.now(), *who})
                          : reader.untick(grant.account, last.calling);
    if (!kept) return history_unavailable();
    const auto entries = list(api, reader, grant, {Time{}, Time::max()}, last.calling);
    if (!entries) return answer_of(entries.error());
    for (const Callback& entry : *entries)
        if (entry.number == last.calling) {
            inquiry.read("callbacks", 1);
            std::string body;
            append_callback(body, shown(api, grant, entry));
            return json_answer(200, std::move(body));
        }
    return no_such_callback();
}

/// `by` of the body; empty when there is none. Error: the body is no JSON object, or the name too long.
Result<std::string> name_in(std::string_view body) {
    if (body.empty()) return std::string();
    simdjson::dom::parser parser;
    simdjson::dom::element by;
    simdjson::dom::object object;
    if (parser.parse(body.data(), body.size()).get(object) != simdjson::SUCCESS)
        return Error{Error::Kind::invalid, "Send a JSON object such as {\"by\":\"Alice\"}"};
    if (object["by"].get(by) != simdjson::SUCCESS) return std::string();
    std::string_view name;
    if (by.get(name) != simdjson::SUCCESS || name.size() > kLongestName)
        return Error{Error::Kind::invalid, "\"by\" is a text of at most 200 bytes"};
    return std::string(name);
}

void answer_tick(const Api& api, Reactor& reactor, const HttpRequest& request,
                 const PathParameters& parameters, const Exchange& exchange, std::optional<std::string> who) {
    const auto grant = granted(api, reactor, request, exchange);
    if (!grant) return;
    answer_from_history(api, reactor, exchange,
                        [&api, grant = *grant, id = std::string(parameters["id"]), who = std::move(who),
                         inquiry = Inquiry(api, request, *grant)](HistoryReader& reader) {
                            return tick(api, reader, grant, id, who, inquiry);
                        });
}

}  // namespace

void answer_callbacks(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                      const Exchange& exchange) {
    const auto grant = granted(api, reactor, request, exchange);
    if (!grant) return;
    const auto directory = api.readers.hub.directory();
    const auto context = history_context(api, *directory);
    const auto span = asked_span(request, context, {context.now - kUsual, context.now});
    if (!span) return exchange->respond(error_answer(400, span.error().what));
    answer_from_history(
        api, reactor, exchange,
        [&api, grant = *grant, span = *span, inquiry = Inquiry(api, request, *grant)](HistoryReader& reader) {
            auto entries = list(api, reader, grant, span, {});
            if (!entries) return answer_of(entries.error());
            inquiry.read("callbacks", entries->size());
            for (Callback& entry : *entries) entry = shown(api, grant, entry);
            return json_answer(200, callbacks_json(*entries));
        });
}

void answer_tick_callback(const Api& api, Reactor& reactor, const HttpRequest& request,
                          const PathParameters& parameters, const Exchange& exchange) {
    auto who = name_in(request.body);
    if (!who) return exchange->respond(error_answer(400, who.error().what));
    answer_tick(api, reactor, request, parameters, exchange, *std::move(who));
}

void answer_untick_callback(const Api& api, Reactor& reactor, const HttpRequest& request,
                            const PathParameters& parameters, const Exchange& exchange) {
    answer_tick(api, reactor, request, parameters, exchange, std::nullopt);
}

}  // namespace callboard
