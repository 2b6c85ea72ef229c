#include <benchmark/benchmark.h>

#include "event/json.hpp"
#include "journal/sqlite_journal.hpp"
#include "lines.hpp"
#include "sample_event.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard::bench {
namespace {

/// Groups of as many events as the argument says, appended as the hub does it: with sync = interval also made
/// safe every 50 ms.
void append(benchmark::State& state, SqliteJournal::Sync sync) {
    const test::TemporaryDirectory directory;
    const SystemClock clock;
    Metrics metrics;
    auto journal =
        SqliteJournal::open({.file = directory.path() / "journal.db", .sync = sync}, clock, metrics);
    if (!journal) return state.SkipWithError(journal.error().what.c_str());
    const auto group_size = static_cast<std::size_t>(state.range(0));
    const auto services = lines(100);
    const auto zone = TimeZone::named("Europe/Paris");
    std::vector<Record> group;
    for (std::size_t i = 0; i < group_size; ++i)
        group.push_back(record_of(sample_event(i), services->services()[i % 100], clock.now(), *zone));
    auto next_sync = clock.steady() + std::chrono::milliseconds(50);
    for (auto _ : state) {
        const auto appended = (*journal)->append(group);
        if (!appended) return state.SkipWithError(appended.error().what.c_str());
        if (sync == SqliteJournal::Sync::always || clock.steady() < next_sync) continue;
        if (const auto synced = (*journal)->sync(); !synced)
            return state.SkipWithError(synced.error().what.c_str());
        next_sync = clock.steady() + std::chrono::milliseconds(50);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(group_size));
}
BENCHMARK_CAPTURE(append, interval, SqliteJournal::Sync::interval)
    ->Arg(1)
    ->Arg(64)
    ->Arg(1'000)
    ->Arg(4'096)
    ->UseRealTime();
BENCHMARK_CAPTURE(append, always, SqliteJournal::Sync::always)
    ->Arg(1)
    ->Arg(64)
    ->Arg(1'000)
    ->Arg(4'096)
    ->UseRealTime();

}  // namespace
}  // namespace callboard::bench
