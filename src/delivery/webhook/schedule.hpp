#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/clock.hpp"

namespace callboard::webhook {

/// When each delivery of one webhook is attempted: in order per subject, at least once, with growing waits
/// after failures. Pure: no I/O and no clock. One thread.
///
/// After a few failures in a row the endpoint is *paused*: one delivery at a time probes whether it answers
/// again, and when one does, everything that waits is due at once.
class Schedule {
  public:
    using Id = std::int64_t;
    using Subject = std::uint64_t;

    struct Settings {
        std::size_t parallel = 4;  ///< attempts under way at a time
        unsigned attempts = 10;    ///< of one delivery, the last included
        /// After the first failure; each further wait is three times as long, which with `attempts` makes a
        /// day. Up to a tenth is added at random, so that what failed together does not come back together.
        Duration first_wait = std::chrono::seconds(8);
        unsigned pause_after = 3;  ///< failures in a row
        Duration first_probe = std::chrono::seconds(8), last_probe = std::chrono::minutes(10);  ///< doubles
    };
    enum class State { active, paused, stopped };
    enum class Outcome {
        delivered,
        failed,
        gone,  ///< the receiver wants nothing more (410)
    };
    /// What that means for the delivery. All but `retrying` are the end of it.
    enum class Verdict { delivered, retrying, failed, gone };
    struct Finished {
        Verdict verdict = Verdict::delivered;
        unsigned attempts = 0;  ///< made so far
        Time due{};             ///< of the next one, with Verdict::retrying
    };

    Schedule() = default;
    /// As it was left: whether it was stopped or failing.
    Schedule(Settings settings, State state, std::optional<Time> failing_since)
        : settings_(settings), state_(state), failing_since_(failing_since) {}

    /// A delivery that waits. Ids are given in ascending order. Ignored when stopped.
    void add(Id id, Subject subject, unsigned attempts, Time due);
    /// The delivery to attempt now; it is under way until finish(). Nothing: none is due, or enough are under
    /// way.
    std::optional<Id> begin(Time now);
    /// `random`: from 0 to 1. With Outcome::gone the webhook is stopped, and all that waits is forgotten.
    Finished finish(Id id, Outcome outcome, Time now, double random);
    /// The endpoint is known to work, or somebody wants it tried: what waits is due at once. A stopped
    /// webhook begins again.
    void resume(Time now);
    /// Somebody set the calendar, perhaps back: nothing waits longer than a failure would make it.
    void calendar_was_set(Time now);

    /// The earliest time at which begin() may yield something more; nothing while only finish() or add() can
    /// change that.
    std::optional<Time> next() const;
    State state() const { return state_; }
    std::optional<Time> failing_since() const { return failing_since_; }
    std::size_t waiting() const { return items_.size(); }  ///< those under way included
    std::size_t under_way() const { return under_way_; }

  private:
    struct Item {
        Subject subject = 0;
        unsigned attempts = 0;
        Time due{};
        bool under_way = false;
        bool probes = false;  // begun while paused
    };
    std::size_t most_under_way() const { return state_ == State::paused ? 1 : settings_.parallel; }
    Duration wait_after(unsigned attempts) const;
    void remove(Id id);
    void find_ready();
    void failed(bool probe, Time now, double random);

    Settings settings_;
    State state_ = State::active;
    std::optional<Time> failing_since_;
    std::unordered_map<Id, Item> items_;
    std::unordered_map<Subject, std::deque<Id>> lines_;  // of each subject, the oldest first
    std::set<std::pair<Time, Id>> ready_;                // the first of each line, unless it is under way
    std::size_t under_way_ = 0;
    unsigned failures_ = 0;  // in a row
    Duration probe_wait_{};
    Time probe_at_{};  // while paused: not before
};

/// `active`, `paused`, `stopped`.
inline const char* text_of(Schedule::State state) {
    return state == Schedule::State::active   ? "active"
           : state == Schedule::State::paused ? "paused"
                                              : "stopped";
}
/// `delivered`, `retrying`, `failed`, `gone`.
inline const char* text_of(Schedule::Verdict verdict) {
    return verdict == Schedule::Verdict::delivered  ? "delivered"
           : verdict == Schedule::Verdict::retrying ? "retrying"
           : verdict == Schedule::Verdict::failed   ? "failed"
                                                    : "gone";
}

}  // namespace callboard::webhook
