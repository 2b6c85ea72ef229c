#include "hub/exchange_intake.hpp"

#include <utility>

namespace callboard {

ExchangeIntake::ExchangeIntake(Hub& hub, Metrics& metrics, Settings settings)
    : channels_(metrics.gauge("callboard_exchange_channels", "Channels of the exchange that are followed.",
                              {{"source", settings.source}})),
      corrections_(metrics.counter("callboard_source_corrections_total",
                                   "Calls and callers that a list of the exchange put right.",
                                   {{"source", settings.source}})),
      intake_(hub, metrics, std::move(settings)) {}

void ExchangeIntake::on_signal(const ExchangeSignal& signal) {
    const Time collected = intake_.in_force(signal.collected);
    if (collected == signal.collected) return take(signal);
    ExchangeSignal late = signal;
    late.collected = collected;
    take(late);
}

void ExchangeIntake::take(const ExchangeSignal& signal) {
    intake_.take(signal.collected,
                 [&](ExchangeTracker& tracker, std::vector<Event>& out) { tracker.on_signal(signal, out); });
}

void ExchangeIntake::on_pause(Time now) {
    intake_.on_time(now);
    channels_.set(static_cast<std::int64_t>(intake_.tracker().channels()));
    const std::uint64_t corrections = intake_.tracker().corrections();
    corrections_.add(corrections - std::exchange(corrected_, corrections));
    intake_.submit();
}

}  // namespace callboard
