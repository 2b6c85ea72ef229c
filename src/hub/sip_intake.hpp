#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/metrics.hpp"
#include "core/sip_tracker.hpp"
#include "hub/hub.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Where mirrored SIP comes in: tracker, then hub. One per source, used on that source's thread.
///
/// A reload needs no call: after Hub::use() the next pause takes the new directory.
class SipIntake final : public SipSink {
  public:
    struct Settings {
        std::string source;         ///< label of the figures
        std::string region = "FR";  ///< how national numbers are read
        SipTracker::Settings tracker;
        bool adopts = false;                                 ///< as that of ExchangeIntake
        Duration patience = std::chrono::milliseconds(200);  ///< waits for room in the hub, then drops
    };

    /// `hub` and `metrics` must outlive this.
    SipIntake(Hub& hub, Metrics& metrics, Settings settings);

    void on_sip(const SipMessage& message) override;
    void on_pause(Time now) override;

  private:
    void adopt(Time now);

    Hub& hub_;
    Settings settings_;
    std::shared_ptr<const Directory> directory_;
    SipTracker tracker_;
    std::vector<Event> events_;  // since the last pause
    Time signalled_{};           // when the first of them came in
    bool adopted_ = false;
    Counter& dropped_;
    Gauge& dialogs_;
};

}  // namespace callboard
