#include "history/sqlite_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <utility>

#include "history/count_where.hpp"
#include "history/sqlite_history_schema.hpp"

namespace callboard {

std::string SqliteHistoryReader::of_call(std::string_view column) {
    return fmt::format(
        "SELECT started FROM call WHERE {} = ?1 AND class = ?2 AND started >= ?3 AND started < ?4"
        " ORDER BY started DESC",
        column);
}

Result<std::unique_ptr<SqliteHistoryReader>> SqliteHistoryReader::open(const std::string& file) {
    auto connection = sqlite::Connection::open(file, true);
    if (!connection) return connection.error();
    std::unique_ptr<SqliteHistoryReader> reader(
        new SqliteHistoryReader(*std::move(connection), file));  // NOLINT: private constructor
    auto row_at =
        reader->connection_.prepare(fmt::format("SELECT {} FROM call WHERE started = ?1", kHistoryColumns));
    if (!row_at) return row_at.error();
    reader->row_at_ = *std::move(row_at);
    return reader;
}

Result<sqlite::Statement*> SqliteHistoryReader::statement_of(Walk& walk, std::size_t at) {
    while (walk.statements.size() <= at) {
        auto prepared = connection_.prepare(walk.sql);
        if (!prepared) return prepared.error();
        walk.statements.push_back(*std::move(prepared));
    }
    return &walk.statements[at];
}

/// The index that leads to the fewest rows, as far as that can be guessed, and its keys.
SqliteHistoryReader::Walk& SqliteHistoryReader::walk_of(const HistoryQuery& query,
                                                        std::vector<std::string_view>& keys) {
    if (!query.numbers.empty()) {
        keys.assign(query.numbers.begin(), query.numbers.end());
        return by_number_;
    }
    const std::pair<const std::string*, Walk*> choices[] = {
        {&query.agent, &by_agent_}, {&query.line, &by_line_}, {&query.queue, &by_queue_}};
    for (const auto& [given, walk] : choices) {
        if (given->empty()) continue;
        keys = {*given};
        return *walk;
    }
    keys = {query.account};
    return by_account_;
}

Result<std::optional<Time>> SqliteHistoryReader::read(const HistoryQuery& query, Time before,
                                                      std::size_t most_looked_at,
                                                      const std::function<bool(const HistoryRow&)>& take) {
    struct Place {
        std::int64_t started;
        sqlite::Statement* statement;
        bool operator<(const Place& other) const { return started < other.started; }
    };
    std::vector<std::string_view> keys;
    Walk& walk = walk_of(query, keys);
    const Time end = std::min(before, query.to);
    struct EndAll {
        Walk& walk;
        sqlite::Connection& connection;
        std::size_t most_kept;
        ~EndAll() {
            for (auto& statement : walk.statements) statement.reset();
            // Those of one key are kept for the next question.
            walk.statements.resize(std::min(walk.statements.size(), most_kept));
            static_cast<void>(connection.run("COMMIT"));
        }
    };
    const auto classes = classes_of(query);
    const std::size_t walked = keys.size() * classes.size();
    for (std::size_t i = 0; i < walked; ++i)
        if (const auto made = statement_of(walk, i); !made) return made.error();
    // All statements see the history of one moment: a row that changes its class meanwhile would be missed.
    if (auto begun = connection_.run("BEGIN"); !begun) return begun.error();
    const EndAll end_all{walk, connection_, classes.size()};
    std::priority_queue<Place> heads;
    const auto advance = [&heads](sqlite::Statement& statement) -> Result<void> {
        const auto row = statement.step();
        if (!row) return row.error();
        if (*row) heads.push({statement.integer(0), &statement});
        return {};
    };
    for (std::size_t i = 0; i < walked; ++i) {
        walk.statements[i]
            .bind(1, keys[i / classes.size()])
            .bind(2, std::int64_t{classes[i % classes.size()]})
            .bind(3, nanoseconds_since_epoch(query.from))
            .bind(4, nanoseconds_since_epoch(end));
        if (auto stepped = advance(walk.statements[i]); !stepped) return stepped.error();
    }
    std::int64_t seen = 0;  // a row with two of the numbers comes twice
    for (std::size_t looked_at = 0; !heads.empty();) {
        const Place newest = heads.top();
        if (looked_at == most_looked_at) return std::optional(time_from_nanoseconds(newest.started + 1));
        heads.pop();
        if (std::exchange(seen, newest.started) == newest.started) {
            if (auto stepped = advance(*newest.statement); !stepped) return stepped.error();
            continue;
        }
        ++looked_at;
        auto row = find(time_from_nanoseconds(newest.started));
        if (!row) return row.error();
        if (*row && query.matches(**row) && !take(**row)) return std::optional((*row)->started);
        if (auto stepped = advance(*newest.statement); !stepped) return stepped.error();
    }
    return std::optional<Time>();
}

Result<std::uint64_t> SqliteHistoryReader::count(const HistoryQuery& query) {
    if (!query.agent_of_service.empty()) return count_by_reading(*this, query);
    const CountWhere where = count_where(
        query, {'?', "+", [](const std::string& list) {
                    return fmt::format("started IN (SELECT started FROM party WHERE number IN ({}))", list);
                }});
    auto statement = connection_.prepare("SELECT COUNT(*) FROM call WHERE " + where.sql);
    if (!statement) return statement.error();
    for (std::size_t i = 0; i < where.texts.size(); ++i)
        statement->bind(static_cast<int>(i) + 1, std::string_view(where.texts[i]));
    const auto row = statement->step();
    if (!row) return row.error();
    return static_cast<std::uint64_t>(statement->integer(0));
}

Result<std::optional<HistoryRow>> SqliteHistoryReader::find(Time started) {
    const sqlite::ResetAtEnd reset(row_at_);
    const auto row = row_at_.bind(1, nanoseconds_since_epoch(started)).step();
    if (!row) return row.error();
    return *row ? std::optional(row_of(row_at_)) : std::nullopt;
}

Result<std::vector<CallbackTick>> SqliteHistoryReader::ticks(const std::string& account) {
    auto statement = connection_.prepare("SELECT number, through, at, who FROM tick WHERE account = ?1");
    if (!statement) return statement.error();
    statement->bind(1, account);
    std::vector<CallbackTick> all;
    for (;;) {
        const auto row = statement->step();
        if (!row) return row.error();
        if (!*row) return all;
        all.push_back({account, std::string(statement->blob(0)), time_from_nanoseconds(statement->integer(1)),
                       time_from_nanoseconds(statement->integer(2)), std::string(statement->blob(3))});
    }
}

/// On a connection of its own: ticks are rare. `whole`: the statement takes more than whose it is.
Result<void> SqliteHistoryReader::run_for_writing(const char* sql, const CallbackTick& tick, bool whole) {
    auto connection = sqlite::Connection::open(file_, false);
    if (!connection) return connection.error();
    auto statement = connection->prepare(sql);
    if (!statement) return statement.error();
    statement->bind(1, tick.account).bind(2, tick.number);
    if (whole)
        statement->bind(3, nanoseconds_since_epoch(tick.through))
            .bind(4, nanoseconds_since_epoch(tick.at))
            .bind(5, tick.by);
    const auto stepped = statement->step();
    if (!stepped) return stepped.error();
    return {};
}

Result<void> SqliteHistoryReader::tick(const CallbackTick& tick) {
    return run_for_writing("INSERT OR REPLACE INTO tick VALUES(?1, ?2, ?3, ?4, ?5)", tick, true);
}

Result<void> SqliteHistoryReader::untick(const std::string& account, const std::string& number) {
    return run_for_writing("DELETE FROM tick WHERE account = ?1 AND number = ?2",
                           {account, number, {}, {}, {}}, false);
}

}  // namespace callboard
