#pragma once

#include "base/clock.hpp"
#include "event/mgcp_message.hpp"

namespace callboard {

/// Takes what a mirror of MGCP saw, on the source's thread.
class MgcpSink {
  public:
    virtual ~MgcpSink() = default;
    /// Views in `message` die with the call.
    virtual void on_mgcp(const MgcpMessage& message) = 0;
    /// As SipSink::on_pause(): nothing more to read just now; at least every 100 ms also in silence.
    virtual void on_pause(Time now) = 0;
};

}  // namespace callboard
