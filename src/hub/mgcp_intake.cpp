#include "hub/mgcp_intake.hpp"

#include <utility>

namespace callboard {

MgcpIntake::MgcpIntake(Hub& hub, Metrics& metrics, Settings settings)
    : calls_(metrics.gauge("callboard_mgcp_calls",
                           "MGCP endpoints in a call, each once for every call, that are followed.",
                           {{"source", settings.source}})),
      intake_(hub, metrics, std::move(settings)) {}

void MgcpIntake::on_mgcp(const MgcpMessage& message) {
    intake_.take(message.collected,
                 [&](MgcpTracker& tracker, std::vector<Event>& out) { tracker.on_message(message, out); });
}

void MgcpIntake::on_pause(Time now) {
    intake_.on_time(now);
    calls_.set(static_cast<std::int64_t>(intake_.tracker().calls()));
    intake_.submit();
}

}  // namespace callboard
