#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

#include "history/count_where.hpp"
#include "history/postgres_history.hpp"
#include "history/postgres_schema.hpp"

namespace callboard {
namespace {

/// Pages come from indexes; nobody waits longer for an answer, nor the end of the server for it.
constexpr std::chrono::seconds kPatience{4};

/// An index that leads to rows of a query, and the key in it.
struct Index {
    std::string_view column;
    const std::string* key;
};

/// The one that leads to the fewest, as far as that can be guessed; for numbers there are three.
Index index_of(const HistoryQuery& query) {
    for (const Index& index :
         {Index{"agent", &query.agent}, Index{"line", &query.line}, Index{"queue", &query.queue}})
        if (!index.key->empty()) return index;
    return {"account", &query.account};
}

/// The newest $4 in [$2, $3) whose key is $1, or with numbers one of $1, $5, $6 …; each branch read backwards
/// in the order of its index.
std::string page_sql(const HistoryQuery& query) {
    std::vector<std::string> wheres;
    const auto classes = classes_of(query);
    for (std::size_t i = 0; i < query.numbers.size(); ++i)
        for (const char* column : {"calling", "called", "dialed"})
            wheres.push_back(fmt::format("{} = ${} AND class IN ({})", column, i == 0 ? 1 : i + 4,
                                         fmt::join(classes, ", ")));
    if (query.numbers.empty()) {
        for (const RowClass one : classes)
            wheres.push_back(fmt::format("{} = $1 AND class = {}", index_of(query).column, one));
    }
    std::string branches;
    for (const std::string& where : wheres)
        branches += fmt::format(
            "{}(SELECT started FROM callboard_call WHERE {} AND started >= $2 AND started < $3"
            " ORDER BY started DESC LIMIT $4)",
            branches.empty() ? "" : " UNION ALL ", where);
    return fmt::format("SELECT {} FROM callboard_call WHERE started IN ({}) ORDER BY started DESC LIMIT $4",
                       kHistoryColumns, branches);
}

postgres::Parameters page_parameters(const HistoryQuery& query, Time end, std::size_t page) {
    const std::string& first = query.numbers.empty() ? *index_of(query).key : query.numbers.front();
    postgres::Parameters all = {postgres::storable(first),
                                std::to_string(nanoseconds_since_epoch(query.from)),
                                std::to_string(nanoseconds_since_epoch(end)), std::to_string(page)};
    for (std::size_t i = 1; i < query.numbers.size(); ++i)
        all.push_back(postgres::storable(query.numbers[i]));
    return all;
}

}  // namespace

PostgresHistoryReader::PostgresHistoryReader(Secret url)
    : connection_(std::move(url), kPatience, use_postgres_schema) {}

Result<std::optional<Time>> PostgresHistoryReader::read(const HistoryQuery& query, Time before,
                                                        std::size_t most_looked_at,
                                                        const std::function<bool(const HistoryRow&)>& take) {
    if (classes_of(query).empty()) return std::optional<Time>();
    const std::string sql = page_sql(query);
    Time end = std::min(before, query.to);
    std::size_t looked_at = 0;
    for (std::size_t page = kFirstPage;; page = kPage) {
        const auto found = connection_.run(sql.c_str(), page_parameters(query, end, page));
        if (!found) return found.error();
        for (int i = 0; i < found->count(); ++i) {
            const HistoryRow row = row_of(*found, i);
            if (looked_at++ == most_looked_at) return std::optional(row.started + Duration(1));
            if (query.matches(row) && !take(row)) return std::optional(row.started);
            end = row.started;
        }
        if (static_cast<std::size_t>(found->count()) < page) return std::optional<Time>();
    }
}

Result<std::uint64_t> PostgresHistoryReader::count(const HistoryQuery& query) {
    if (!query.agent_of_service.empty()) return count_by_reading(*this, query);
    const CountWhere where = count_where(
        query, {'$', "", [](const std::string& list) {
                    return fmt::format("(calling IN ({0}) OR called IN ({0}) OR dialed IN ({0}))", list);
                }});
    postgres::Parameters parameters;
    for (const std::string& text : where.texts) parameters.push_back(postgres::storable(text));
    const auto found =
        connection_.run(("SELECT count(*) FROM callboard_call WHERE " + where.sql).c_str(), parameters);
    if (!found) return found.error();
    return static_cast<std::uint64_t>(found->integer(0, 0));
}

Result<std::optional<HistoryRow>> PostgresHistoryReader::find(Time started) {
    const auto found = connection_.run(
        fmt::format("SELECT {} FROM callboard_call WHERE started = $1", kHistoryColumns).c_str(),
        {std::to_string(nanoseconds_since_epoch(started))});
    if (!found) return found.error();
    return found->count() > 0 ? std::optional(row_of(*found, 0)) : std::nullopt;
}

Result<std::vector<CallbackTick>> PostgresHistoryReader::ticks(const std::string& account) {
    const auto found = connection_.run(
        "SELECT number, through, at, who FROM callboard_tick WHERE account = $1 ORDER BY number",
        {postgres::storable(account)});
    if (!found) return found.error();
    std::vector<CallbackTick> all;
    all.reserve(static_cast<std::size_t>(found->count()));
    for (int row = 0; row < found->count(); ++row)
        all.push_back({account, std::string(found->text(row, 0)),
                       time_from_nanoseconds(found->integer(row, 1)),
                       time_from_nanoseconds(found->integer(row, 2)), std::string(found->text(row, 3))});
    return all;
}

Result<void> PostgresHistoryReader::tick(const CallbackTick& tick) {
    const auto done = connection_.run(
        "INSERT INTO callboard_tick VALUES($1, $2, $3, $4, $5) ON CONFLICT (account, number) DO UPDATE"
        " SET through = EXCLUDED.through, at = EXCLUDED.at, who = EXCLUDED.who",
        {postgres::storable(tick.account), postgres::storable(tick.number),
         std::to_string(nanoseconds_since_epoch(tick.through)),
         std::to_string(nanoseconds_since_epoch(tick.at)), postgres::storable(tick.by)});
    if (!done) return done.error();
    return {};
}

Result<void> PostgresHistoryReader::untick(const std::string& account, const std::string& number) {
    const auto done = connection_.run("DELETE FROM callboard_tick WHERE account = $1 AND number = $2",
                                      {postgres::storable(account), postgres::storable(number)});
    if (!done) return done.error();
    return {};
}

}  // namespace callboard
