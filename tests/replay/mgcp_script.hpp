#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/mgcp_tracker.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard::mgcp_script {

/// One datagram, or a silence when `text` is empty.
struct Said {
    Duration after{};  ///< the one before
    std::string from, to;
    std::string text;
};

/// Reads a conversation, one datagram a line, `#` begins a comment:
///
///     [+2s] ca > gw1  CRCX aaln/1 | C: A1 | M: recvonly => 200 | I: 11 | sdp=10.0.1.1:4000
///     [+2s] gw1 > ca  NTFY aaln/1 | X: 1 | O: L/hd => 200
///     [+2s] gw1 > ca  200 1005            a response alone, to that transaction
///     again                               the datagram before, as a retransmission
///     wait 5min
///
/// What stands behind `=>` is the response, which comes 10 ms later from the other side. `|` separates
/// parameters; `sdp=` is a session description with that place for media. An endpoint without a domain is of
/// the gateway that speaks or is spoken to. Transactions count from `first_transaction` on, for each command;
/// `#1005` behind the verb gives one. Without `+…` a command comes 10 ms after what is before it. `{}` in the
/// text becomes `prefix`, for call identifiers.
///
/// Throws std::invalid_argument on what it cannot read.
std::vector<Said> read(std::string_view text, std::string_view prefix = "", int first_transaction = 1000);

/// Alice (`aaln/1@gw1`), Bob (`aaln/2@gw1.example`), Carol (`AALN/1@GW2.example`) and the office with two
/// telephones (`aaln/1@gw3`, `aaln/2@gw3`), all of type mgcpCirpack with extensions 1001 to 1005; Dave, a SIP
/// line, 1004; the queue `desk`, 8001. In four more parts of the town there are others like the first three,
/// at gw11 and gw12, gw21 and gw22, ….
std::shared_ptr<const Directory> town();
/// `0033972000001` → `alice`; what is nobody's stays.
std::string name_of(std::string_view number);

/// A tracker and the time in which it hears things.
class Listener {
  public:
    explicit Listener(MgcpTracker::Settings settings = {});

    void hear(const std::vector<Said>& said);
    void hear(std::string_view text) { hear(read(text)); }
    void wait(Duration duration);
    MgcpTracker& tracker() { return tracker_; }
    Time now() const { return now_; }
    /// Of the mirror that is heard: two have clocks of their own.
    void listen_to_mirror(std::uint32_t capture_id, Duration ahead = {});

    const std::vector<Event>& events() const { return events_; }
    /// `alice start_ringing`; native events in brackets.
    std::vector<std::string> told() const;
    /// `alice start_ringing marie > alice (alice)`: calling, called, dialled.
    std::vector<std::string> told_with_parties() const;
    /// `alice end_calling [900 Hardware error]`: with RelevantInfo.
    std::vector<std::string> told_with_reasons() const;
    /// `alice start_ringing A1`: with the CallId.
    std::vector<std::string> told_with_call_ids() const;
    void forget() { events_.clear(); }

  private:
    void take(const Said& said);

    MgcpTracker tracker_;
    Time now_;
    std::uint32_t capture_id_ = 0;
    Duration ahead_{};
    std::vector<Event> events_;
};

}  // namespace callboard::mgcp_script
