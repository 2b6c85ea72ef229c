#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/metrics.hpp"
#include "core/exchange_tracker.hpp"
#include "hub/hub.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Where what an exchange says comes in: tracker, then hub. One per source, used on that source's thread.
///
/// A reload needs no call: after Hub::use() the next pause takes the new directory.
class ExchangeIntake final : public ExchangeSink {
  public:
    struct Settings {
        std::string source;         ///< label of the figures
        std::string region = "FR";  ///< how national numbers are read
        ExchangeTracker::Settings tracker;
        bool adopts = false;  ///< after a restart it goes on with the calls that the journal has in progress:
                              ///< for the only source, because the journal does not say whose they are
        Duration patience = std::chrono::milliseconds(200);  ///< waits for room in the hub, then drops
    };

    /// `hub` and `metrics` must outlive this.
    ExchangeIntake(Hub& hub, Metrics& metrics, Settings settings);

    void on_signal(const ExchangeSignal& signal) override;
    void on_pause(Time now) override;

  private:
    void adopt(Time now);

    Hub& hub_;
    Settings settings_;
    std::shared_ptr<const Directory> directory_;
    ExchangeTracker tracker_;
    std::vector<Event> events_;  // since the last pause
    Time signalled_{};           // when the first of them came in
    std::uint64_t corrected_ = 0;
    bool adopted_ = false;
    Counter& dropped_;
    Counter& corrections_;
    Gauge& channels_;
};

}  // namespace callboard
