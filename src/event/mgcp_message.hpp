#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "event/sip_message.hpp"

namespace callboard {

enum class MgcpVerb : std::uint8_t {
    epcf,   ///< EndpointConfiguration
    crcx,   ///< CreateConnection
    mdcx,   ///< ModifyConnection
    dlcx,   ///< DeleteConnection
    rqnt,   ///< NotificationRequest
    ntfy,   ///< Notify
    auep,   ///< AuditEndpoint
    aucx,   ///< AuditConnection
    rsip,   ///< RestartInProgress
    other,  ///< an extension's
};
/// `RQNT`, in the protocol's own letters; `other`: empty.
std::string_view text_of(MgcpVerb verb);

/// ConnectionMode (RFC 3435 §2.3.5). `none`: the message names none; `other`: a loop or a test.
enum class MgcpMode : std::uint8_t { none, sendrecv, sendonly, recvonly, inactive, confrnce, other };

/// Where media is received, as a session description says it: the text of the address, and the port.
struct MediaPlace {
    std::string_view address;
    std::uint16_t port = 0;
};

/// What the tracker needs of one MGCP command or response (RFC 3435) and of its capture, nothing more.
///
/// All views point into the datagram: valid only during the call that hands the message over.
struct MgcpMessage {
    // The capture (HEP).
    Time captured{};   ///< the mirror's time
    Time collected{};  ///< when we read it
    SipEndpoint source, destination;
    std::uint32_t capture_id = 0;

    // First line (§3.2.1, §3.3).
    std::string_view start_line;
    bool request = false;
    MgcpVerb verb = MgcpVerb::other;  ///< of a command
    std::uint16_t code = 0;           ///< of a response: 0 … 999
    std::uint32_t transaction = 0;    ///< 1 … 999,999,999
    std::string_view endpoint;        ///< of a command: `aaln/1@gateway.example`, as written
    std::string_view commentary;      ///< of a response: what stands behind the transaction

    // Parameters (§3.2.2); empty when absent. Of repeated ones the first counts.
    std::string_view call_id;            ///< C
    std::string_view connection_id;      ///< I
    std::string_view request_id;         ///< X
    std::string_view requested_events;   ///< R, read with for_each_event()
    std::string_view signals;            ///< S, likewise
    std::string_view observed_events;    ///< O, likewise
    std::string_view specific_endpoint;  ///< Z
    std::string_view reason;             ///< E, `900 Hardware error`
    std::string_view restart_method;     ///< RM
    MgcpMode mode = MgcpMode::none;      ///< M

    // The first session description behind them (§3.4): of a command the other side's, of a response our own.
    bool described = false;
    MediaPlace media;

    /// Whether it has a notification request in it (§2.3.3): an RQNT, or another command with X.
    bool asks_for_notification() const {
        return request && (verb == MgcpVerb::rqnt || (verb != MgcpVerb::ntfy && !request_id.empty()));
    }
};

}  // namespace callboard
