#pragma once

#include <cstdint>

#include "base/metrics.hpp"
#include "core/exchange_tracker.hpp"
#include "hub/hub.hpp"
#include "hub/intake.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Where what an exchange says comes in: tracker, then hub. One per source, used on that source's thread.
class ExchangeIntake final : public ExchangeSink {
  public:
    using Settings = Intake<ExchangeTracker>::Settings;

    /// `hub` and `metrics` must outlive this.
    ExchangeIntake(Hub& hub, Metrics& metrics, Settings settings);

    void on_signal(const ExchangeSignal& signal) override;
    void on_pause(Time now) override;

  private:
    void take(const ExchangeSignal& signal);

    Gauge& channels_;
    Counter& corrections_;
    std::uint64_t corrected_ = 0;  // that corrections_ has counted
    Intake<ExchangeTracker> intake_;
};

}  // namespace callboard
