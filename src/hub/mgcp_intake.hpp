#pragma once

#include "base/metrics.hpp"
#include "core/mgcp_tracker.hpp"
#include "hub/hub.hpp"
#include "hub/intake.hpp"
#include "sources/mgcp_sink.hpp"

namespace callboard {

/// Where mirrored MGCP comes in: tracker, then hub. One per source, used on that source's thread.
class MgcpIntake final : public MgcpSink {
  public:
    using Settings = Intake<MgcpTracker>::Settings;

    /// `hub` and `metrics` must outlive this.
    MgcpIntake(Hub& hub, Metrics& metrics, Settings settings);

    void on_mgcp(const MgcpMessage& message) override;
    void on_pause(Time now) override;

  private:
    Gauge& calls_;
    Intake<MgcpTracker> intake_;
};

}  // namespace callboard
