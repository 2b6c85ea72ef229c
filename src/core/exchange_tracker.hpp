#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/state.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/exchange_signal.hpp"

namespace callboard {

/// Turns what an exchange says into events: which line rings, which call was answered, who waits in a queue.
///
/// Pure: no I/O, no clock; time comes in with the signals and with on_time(). Takes signals out of order,
/// repeated and with some missing; tells each thing once. A line is told of when its own phone is at the end
/// of a channel, under the Call-ID of that phone's dialog if the exchange says it, else under the channel's
/// id. One thread.
class ExchangeTracker {
  public:
    struct Settings {
        bool lines = true;  ///< false: another source tells of the lines, this one of queues and agents alone
        Duration gone = std::chrono::seconds(60);       ///< calls of an exchange that is gone longer end
        Duration longest_call = std::chrono::hours(4);  ///< a call that no signal or list speaks of ends then
        Duration longest_ringing = std::chrono::minutes(5);
        Duration memory = std::chrono::seconds(40);  ///< how long an ended channel is remembered
        std::size_t most_channels = 100'000;  ///< the one that is nearest to its end goes when there are more
    };

    /// `region` as of Numbering.
    ExchangeTracker(std::shared_ptr<const Directory> directory, std::string region, Settings settings);
    ~ExchangeTracker();
    ExchangeTracker(const ExchangeTracker&) = delete;
    ExchangeTracker& operator=(const ExchangeTracker&) = delete;

    /// Before the first signal, after a restart: takes up what the journal says is in progress, as if its
    /// exchange had been gone since `now`. What the exchange lists again goes on without a word, the rest
    /// ends.
    void adopt(const State& state, Time now);

    /// Appends to `out` what this signal tells.
    void on_signal(const ExchangeSignal& signal, std::vector<Event>& out);
    /// Time has come to `now`: ends what is over without a word.
    void on_time(Time now, std::vector<Event>& out);
    /// Somebody set the calendar on by so much, or back: calls last as long as they would have.
    void calendar_was_set(Duration by);
    /// After a reload; calls in progress stay.
    void use(std::shared_ptr<const Directory> directory);

    /// Channels that are followed, ended ones that are remembered among them.
    std::size_t channels() const;
    /// How many calls and callers were begun or ended because a list showed that a signal was missed, or
    /// because the exchange was gone for too long.
    std::uint64_t corrections() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
