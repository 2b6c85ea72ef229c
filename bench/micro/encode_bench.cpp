#include <benchmark/benchmark.h>

#include "event/json.hpp"
#include "lines.hpp"
#include "sample_event.hpp"

namespace callboard::bench {
namespace {

/// An event becomes a record: what the hub does with each.
void encode_record(benchmark::State& state) {
    const auto zone = TimeZone::named("Europe/Paris");
    const auto services = lines(100);
    const Event event = sample_event(7);
    Time now = time_from_nanoseconds(1'780'000'000'123'456'789);
    for (auto _ : state) {
        now += std::chrono::microseconds(10);
        benchmark::DoNotOptimize(record_of(event, services->services()[7], now, *zone));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_record);

/// A record in both JSON forms: once for each event that somebody reads.
void encode_both_forms(benchmark::State& state) {
    const auto zone = TimeZone::named("Europe/Paris");
    const auto services = lines(100);
    const Record record = record_of(sample_event(7), services->services()[7],
                                    time_from_nanoseconds(1'780'000'000'123'456'789), *zone);
    for (auto _ : state) benchmark::DoNotOptimize(encode(record, *zone));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode_both_forms);

}  // namespace
}  // namespace callboard::bench
