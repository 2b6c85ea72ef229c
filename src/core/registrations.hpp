#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/whereabouts.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/numbering.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// REGISTER and its 2xx, whichever is seen first and however often: `registered` once for each that added or
/// refreshed a binding, and the native `unregistered` when the last binding of a line is removed or lapses
/// (RFC 3261 §10). One thread.
class Registrations {
  public:
    explicit Registrations(Whereabouts& whereabouts) : whereabouts_(whereabouts) {}

    void on_message(const SipMessage& message, const Directory& directory, Numbering& numbering,
                    std::vector<Event>& out);
    void on_time(Time now, std::vector<Event>& out);

  private:
    struct Contact {
        std::string uri;
        std::uint32_t expires = 0;
    };
    /// One transaction: Call-ID and CSeq, which a retransmission or another mirror repeats.
    struct Transaction {
        bool requested = false, accepted = false, told = false;
        std::vector<Contact> contacts;
        bool all = false;  ///< Contact: *
        SipEndpoint phone;
        bool has_phone = false;
        Time seen{};
    };
    struct Lapse {
        Time at;
        std::string line;
    };

    void conclude(Transaction& transaction, const std::string& line, const SipMessage& message,
                  std::vector<Event>& out);

    Whereabouts& whereabouts_;
    StringMap<Transaction> transactions_;
    std::deque<std::pair<Time, std::string>> order_;  ///< of transactions, oldest first
    std::vector<Lapse> lapses_;                       ///< heap, nearest first
};

}  // namespace callboard
