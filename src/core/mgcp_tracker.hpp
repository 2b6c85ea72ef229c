#pragma once

#include <memory>
#include <string>
#include <vector>

#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/mgcp_message.hpp"
#include "event/numbering.hpp"

namespace callboard {

struct State;

/// Turns mirrored MGCP (RFC 3435) into events: which line rings, which call was answered, who hung up.
///
/// Tells of lines of type mgcpCirpack, and SipTracker of the others: a call agent speaks SIP for its
/// telephones. Pure: no I/O, no clock; time comes in with the messages and with on_time(). Sees each message
/// any number of times, from several mirrors, out of order; tells each thing once. One thread.
class MgcpTracker {
  public:
    struct Settings {
        Duration longest_call = std::chrono::hours(4);       ///< a call whose end was not seen ends then
        Duration longest_ringing = std::chrono::minutes(5);  ///< ringing whose end was never seen ends then
        /// A held call of a telephone that is on-hook, and that the call agent neither gives back nor
        /// deletes.
        Duration longest_held_on_hook = std::chrono::minutes(1);
        Duration memory =
            std::chrono::seconds(40);      ///< how long what is over is remembered for late copies (> T-HIST)
        std::size_t most_calls = 200'000;  ///< legs of endpoints; the oldest is ended when there are more
        std::size_t most_endpoints = 100'000;     ///< those without a call are forgotten when there are more
        std::size_t most_transactions = 100'000;  ///< the oldest is forgotten when there are more
    };

    MgcpTracker(std::shared_ptr<const Directory> directory, std::string region, Settings settings);
    ~MgcpTracker();
    MgcpTracker(const MgcpTracker&) = delete;
    MgcpTracker& operator=(const MgcpTracker&) = delete;

    /// Before anything else, after a restart: goes on with the calls of MGCP lines that were told of and are
    /// still up. Their end is told when it is seen, or when a timer says so.
    void adopt(const State& state, Time now);
    /// Appends to `out` what this message tells.
    void on_message(const MgcpMessage& message, std::vector<Event>& out);
    /// Time has come to `now`: ends what is over without a word.
    void on_time(Time now, std::vector<Event>& out);
    /// Somebody set the calendar on by so much, or back: calls last as long as they would have.
    void calendar_was_set(Duration by);
    /// After a reload; calls in progress stay.
    void use(std::shared_ptr<const Directory> directory);

    std::size_t calls() const;         ///< legs that are remembered
    std::size_t transactions() const;  ///< commands and responses that are remembered

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
