#include "history/count_where.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace callboard {

CountWhere count_where(const HistoryQuery& query, const SqlDialect& dialect) {
    CountWhere where;
    const auto parameter = [&](const std::string& text) {
        where.texts.push_back(text);
        return fmt::format("{}{}", dialect.mark, where.texts.size());
    };
    const auto classes = classes_of(query);
    where.sql = classes.empty() ? "1 = 0"
                                : fmt::format("class IN ({}) AND started >= {} AND started < {}",
                                              fmt::join(classes, ", "), nanoseconds_since_epoch(query.from),
                                              nanoseconds_since_epoch(query.to));
    const bool narrow =
        !query.numbers.empty() || !query.line.empty() || !query.queue.empty() || !query.agent.empty();
    where.sql += fmt::format(" AND {}account = {}", narrow ? dialect.no_index : "", parameter(query.account));
    for (const auto& [column, value] :
         {std::pair{"line", &query.line}, {"queue", &query.queue}, {"agent", &query.agent}})
        if (!value->empty()) where.sql += fmt::format(" AND {} = {}", column, parameter(*value));
    // A visit has no line; a call that came out of a queue has both.
    if (!query.service.empty())
        where.sql += fmt::format(" AND COALESCE(line, queue) = {}", parameter(query.service));
    if (!query.numbers.empty()) {
        std::vector<std::string> all;
        for (const std::string& number : query.numbers) all.push_back(parameter(number));
        where.sql += " AND " + dialect.any_party(fmt::format("{}", fmt::join(all, ", ")));
    }
    return where;
}

}  // namespace callboard
