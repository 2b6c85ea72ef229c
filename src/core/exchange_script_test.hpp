#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/exchange_tracker.hpp"
#include "event/event.hpp"
#include "event/exchange_signal.hpp"

namespace callboard::script {

/// Reads what an exchange says, one signal a line, `#` begins a comment:
///
///     channel kind [flag …] [key=value …]
///     queue ACTION [key=value …]
///     listed-caller …   listed-agent …
///     wait 5s           silence; ms, s, min, h
///
/// Kinds as in ExchangeSignalKind. Keys of a channel: `device caller dialled connected sip parent linked
/// bridge other cause`; flags `calls called withheld internal up ringing held`. Keys of a queue: `in` (the
/// queue), `agent phone caller channel leg`, flag `withheld`, and every member of QueueData by its name. `_`
/// stands for a blank.
///
/// Signals come 10 ms apart. Throws std::invalid_argument on what it cannot read.
struct Line {
    Duration after{};
    bool silent = false;  ///< time passes, nothing is said
    ExchangeSignal signal;
};
std::vector<Line> read(std::string_view text);

/// A tracker in the town of sip_conversation_test.hpp, and the time in which it hears things.
class Listener {
  public:
    explicit Listener(ExchangeTracker::Settings settings = {});

    void hear(std::string_view text) { hear(read(text)); }
    void hear(const std::vector<Line>& lines);
    void hear(const Line& line);
    void wait(Duration duration);
    void set_calendar(Duration by) {
        now_ += by;
        tracker_.calendar_was_set(by);
    }
    ExchangeTracker& tracker() { return tracker_; }
    Time now() const { return now_; }

    const std::vector<Event>& events() const { return events_; }
    void forget() { events_.clear(); }
    /// `alice start_ringing`; native events in brackets.
    std::vector<std::string> told() const;
    /// `alice start_ringing marie > alice (alice)`: calling, called, dialled.
    std::vector<std::string> told_with_parties() const;
    /// `alice end_ringing [486 Busy Here]`.
    std::vector<std::string> told_with_reasons() const;
    /// `alice start_ringing a`.
    std::vector<std::string> told_with_call_ids() const;
    /// `desk member-queue-start`; with `names` the members of that name, as `Count=0`.
    std::vector<std::string> queue_told(const std::vector<std::string>& names = {}) const;

  private:
    ExchangeTracker tracker_;
    Time now_;
    std::vector<Event> events_;
};

}  // namespace callboard::script
