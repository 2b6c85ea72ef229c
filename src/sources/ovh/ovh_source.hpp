#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "sources/event_sink.hpp"
#include "sources/ovh/ovh_session.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Reads the event service of OVH, or of another Callboard, with one thread of its own and one for HTTP. What
/// it is told is told on under our own tokens, each event once and in order, over restarts of both sides: its
/// place is noted only when the journal has the events, and what is told again is recognised.
class OvhSource final : public Source {
  public:
    struct Settings {
        std::string name;  ///< labels metrics and logs
        std::string url;   ///< `https://events.voip.ovh.net`, without a slash at its end
        Secret token;
        OvhSession::Version version = OvhSession::Version::v1;
        std::filesystem::path place;  ///< the file that keeps its place
        std::chrono::milliseconds connect_within = std::chrono::seconds(10);
        /// The service holds a poll for less than a minute.
        std::chrono::milliseconds poll_within = std::chrono::seconds(75);
        /// A poll that is held this long is one that the service accepts, unless an earlier one hung to its
        /// end.
        std::chrono::milliseconds accepted_after = std::chrono::seconds(3);
        /// A dead token will not be good soon.
        std::chrono::milliseconds refused_wait = std::chrono::seconds(60);
        /// The journal has an event on the disk by then, also when the machine crashes.
        std::chrono::milliseconds settled_after = std::chrono::seconds(1);
        /// An answer without anything new that comes sooner is followed by a pause.
        std::chrono::milliseconds least_hold = std::chrono::milliseconds(500);
    };

    /// `sink`, `clock` and `metrics` must outlive the source.
    OvhSource(Settings settings, EventSink& sink, const Clock& clock, Metrics& metrics);
    ~OvhSource() override;

    /// Never fails for what may heal: a service that is not there yet is waited for.
    Result<void> start() override;
    void stop() override;
    SourceHealth health() const override;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
