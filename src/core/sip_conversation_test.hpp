#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sip_tracker.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/sip_message.hpp"

namespace callboard::conversation {

/// A SIP message that owns its bytes.
struct Said {
    SipMessage message;
    std::deque<std::string> bytes;
    std::string_view own(std::string text) { return bytes.emplace_back(std::move(text)); }
};

/// Something said, or a silence when `said` is null.
struct Step {
    Duration after{};  ///< the step before
    std::shared_ptr<const Said> said;
};

/// Reads a ladder diagram, one message a line, `#` begins a comment:
///
///     [label:] [+2s] host > host  METHOD [user] [key=value …]
///     [label:] [+2s] host > host  status [METHOD] [key=value …]
///     again            the message before, as a retransmission
///     wait 5min
///
/// Hosts: the phones `alice`, `bob`, `bob2`, `carol`, `dave`; `proxy` passes messages on with a Via more;
/// `pbx` makes a dialog of its own for each side, which gets a `label` of its own; `gw` leads to outside
/// numbers. Users: these names, `marie` and `pierre` outside, `desk` a queue, or anything as written. What a
/// line leaves out follows from the call so far: From, To, tags, CSeq, branch and Vias. Without `+…` a
/// message comes 10 ms after the one before.
///
/// Keys: `from to uri ftag ttag cseq branch vias media reason pai rpid history diversion session expires
/// contact replaces mirror`; `refer=label` names the call that a REFER replaces; flags `private`,
/// `rpid_private`, `zero` (c=0.0.0.0), `star` (Contact: *).
///
/// Throws std::invalid_argument on what it cannot read. `prefix` goes before every Call-ID.
std::vector<Step> ladder(std::string_view text, std::string_view prefix = "");

/// Alice, Bob, Carol and Dave, 0033972000001 to …4 with the aliases 1001 to 1004, and the queue `desk`,
/// 0033972000008, alias 8001.
std::shared_ptr<const Directory> town();

/// A tracker and the time in which it hears things.
class Listener {
  public:
    /// Phones that are `registered` have shown where they are before anything else is said.
    explicit Listener(bool registered = true, SipTracker::Settings settings = {});

    void hear(const std::vector<Step>& steps);
    void hear(std::string_view text) { hear(ladder(text)); }
    void wait(Duration duration);
    SipTracker& tracker() { return tracker_; }
    Time now() const { return now_; }

    const std::vector<Event>& events() const { return events_; }
    /// `alice start_ringing`; native events in brackets.
    std::vector<std::string> told() const;
    /// `alice start_ringing marie > alice (alice)`: calling, called, dialled.
    std::vector<std::string> told_with_parties() const;
    /// `alice end_ringing [486 Busy Here]`: with RelevantInfo.
    std::vector<std::string> told_with_reasons() const;
    /// `alice start_ringing a`: with the Call-ID.
    std::vector<std::string> told_with_call_ids() const;
    void forget() { events_.clear(); }

  private:
    SipTracker tracker_;
    Time now_;
    std::vector<Event> events_;
};

/// `0033972000001` → `alice`; what is nobody's stays.
std::string name_of(std::string_view number);

}  // namespace callboard::conversation
