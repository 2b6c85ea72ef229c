#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "event/directory.hpp"
#include "event/exchange_signal.hpp"
#include "sources/asterisk/ami_frame.hpp"
#include "sources/asterisk/asterisk_channels.hpp"

namespace callboard {

/// Which phones are registered: ContactStatus of PJSIP, PeerStatus of chan_sip and IAX2, and the lists of
/// both. Pure. One thread.
///
/// A contact is registered when it is first heard of as NonQualified (Created) and not when it answers
/// OPTIONS again (Reachable). A refresh is in no event: it shows in the next list, as a later expiry.
class AsteriskRegistrations {
  public:
    void on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    /// An entry of PJSIPShowContacts or SIPpeers.
    void on_listed(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    void on_snapshot_begins();
    /// `whole`: all contacts were listed.
    void on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out);

    static constexpr std::size_t kMostContacts = 100'000;  ///< further ones are told of without memory

  private:
    struct Contact {
        std::int64_t expires = 0;  ///< seconds since 1970; 0: not known
        bool listed = false;
    };
    using Contacts = std::map<std::string, Contact, std::less<>>;  // by URI; a peer's is `SIP/101`

    void contact_status(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    void peer_status(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    Contact* remember(std::string_view device, std::string_view uri);
    void forget(std::string_view device, std::string_view uri, const AmiFrame& frame, AmiTimes times,
                std::vector<ExchangeSignal>& out);

    StringMap<Contacts> devices_;
    std::size_t contacts_ = 0;
    bool listed_before_ = false;                           // a whole list was read
    bool contacts_listed_ = false, peers_listed_ = false;  // by the snapshot that is going on: any
};

}  // namespace callboard
