#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "event/directory.hpp"
#include "event/exchange_signal.hpp"
#include "sources/freeswitch/esl_event.hpp"

namespace callboard {

/// Says in the words of ExchangeSignal what FreeSWITCH's events say. Knows nothing of lines and queues, and
/// of calls only what one event tells; it remembers registrations, because FreeSWITCH tells of each contact.
/// No I/O, no clock. One thread.
class FreeswitchSignals {
  public:
    using Emit = std::function<void(const ExchangeSignal&)>;
    explicit FreeswitchSignals(Emit emit) : emit_(std::move(emit)) {}

    /// `collected`: when the event was read.
    void on_event(const EslEvent& event, Time collected);

    /// One row of `show registrations`, during a snapshot.
    void on_registration_listed(std::string_view user, std::string_view contact, Time now);

    /// The events that on_event() understands, as the `event plain` command wants them.
    static std::string_view subscription();

    static constexpr std::size_t kMostContacts = 100'000;

  private:
    void on_channel(ExchangeSignalKind kind, const EslEvent& event, Time collected);
    void on_bridge(ExchangeSignalKind kind, const EslEvent& event, Time collected);
    void on_callcenter(const EslEvent& event, Time collected);
    void on_registration(const EslEvent& event, Time collected);

    Emit emit_;
    StringMap<std::set<std::string>> contacts_;  // by user
    std::size_t contact_count_ = 0;
};

/// Facts of the channel that an event speaks of.
ExchangeChannel channel_of(const EslEvent& event);
/// The user in `1001@pbx.test`, `user/1001@pbx.test` or `[leg_timeout=5]user/1001@pbx.test`; empty when there
/// is none, as in `sofia/gateway/trunk/0612345678`.
std::string user_in_contact(std::string_view contact);

}  // namespace callboard
