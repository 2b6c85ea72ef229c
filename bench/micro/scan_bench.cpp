#include <benchmark/benchmark.h>

#include "../load/sip_calls.hpp"
#include "recorded_mix.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/sip_scanner.hpp"

namespace callboard::bench {
namespace {

/// The scanner over everything that was recorded.
void scan(benchmark::State& state) {
    const auto& messages = recorded_messages();
    std::size_t bytes = 0;
    for (const auto message : messages) bytes += message.size();
    SipMessage message;
    for (auto _ : state)
        for (const auto text : messages) benchmark::DoNotOptimize(scan_sip(text, message));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(messages.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(scan);

/// The same for the load that hepload sends, which has few kinds of header; with the HEP packet around it.
void scan_load(benchmark::State& state) {
    ::bench::SipCalls calls({});
    std::vector<std::string> packets(4'096);
    for (auto& packet : packets) {
        packet.resize(::bench::SipCalls::kLongestPacket);
        packet.resize(calls.next(packet.data(), 1'780'000'000, 0));
    }
    HepPacket hep;
    SipMessage message;
    for (auto _ : state)
        for (const auto& packet : packets) {
            if (decode_hep(packet, hep) != HepVerdict::ok || scan_sip(hep.payload, message) != SipVerdict::ok)
                return state.SkipWithError("a packet cannot be read");
            benchmark::DoNotOptimize(message);
        }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets.size()));
}
BENCHMARK(scan_load);

}  // namespace
}  // namespace callboard::bench
