#include "hub/exchange_intake.hpp"

#include <utility>

namespace callboard {

ExchangeIntake::ExchangeIntake(Hub& hub, Metrics& metrics, Settings settings)
    : hub_(hub),
      settings_(std::move(settings)),
      directory_(hub.directory()),
      tracker_(directory_, settings_.region, settings_.tracker),
      dropped_(metrics.counter("callboard_source_events_dropped_total",
                               "Events of a source lost because the hub had no room for them.",
                               {{"source", settings_.source}})),
      corrections_(metrics.counter("callboard_source_corrections_total",
                                   "Calls and callers that a list of the exchange put right.",
                                   {{"source", settings_.source}})),
      channels_(metrics.gauge("callboard_exchange_channels", "Channels of the exchange that are followed.",
                              {{"source", settings_.source}})) {}

/// Not when it is made: the hub has not read its journal then.
void ExchangeIntake::adopt(Time now) {
    if (std::exchange(adopted_, true) || !settings_.adopts) return;
    hub_.with_state([&](const State& state) { tracker_.adopt(state, now); });
}

void ExchangeIntake::on_signal(const ExchangeSignal& signal) {
    adopt(signal.collected);
    const bool first = events_.empty();
    tracker_.on_signal(signal, events_);
    if (first && !events_.empty()) signalled_ = signal.collected;
}

void ExchangeIntake::on_pause(Time now) {
    if (auto current = hub_.directory(); current != directory_) {
        directory_ = std::move(current);
        tracker_.use(directory_);
    }
    adopt(now);
    if (events_.empty()) signalled_ = now;
    tracker_.on_time(now, events_);
    channels_.set(static_cast<std::int64_t>(tracker_.channels()));
    corrections_.add(tracker_.corrections() - corrected_);
    corrected_ = tracker_.corrections();
    if (events_.empty()) return;
    const std::size_t count = events_.size();
    if (!hub_.submit(std::exchange(events_, {}), signalled_, {}, settings_.patience)) dropped_.add(count);
}

}  // namespace callboard
