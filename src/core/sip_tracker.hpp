#pragma once

#include <memory>
#include <string>
#include <vector>

#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/numbering.hpp"
#include "event/sip_message.hpp"

namespace callboard {

struct State;

/// Turns mirrored SIP into events: which line rings, which call was answered, who hung up.
///
/// Pure: no I/O, no clock; time comes in with the messages and with on_time(). Sees each message any number
/// of times, from several mirrors, out of order; tells each thing once. One thread.
class SipTracker {
  public:
    struct Settings {
        Duration longest_call = std::chrono::hours(4);  ///< a call without a BYE or session timer ends then
        Duration longest_ringing = std::chrono::minutes(5);  ///< ringing whose end was never seen ends then
        Duration memory =
            std::chrono::seconds(40);  ///< how long an ended call is remembered for late copies (> 64*T1)
        std::size_t most_dialogs = 200'000;  ///< the oldest is ended when there are more
    };

    SipTracker(std::shared_ptr<const Directory> directory, std::string region, Settings settings);
    ~SipTracker();
    SipTracker(const SipTracker&) = delete;
    SipTracker& operator=(const SipTracker&) = delete;

    /// Before anything else, after a restart: goes on with the calls that were told of and are still up.
    /// Their end is told when it is seen, or when a timer says so.
    void adopt(const State& state, Time now);
    /// Appends to `out` what this message tells.
    void on_message(const SipMessage& message, std::vector<Event>& out);
    /// Time has come to `now`: ends what is over without a word.
    void on_time(Time now, std::vector<Event>& out);
    /// Somebody set the calendar on by so much, or back: calls last as long as they would have.
    void calendar_was_set(Duration by);
    /// After a reload; calls in progress stay.
    void use(std::shared_ptr<const Directory> directory);

    std::size_t dialogs() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
