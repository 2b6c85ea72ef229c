#include "api/history/question.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.hpp"
#include "event/numbering.hpp"
#include "event/time_text.hpp"

namespace callboard {
namespace {

template <typename Value, std::size_t Count>
using Words = std::array<std::pair<std::string_view, Value>, Count>;

Error wrong(std::string_view name, std::string_view wanted) {
    return {Error::Kind::invalid, fmt::format("\"{}\" is wrong: {}", name, wanted)};
}

/// Nothing when the parameter is absent or empty. Error: it is none of the words.
template <typename Value, std::size_t Count>
Result<std::optional<Value>> choice(const HttpRequest& request, std::string_view name,
                                    const Words<Value, Count>& words) {
    const auto given = request.parameter(name);
    if (!given || given->empty()) return std::optional<Value>();
    std::string known;
    for (const auto& [word, value] : words) {
        if (word == *given) return std::optional<Value>(value);
        known.append(known.empty() ? "" : ", ").append(word);
    }
    return wrong(name, "one of " + known);
}

Result<std::set<CallOutcome>> outcomes(const HttpRequest& request) {
    std::set<CallOutcome> all;
    const std::string given = request.parameter("outcome").value_or("");
    for (std::string_view rest = given; !rest.empty();) {
        const auto outcome = call_outcome_from(take_part(rest, ','));
        if (!outcome)
            return wrong("outcome",
                         "answered, missed, busy, rejected, abandoned, no_agent, transferred, failed, "
                         "in_progress or unknown, several by comma");
        all.insert(*outcome);
    }
    return all;
}

Result<std::optional<Time>> moment(const HttpRequest& request, std::string_view name,
                                   const HistoryContext& context, bool is_end) {
    const auto given = request.parameter(name);
    if (!given || given->empty()) return std::optional<Time>();
    const auto time = time_from_text(*given, context.zone, is_end);
    if (!time)
        return wrong(name,
                     "nanoseconds since 1970, RFC 3339 as 2026-03-29T02:30:00+02:00, or a date as "
                     "2026-03-29");
    return time;
}

}  // namespace

HistoryQuery covered_by(const Grant& grant, const Directory& directory) {
    HistoryQuery query;
    query.account = grant.account;
    query.service = grant.service;
    query.agent_of_service = grant.agent;
    if (grant.service.empty()) return query;
    const Service* service = directory.by_number(grant.service);
    (service != nullptr && service->is_queue() ? query.queue : query.line) = grant.service;
    return query;
}

Result<TimeSpan> asked_span(const HttpRequest& request, const HistoryContext& context, TimeSpan otherwise) {
    const auto from = moment(request, "from", context, false);
    if (!from) return from.error();
    const auto to = moment(request, "to", context, true);
    if (!to) return to.error();
    const TimeSpan span{from->value_or(otherwise.begin), to->value_or(otherwise.end)};
    if (span.begin >= span.end) return wrong("from", "a time before \"to\"");
    return span;
}

Result<HistoryQuery> history_query(const HttpRequest& request, const Grant& grant,
                                   const HistoryContext& context) {
    HistoryQuery query = covered_by(grant, context.directory);
    Numbering numbering(context.region);
    if (const auto number = request.parameter("number"); number && !number->empty()) {
        if (grant.masked)
            return Error{Error::Kind::denied,
                         "This token shows numbers masked, so it may not search by number: leave \"number\" "
                         "out, or use a token that is not masked"};
        query.numbers = {std::string(numbering.party(context.directory, *number))};
    }
    for (const auto& [name, member] : {std::pair{"line", &query.line}, {"queue", &query.queue}})
        if (const auto given = request.parameter(name); given && !given->empty())
            *member = numbering.party(context.directory, *given);
    query.agent = request.parameter("agent").value_or("");
    auto wanted = outcomes(request);
    if (!wanted) return wanted.error();
    query.outcomes = *std::move(wanted);
    static constexpr Words<bool, 2> kDirections = {{{"in", true}, {"out", false}}};
    const auto incoming = choice(request, "direction", kDirections);
    if (!incoming) return incoming.error();
    query.incoming = *incoming;
    static constexpr Words<HistoryRow::Kind, 2> kKinds = {
        {{"call", HistoryRow::Kind::call}, {"queue", HistoryRow::Kind::visit}}};
    const auto kind = choice(request, "kind", kKinds);
    if (!kind) return kind.error();
    query.kind = *kind;
    const auto span = asked_span(request, context, {Time{}, Time::max()});
    if (!span) return span.error();
    query.from = span->begin;
    query.to = span->end;
    return query;
}

std::string searched_name(const HttpRequest& request) {
    std::string text = request.parameter("number").value_or("");
    if (text.find_first_not_of("0123456789 .-()+*#") == std::string::npos) text.clear();
    return text;
}

Result<HistoryPage> history_page(const HttpRequest& request) {
    constexpr std::int64_t kMost = 1'000;
    HistoryPage page;
    const auto number = [&request](std::string_view name) {
        return number_in<std::int64_t>(request.parameter(name).value_or(""));
    };
    const auto given = [&request](std::string_view name) {
        return !request.parameter(name).value_or("").empty();
    };
    if (given("limit")) {
        const auto limit = number("limit");
        if (!limit || *limit < 1 || *limit > kMost) return wrong("limit", "a number from 1 to 1000");
        page.limit = static_cast<std::size_t>(*limit);
    }
    if (given("after")) {
        const auto after = number("after");
        if (!after || *after <= 0) return wrong("after", "the \"next\" of the page before");
        page.before = time_from_nanoseconds(*after);
    }
    return page;
}

Result<StatisticsQuestion> statistics_question(const HttpRequest& request, const HistoryContext& context) {
    using By = StatisticsQuestion::By;
    StatisticsQuestion question;
    static constexpr Words<By, 4> kBy = {
        {{"queue", By::queue}, {"agent", By::agent}, {"line", By::line}, {"account", By::account}}};
    const auto by = choice(request, "by", kBy);
    if (!by) return by.error();
    question.by = by->value_or(By::queue);
    static constexpr Words<std::optional<Interval>, 5> kIntervals = {{{"15m", Interval::quarter_hour},
                                                                      {"hour", Interval::hour},
                                                                      {"day", Interval::day},
                                                                      {"week", Interval::week},
                                                                      {"all", std::nullopt}}};
    const auto interval = choice(request, "interval", kIntervals);
    if (!interval) return interval.error();
    question.interval = interval->value_or(std::nullopt);
    const auto span = asked_span(request, context, {context.zone.midnight(context.now), context.now});
    if (!span) return span.error();
    question.from = span->begin;
    question.to = span->end;
    if (const std::string text = request.parameter("threshold").value_or(""); !text.empty()) {
        constexpr unsigned kLongest = 86'400;
        const auto seconds = number_in<unsigned>(text);
        if (!seconds || *seconds > kLongest) return wrong("threshold", "seconds from 0 to 86400");
        question.threshold = std::chrono::seconds(*seconds);
    }
    if (const auto key = request.parameter("key"); key && !key->empty()) {
        const bool is_number = question.by == By::queue || question.by == By::line;
        Numbering numbering(context.region);
        question.key = is_number ? std::string(numbering.party(context.directory, *key)) : std::string(*key);
    }
    return question;
}

}  // namespace callboard
