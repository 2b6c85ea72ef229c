#include <benchmark/benchmark.h>

#include <latch>

#include "../load/sip_calls.hpp"
#include "hub/mgcp_intake.hpp"
#include "hub/sip_intake.hpp"
#include "journal/sqlite_journal.hpp"
#include "lines.hpp"
#include "sources/hep/hep_intake.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard::bench {
namespace {

/// The whole way in without the socket: HEP packet, scanner, tracker, hub, journal (sync = interval), on the
/// source's thread and the hub's. Of 100,000 numbers as many are lines of ours as the argument says. The
/// figure is messages per second of both threads' CPU time together; ends when the journal has every event.
void intake(benchmark::State& state) {
    constexpr std::size_t kPackets = 1 << 16;
    constexpr std::size_t kBatch = 128;  // as HepUdp reads
    const test::TemporaryDirectory directory;
    const SystemClock clock;
    Metrics metrics;
    auto journal = SqliteJournal::open({.file = directory.path() / "journal.db"}, clock, metrics);
    if (!journal) return state.SkipWithError(journal.error().what.c_str());
    const auto zone = TimeZone::named("Europe/Paris");
    Hub hub(**journal, clock, metrics, lines(static_cast<std::size_t>(state.range(0))), *zone, {});
    if (const auto started = hub.start(); !started) return state.SkipWithError(started.error().what.c_str());
    SipIntake sink(hub, metrics, {.source = "bench", .tracker = {}, .patience = std::chrono::seconds(10)});
    MgcpIntake mgcp(hub, metrics, {.source = "bench", .tracker = {}});
    HepIntake hep("bench", Secret(), sink, mgcp, clock, metrics);
    ::bench::SipCalls calls({});
    std::string space(kPackets * ::bench::SipCalls::kLongestPacket, '\0');
    std::vector<std::string_view> packets(kPackets);
    for (auto _ : state) {
        state.PauseTiming();
        char* to = space.data();
        for (auto& packet : packets) {
            packet = {to, calls.next(to, 1'780'000'000, 0)};
            to += packet.size();
        }
        state.ResumeTiming();
        for (std::size_t i = 0; i < packets.size(); i += kBatch) {
            hep.begin_batch();
            for (std::size_t k = 0; k < kBatch; ++k) hep.take(packets[i + k], {});
            hep.pause_if_due();
        }
        hep.pause();
        std::latch all_in(1);
        hub.submit(
            {}, clock.now(), [&all_in](const auto&) { all_in.count_down(); }, std::chrono::seconds(10));
        all_in.wait();
    }
    hub.stop();
    const auto done = state.iterations() * static_cast<std::int64_t>(kPackets);
    state.SetItemsProcessed(done);
    state.counters["events_per_message"] = static_cast<double>(hub.last()) / static_cast<double>(done);
}
BENCHMARK(intake)->Arg(0)->Arg(1'000)->Arg(10'000)->Arg(100'000)->MeasureProcessCPUTime();

}  // namespace
}  // namespace callboard::bench
