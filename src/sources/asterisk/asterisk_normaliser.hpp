#pragma once

#include <vector>

#include "event/exchange_signal.hpp"
#include "sources/asterisk/ami_session.hpp"
#include "sources/asterisk/asterisk_channels.hpp"
#include "sources/asterisk/asterisk_queues.hpp"
#include "sources/asterisk/asterisk_registrations.hpp"

namespace callboard {

/// What Asterisk's manager interface brings, as signals. Outlives the connections to it. Pure. One thread.
class AsteriskNormaliser {
  public:
    explicit AsteriskNormaliser(const KnowsName& knows) : channels_(knows), queues_(channels_, knows) {}

    /// Appends what the news says.
    void take(const AmiNews& news, std::vector<ExchangeSignal>& out);
    /// Time has come to `now`.
    void on_time(Time now, std::vector<ExchangeSignal>& out) { queues_.on_time(now, out); }
    /// The connection is lost.
    void on_gone(Time now, std::vector<ExchangeSignal>& out);

  private:
    AsteriskChannels channels_;
    AsteriskQueues queues_;
    AsteriskRegistrations registrations_;
};

}  // namespace callboard
