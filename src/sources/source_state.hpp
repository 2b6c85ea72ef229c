#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "sources/source.hpp"

namespace callboard {

/// How a source is, as it tells everybody: health() and `callboard_source_up`. Any thread.
class SourceState {
  public:
    /// Down until set() says otherwise. `clock` must outlive the state.
    SourceState(std::string name, std::string kind, const Clock& clock, Metrics& metrics)
        : clock_(clock),
          gauge_(
              metrics.gauge("callboard_source_up", "Whether the source works: 1 or 0.", {{"source", name}})),
          health_{std::move(name), std::move(kind), false, clock.now(), "not started"} {}

    /// `detail`: one sentence when it is down.
    void set(bool up, std::string detail) {
        gauge_.set(up ? 1 : 0);
        const std::lock_guard lock(mutex_);
        // "Since" is when it became so, not when it was tried again.
        if (health_.up != up) health_.since = clock_.now();
        health_.up = up;
        health_.detail = std::move(detail);
    }
    SourceHealth health() const {
        const std::lock_guard lock(mutex_);
        return health_;
    }
    bool up() const {
        const std::lock_guard lock(mutex_);
        return health_.up;
    }

  private:
    const Clock& clock_;
    Gauge& gauge_;
    mutable std::mutex mutex_;
    SourceHealth health_;
};

}  // namespace callboard
