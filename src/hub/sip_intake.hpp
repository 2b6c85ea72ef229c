#pragma once

#include "base/metrics.hpp"
#include "core/sip_tracker.hpp"
#include "hub/hub.hpp"
#include "hub/intake.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Where mirrored SIP comes in: tracker, then hub. One per source, used on that source's thread.
class SipIntake final : public SipSink {
  public:
    using Settings = Intake<SipTracker>::Settings;

    /// `hub` and `metrics` must outlive this.
    SipIntake(Hub& hub, Metrics& metrics, Settings settings);

    void on_sip(const SipMessage& message) override;
    void on_pause(Time now) override;

  private:
    Gauge& dialogs_;
    Intake<SipTracker> intake_;
};

}  // namespace callboard
