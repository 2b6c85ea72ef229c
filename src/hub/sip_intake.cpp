#include "hub/sip_intake.hpp"

#include <utility>

namespace callboard {

SipIntake::SipIntake(Hub& hub, Metrics& metrics, Settings settings)
    : hub_(hub),
      settings_(std::move(settings)),
      directory_(hub.directory()),
      tracker_(directory_, settings_.region, settings_.tracker),
      dropped_(metrics.counter("callboard_source_events_dropped_total",
                               "Events of a source lost because the hub had no room for them.",
                               {{"source", settings_.source}})),
      dialogs_(metrics.gauge("callboard_sip_dialogs", "SIP dialogs that are followed.",
                             {{"source", settings_.source}})) {}

/// Not when it is made: the hub has not read its journal then.
void SipIntake::adopt(Time now) {
    if (std::exchange(adopted_, true) || !settings_.adopts) return;
    hub_.with_state([&](const State& state) { tracker_.adopt(state, now); });
}

void SipIntake::on_sip(const SipMessage& message) {
    adopt(message.collected);
    const bool first = events_.empty();
    tracker_.on_message(message, events_);
    if (first && !events_.empty()) signalled_ = message.collected;
}

void SipIntake::on_pause(Time now) {
    if (auto current = hub_.directory(); current != directory_) {
        directory_ = std::move(current);
        tracker_.use(directory_);
    }
    adopt(now);
    if (events_.empty()) signalled_ = now;
    tracker_.on_time(now, events_);
    dialogs_.set(static_cast<std::int64_t>(tracker_.dialogs()));
    if (events_.empty()) return;
    const std::size_t count = events_.size();
    if (!hub_.submit(std::exchange(events_, {}), signalled_, {}, settings_.patience)) dropped_.add(count);
}

}  // namespace callboard
