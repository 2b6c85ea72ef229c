#include <benchmark/benchmark.h>

#include "../load/sip_calls.hpp"
#include "core/sip_tracker.hpp"
#include "lines.hpp"
#include "recorded_mix.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/recording.hpp"
#include "sources/hep/sip_scanner.hpp"
#include "story.hpp"

namespace callboard::bench {
namespace {

/// A scanned message and the packet that it points into.
struct Seen {
    std::string packet;
    SipMessage message;
};

bool read(std::string packet, Time collected, Seen& seen) {
    seen.packet = std::move(packet);
    HepPacket hep;
    if (decode_hep(seen.packet, hep) != HepVerdict::ok || hep.payload_type != hep_payload::sip ||
        scan_sip(hep.payload, seen.message) != SipVerdict::ok)
        return false;
    seen.message.source = hep.source;
    seen.message.destination = hep.destination;
    seen.message.capture_id = hep.capture_id;
    seen.message.captured = seen.message.collected = collected;
    return true;
}

/// Feeds messages to the tracker with time passing as in SipIntake: told of every few milliseconds.
class Tracking {
  public:
    Tracking(std::shared_ptr<const Directory> directory) : tracker_(std::move(directory), "FR", {}) {}

    void on(SipMessage& message, Time now) {
        message.captured = message.collected = now;
        tracker_.on_message(message, events_);
        if (now < next_pause_) return;
        next_pause_ = now + std::chrono::milliseconds(5);
        tracker_.on_time(now, events_);
        told_ += events_.size();
        events_.clear();
    }
    std::size_t told() const { return told_; }

  private:
    SipTracker tracker_;
    std::vector<Event> events_;
    Time next_pause_{};
    std::size_t told_ = 0;
};

/// The recordings, again and again as new calls, the office's lines ours.
void track(benchmark::State& state) {
    constexpr unsigned kRounds = 16;  // then their Call-IDs come again; they are long forgotten
    std::vector<std::unique_ptr<Seen>> messages;
    std::vector<Duration> times;
    const Time begin = recorded_mix().front().received;
    for (unsigned round = 0; round < kRounds; ++round)
        for (const auto& packet : recorded_mix()) {
            auto seen = std::make_unique<Seen>();
            if (!read(replayed(packet.bytes, packet.received, round), packet.received, *seen)) continue;
            messages.push_back(std::move(seen));
            times.push_back(packet.received - begin);
        }
    const std::size_t of_round = messages.size() / kRounds;
    Tracking tracking(replay::office());
    Time round_begin = begin;
    std::size_t at = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < of_round; ++i, at = (at + 1) % messages.size())
            tracking.on(messages[at]->message, round_begin + times[at]);
        round_begin += times[of_round - 1] + std::chrono::minutes(2);
    }
    const auto done = state.iterations() * static_cast<std::int64_t>(of_round);
    state.SetItemsProcessed(done);
    state.counters["events_per_message"] = static_cast<double>(tracking.told()) / static_cast<double>(done);
}
BENCHMARK(track);

/// A busy exchange's calls, 10,000 at once at 300,000 messages/s, of 100,000 numbers as many ours as the
/// argument says.
void track_load(benchmark::State& state) {
    constexpr std::size_t kChunk = 8'192;
    ::bench::SipCalls calls({});
    std::vector<Seen> seen(kChunk);
    std::string packet(::bench::SipCalls::kLongestPacket, '\0');
    Tracking tracking(lines(static_cast<std::size_t>(state.range(0))));
    Time now = time_from_nanoseconds(1'780'000'000'000'000'000);
    for (auto _ : state) {
        state.PauseTiming();
        for (auto& one : seen)
            if (!read(packet.substr(0, calls.next(packet.data(), 1'780'000'000, 0)), now, one))
                return state.SkipWithError("a packet cannot be read");
        state.ResumeTiming();
        for (auto& one : seen) tracking.on(one.message, now += std::chrono::nanoseconds(3'333));
    }
    const auto done = state.iterations() * static_cast<std::int64_t>(kChunk);
    state.SetItemsProcessed(done);
    state.counters["events_per_message"] = static_cast<double>(tracking.told()) / static_cast<double>(done);
}
BENCHMARK(track_load)->Arg(0)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace callboard::bench
