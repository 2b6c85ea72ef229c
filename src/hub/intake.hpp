#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/metrics.hpp"
#include "hub/hub.hpp"

namespace callboard {

/// What every intake does between its tracker and the hub: the events of one pause go in together, and a
/// reload needs no call, because after Hub::use() the next pause takes the new directory. One per source,
/// used on that source's thread.
template <typename Tracker>
class Intake {
  public:
    struct Settings {
        std::string source;         ///< label of the figures
        std::string region = "FR";  ///< how national numbers are read
        typename Tracker::Settings tracker;
        /// Whether it goes on after a restart with what that source had told, of what the journal has in
        /// progress (empty: told by a client, or before the journal kept it). Without it: with its own.
        std::function<bool(std::string_view source)> adopts = {};
        Duration patience = std::chrono::milliseconds(200);  ///< waits for room in the hub, then drops
    };

    /// `hub` and `metrics` must outlive this.
    Intake(Hub& hub, Metrics& metrics, Settings settings)
        : hub_(hub),
          settings_(std::move(settings)),
          directory_(hub.directory()),
          tracker_(directory_, settings_.region, settings_.tracker),
          dropped_(metrics.counter("callboard_source_events_dropped_total",
                                   "Events of a source lost because the hub had no room for them.",
                                   {{"source", settings_.source}})) {}

    /// What was collected then: `tell(tracker, events)` gives it to the tracker.
    template <typename Tell>
    void take(Time collected, Tell tell) {
        if (is_elsewhere(collected)) look_at_calendar();
        adopt(collected);
        const bool first = events_.empty();
        tell(tracker_, events_);
        if (first && !events_.empty()) signalled_ = collected;
    }

    /// Time has come to `now`, and nothing else has come in.
    void on_time(Time now) {
        if (auto current = hub_.directory(); current != directory_) {
            directory_ = std::move(current);
            tracker_.use(directory_);
        }
        look_at_calendar();
        adopt(now);
        if (events_.empty()) signalled_ = now;
        tracker_.on_time(now, events_);
    }

    /// Hands the hub what there is, or counts it as dropped.
    void submit() {
        if (events_.empty()) return;
        const std::size_t count = events_.size();
        if (!hub_.submit(std::exchange(events_, {}), signalled_, {}, settings_.patience, settings_.source))
            dropped_.add(count);
    }

    /// `collected` by the calendar that is in force. For a source that keeps signals back, as when it asks
    /// its exchange about them: the calendar may have been set meanwhile.
    Time in_force(Time collected) {
        if (is_elsewhere(collected)) look_at_calendar();
        const Time moved = collected + set_by_;
        return std::chrono::abs(moved - wall_) < std::chrono::abs(collected - wall_) ? moved : collected;
    }

    const Tracker& tracker() const { return tracker_; }

  private:
    /// Not when this is made: the hub has not read its journal then.
    void adopt(Time now) {
        if (std::exchange(adopted_, true)) return;
        const auto its_own = [this](std::string_view source) { return source == settings_.source; };
        State ours;
        hub_.with_state([&](const State& state) {
            ours = settings_.adopts ? told_by(state, settings_.adopts) : told_by(state, its_own);
        });
        tracker_.adopt(ours, now);
    }

    /// Whether something collected then may be the first after the calendar was set: clocks are not read for
    /// every message.
    bool is_elsewhere(Time collected) const { return std::chrono::abs(collected - wall_) > kSetBy; }

    /// Trackers live in the time of their signals, which is the calendar's. When somebody sets that, what a
    /// tracker waits for moves with it.
    void look_at_calendar() {
        const Time wall = hub_.clock().now();
        const auto steady = hub_.clock().steady();
        const Duration moved = (wall - wall_) - (steady - steady_);
        const bool looked_before = std::exchange(wall_, wall) != Time{};
        steady_ = steady;
        if (looked_before && std::chrono::abs(moved) > kSetBy) tracker_.calendar_was_set(set_by_ = moved);
    }

    static constexpr std::chrono::seconds kSetBy{2};  ///< at least; what is less is NTP at work

    Hub& hub_;
    Settings settings_;
    std::shared_ptr<const Directory> directory_;
    Tracker tracker_;
    std::vector<Event> events_;  // since the last pause
    Time signalled_{};           // when the first of them came in
    bool adopted_ = false;
    Time wall_{};  // when it was looked at last
    std::chrono::steady_clock::time_point steady_;
    Duration set_by_{};  // the last time
    Counter& dropped_;
};

}  // namespace callboard
