#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace callboard {

enum class SipMethod : std::uint8_t {
    invite,
    ack,
    bye,
    cancel,
    register_,
    options,
    update,
    refer,
    notify,
    subscribe,
    info,
    prack,
    message,
    publish,
    other
};

/// `user` of a sip:, sips: or tel: URI with its escapes still in place (see `unescape` of the scanner).
struct SipUri {
    std::string_view text;  ///< the whole URI without angle brackets
    std::string_view scheme;
    std::string_view
        user;  ///< without password; of a tel: URI the number without visual separators kept as written
    std::string_view host;        ///< without port
    std::uint16_t port = 0;       ///< 0 when not given
    std::string_view parameters;  ///< behind the host, from the first `;`
};

/// One value of From, To, Contact, P-Asserted-Identity, … .
struct SipAddress {
    std::string_view display;  ///< display name without quotes, escapes still in place
    SipUri uri;
    std::string_view parameters;  ///< header parameters, from the first `;`
};

struct SipContact {
    SipAddress address;
    std::optional<std::uint32_t> expires;  ///< the parameter, in seconds
};

/// Direction of the first media that is not switched off (port 0), as the sender of the message states it;
/// RFC 4566 §6.
enum class MediaDirection : std::uint8_t { none, sendrecv, sendonly, recvonly, inactive };

/// An address on the wire, IPv4 as mapped IPv6.
struct SipEndpoint {
    std::array<std::uint8_t, 16> address{};
    std::uint16_t port = 0;
    friend auto operator<=>(const SipEndpoint&, const SipEndpoint&) = default;
};

/// What the trackers need of one SIP message (RFC 3261) and of its capture, nothing more.
///
/// All views point into the datagram: valid only during the call that hands the message over.
struct SipMessage {
    // The capture (HEP).
    Time captured{};   ///< the mirror's time
    Time collected{};  ///< when we read it
    SipEndpoint source, destination;
    std::uint32_t capture_id = 0;
    std::string_view correlation;  ///< HEP correlation chunk, or empty

    // Start line.
    std::string_view start_line;
    bool request = false;
    SipMethod method = SipMethod::other;  ///< of a response: that of CSeq
    std::uint16_t status = 0;             ///< of a response: 100 … 699
    std::string_view reason_phrase;
    SipUri request_uri;

    // Headers; empty when absent. Of repeated single-valued headers the first counts.
    std::string_view call_id;
    std::uint32_t cseq = 0;
    std::string_view cseq_text;  ///< `102 INVITE`
    SipAddress from, to;
    std::string_view from_tag, to_tag;
    std::string_view via_branch;   ///< of the topmost Via
    std::string_view via_sent_by;  ///< of the topmost Via
    std::uint16_t via_count = 0;   ///< how many Via values
    std::vector<SipContact> contacts;
    bool contact_star = false;
    std::optional<SipAddress> asserted_identity;  ///< P-Asserted-Identity, sip: before tel:
    std::optional<SipAddress> remote_party;       ///< Remote-Party-ID of party=calling or without party
    bool remote_party_private = false;            ///< Remote-Party-ID with privacy=full, id, name or uri
    bool privacy = false;                         ///< Privacy holds id, user or header
    std::optional<SipAddress> history_first;   ///< History-Info with the lowest index: what was dialled first
    std::optional<SipAddress> diversion_last;  ///< bottom-most Diversion: the first that diverted
    std::string_view reason;                   ///< Reason header, as written
    std::optional<std::uint32_t> expires;      ///< Expires, seconds
    std::optional<std::uint32_t> session_expires;  ///< Session-Expires, seconds
    std::string_view replaces_call_id;             ///< of a Replaces header
    std::string_view replaces_to_tag, replaces_from_tag;
    std::string_view
        refer_to;  ///< URI of Refer-To with its headers (an attended transfer has Replaces there)

    // Body.
    MediaDirection media = MediaDirection::none;  ///< none: no SDP
    bool media_connection_zero = false;           ///< c=IN IP4 0.0.0.0 or IP6 ::, the old way to hold
};

}  // namespace callboard
