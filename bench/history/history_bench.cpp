// The history with many rows: how long the first page of a filtered list takes.
//   history_bench FILE [ROWS]   makes FILE with ROWS rows (10 million) unless it is there, then measures
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "history/sqlite_history.hpp"
#include "history/sqlite_history_schema.hpp"

namespace callboard::bench {
namespace {

constexpr std::int64_t kYear = 365LL * 86'400'000'000'000;
constexpr std::int64_t kBegin = 1'740'000'000'000'000'000;
constexpr int kRuns = 21;

template <typename T>
T must(Result<T> result) {
    if (result) return *std::move(result);
    fmt::print(stderr, "history_bench: {}\n", result.error().what);
    std::exit(1);
}

void must(const Result<void>& result) {
    if (result) return;
    fmt::print(stderr, "history_bench: {}\n", result.error().what);
    std::exit(1);
}

std::string line_of(std::uint64_t i) { return fmt::format("0033972{:06}", i); }
std::string caller_of(std::uint64_t i) { return fmt::format("00336{:08}", i); }

/// A year of 200 lines and 10 queues of one account; a million callers, some of whom call often.
HistoryRow row_of_number(std::uint64_t i, std::uint64_t rows, std::mt19937_64& dice) {
    HistoryRow row;
    row.started =
        time_from_nanoseconds(kBegin +
                              static_cast<std::int64_t>(static_cast<double>(i) / static_cast<double>(rows) *
                                                        static_cast<double>(kYear)) +
                              static_cast<std::int64_t>(i));
    row.stage = HistoryRow::Stage::closed;
    row.account = "bench";
    row.call_id = fmt::format("{:016x}@bench", dice());
    const std::uint64_t caller = dice() % 4 == 0 ? dice() % 1'000 : dice() % 1'000'000;
    const bool is_visit = dice() % 4 == 0;
    row.kind = is_visit ? HistoryRow::Kind::visit : HistoryRow::Kind::call;
    row.incoming = is_visit || dice() % 3 != 0;
    const std::string ours = is_visit ? line_of(900'000 + dice() % 10) : line_of(dice() % 200);
    (is_visit ? row.queue : row.line) = ours;
    row.calling = row.incoming ? caller_of(caller) : ours;
    row.called = row.dialed = row.incoming ? ours : caller_of(caller);
    const bool answered = dice() % 5 != 0;
    row.rang = row.started;
    row.waited = std::chrono::seconds(dice() % 60);
    row.ended = row.started + row.waited;
    row.outcome = dice() % 50 == 0 ? CallOutcome::rejected
                  : is_visit       ? CallOutcome::abandoned
                                   : CallOutcome::missed;
    if (!answered) return row;
    row.outcome = CallOutcome::answered;
    row.answered = row.ended;
    row.talked = std::chrono::seconds(dice() % 600);
    row.ended = *row.answered + row.talked;
    row.cause = "Q.850;cause=16";
    if (is_visit) row.agent = fmt::format("agent_{}_{}", line_of(dice() % 200), 42);
    return row;
}

/// Rows first and indexes after them, which is the same file made in minutes instead of hours.
void make(const std::filesystem::path& file, std::uint64_t rows) {
    must(SqliteHistory::open(file));
    auto connection = must(sqlite::Connection::open(file.string(), false));
    must(
        connection.run("PRAGMA synchronous=OFF; PRAGMA cache_size=-262144;"
                       "DROP INDEX call_account; DROP INDEX call_line; DROP INDEX call_queue;"
                       "DROP INDEX call_agent; DROP INDEX call_unfinished; BEGIN"));
    std::string values = "?1";
    for (int i = 2; i <= kHistoryColumnCount; ++i) values += fmt::format(", ?{}", i);
    auto put =
        must(connection.prepare(fmt::format("INSERT INTO call({}) VALUES({})", kHistoryColumns, values)));
    std::mt19937_64 dice(1);
    for (std::uint64_t i = 0; i < rows; ++i) {
        const HistoryRow row = row_of_number(i, rows, dice);
        bind_row(put, row, {});
        must(put.step());
        put.reset();
        if (i % 1'000'000 == 999'999) {
            must(connection.run("COMMIT; BEGIN"));
            fmt::print(stderr, "{} million rows\n", (i + 1) / 1'000'000);
        }
    }
    must(connection.run("COMMIT"));
    must(connection.run(kHistoryIndexes));
    must(
        connection.run("INSERT OR IGNORE INTO party SELECT number, class, started FROM ("
                       "SELECT calling AS number, class, started FROM call"
                       " UNION ALL SELECT called, class, started FROM call) ORDER BY 1, 2, 3"));
    must(connection.run("PRAGMA wal_checkpoint(TRUNCATE)"));
}

/// Milliseconds of the first page, a new reader each time so that nothing is in SQLite's own memory.
void measure(SqliteHistory& store, const char* what, const HistoryQuery& query) {
    std::vector<double> times;
    std::size_t found = 0;
    for (int run = 0; run < kRuns; ++run) {
        const auto begun = std::chrono::steady_clock::now();
        auto reader = must(store.reader());
        found = 0;
        must(
            reader->read(query, Time::max(), 100'000, [&found](const HistoryRow&) { return ++found < 100; }));
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
    }
    std::sort(times.begin(), times.end());
    fmt::print("{:<58} {:>4} rows  median {:8.2f} ms  worst {:8.2f} ms\n", what, found, times[kRuns / 2],
               times.back());
}

void measure_all(SqliteHistory& store) {
    HistoryQuery all;
    all.account = "bench";
    const auto with = [&all](auto change) {
        HistoryQuery query = all;
        change(query);
        return query;
    };
    measure(store, "everything", all);
    measure(store, "a number that calls often",
            with([](HistoryQuery& query) { query.numbers = {caller_of(7)}; }));
    measure(store, "a number that calls rarely",
            with([](HistoryQuery& query) { query.numbers = {caller_of(777'777)}; }));
    measure(store, "a number that never called",
            with([](HistoryQuery& query) { query.numbers = {"00331"}; }));
    measure(store, "a line", with([](HistoryQuery& query) { query.line = line_of(7); }));
    measure(store, "a line, rejected", with([](HistoryQuery& query) {
                query.line = line_of(7);
                query.outcomes = {CallOutcome::rejected};
            }));
    measure(store, "a queue, abandoned", with([](HistoryQuery& query) {
                query.queue = line_of(900'003);
                query.outcomes = {CallOutcome::abandoned};
            }));
    measure(store, "an agent",
            with([](HistoryQuery& query) { query.agent = "agent_" + line_of(7) + "_42"; }));
    measure(store, "missed, rejected or abandoned in a day of last spring", with([](HistoryQuery& query) {
                query.outcomes = {CallOutcome::missed, CallOutcome::rejected, CallOutcome::abandoned};
                query.from = time_from_nanoseconds(kBegin + kYear / 4);
                query.to = query.from + std::chrono::hours(24);
            }));
    measure(store, "failed, of which there are none", with([](HistoryQuery& query) {
                query.outcomes = {CallOutcome::failed};
                query.from = time_from_nanoseconds(kBegin);
                query.to = query.from + std::chrono::hours(24 * 365);
            }));
    measure(store, "a line's calls with a number (read and left out)", with([](HistoryQuery& query) {
                query.line = line_of(7);
                query.numbers = {caller_of(7)};
            }));
}

}  // namespace
}  // namespace callboard::bench

int main(int argc, char** argv) {
    using namespace callboard;
    if (argc < 2) {
        fmt::print(stderr, "history_bench FILE [ROWS]\n");
        return 1;
    }
    const std::filesystem::path file = argv[1];
    if (!std::filesystem::exists(file))
        bench::make(file, argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000);
    bench::measure_all(*bench::must(SqliteHistory::open(file)));
    return 0;
}
