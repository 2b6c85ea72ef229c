#include "hub/sip_intake.hpp"

#include <utility>

namespace callboard {

SipIntake::SipIntake(Hub& hub, Metrics& metrics, Settings settings)
    : dialogs_(metrics.gauge("callboard_sip_dialogs", "SIP dialogs that are followed.",
                             {{"source", settings.source}})),
      intake_(hub, metrics, std::move(settings)) {}

void SipIntake::on_sip(const SipMessage& message) {
    intake_.take(message.collected,
                 [&](SipTracker& tracker, std::vector<Event>& out) { tracker.on_message(message, out); });
}

void SipIntake::on_pause(Time now) {
    intake_.on_time(now);
    dialogs_.set(static_cast<std::int64_t>(intake_.tracker().dialogs()));
    intake_.submit();
}

}  // namespace callboard
