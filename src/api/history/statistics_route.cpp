#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/history/answers.hpp"
#include "api/history/asking.hpp"
#include "api/inquiry.hpp"
#include "history/fold.hpp"

namespace callboard {
namespace {

HistoryQuery rows_for(const StatisticsQuestion& question, const Grant& grant, const Directory& directory) {
    using By = StatisticsQuestion::By;
    HistoryQuery query = covered_by(grant, directory);
    query.from = question.from;
    query.to = question.to;
    if (question.by == By::queue || question.by == By::agent) query.kind = HistoryRow::Kind::visit;
    if (question.by == By::line) query.kind = HistoryRow::Kind::call;
    // An agent is offered a visit after it has begun.
    if (question.by == By::agent) query.from -= HistoryFold::kLongest;
    std::string& driver = question.by == By::line ? query.line : query.queue;
    if ((question.by == By::line || question.by == By::queue) && driver.empty()) driver = question.key;
    return query;
}

HttpResponse figures(const Api& api, HistoryReader& reader, const HistoryQuery& query,
                     const StatisticsQuestion& question, const Inquiry& inquiry) {
    const TimeZone& zone = api.readers.hub.zone();
    Statistics statistics(question, zone);
    const auto whole = read_all(api, reader, query, [&](const HistoryRow& row) {
        statistics.add(row);
        return !statistics.full();
    });
    if (!whole) return history_unavailable();
    if (!*whole || statistics.full())
        return error_answer(400,
                            "This is too much for one answer: choose a shorter time or a longer interval");
    inquiry.read("statistics", statistics.rows().size());
    return json_answer(200, statistics_json(statistics, zone));
}

}  // namespace

void answer_statistics(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                       const Exchange& exchange) {
    const auto grant = granted(api, reactor, request, exchange);
    if (!grant) return;
    const auto directory = api.readers.hub.directory();
    const auto question = statistics_question(request, history_context(api, *directory));
    if (!question) return exchange->respond(error_answer(400, question.error().what));
    answer_from_history(api, reactor, exchange,
                        [&api, question = *question, query = rows_for(*question, *grant, *directory),
                         inquiry = Inquiry(api, request, *grant)](HistoryReader& reader) {
                            return figures(api, reader, query, question, inquiry);
                        });
}

}  // namespace callboard
