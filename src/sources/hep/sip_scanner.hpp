#pragma once

#include <string_view>

#include "event/sip_message.hpp"

namespace callboard {

enum class SipVerdict {
    ok,
    keepalive,        ///< blank lines or zero bytes only: no message, and no error
    bad_start_line,   ///< neither a request line nor a status line (RFC 3261 §7.1, §7.2)
    bad_version,      ///< another version than SIP/2.0
    bad_header,       ///< a header that we need is malformed
    bad_number,       ///< the number of CSeq is none, or out of its range
    missing_header,   ///< Call-ID, CSeq, From, To or Via is absent (§8.1.1)
    repeated_header,  ///< a header that comes once came twice
    method_mismatch,  ///< CSeq names another method than the request line (§8.1.1.5)
    bad_length,       ///< Content-Length says more than there is, or says two things
    truncated,        ///< ends within the headers
};
std::string_view text_of(SipVerdict verdict);

/// Reads from one SIP message what the trackers need, in one pass, without copying; `message`'s views point
/// into `bytes`. Its fields about the capture are left as they are. Refuses what an endpoint refuses for a
/// flaw in something that is read here; tests/rfc4475 holds that against the messages of RFC 4475.
SipVerdict scan_sip(std::string_view bytes, SipMessage& message);

}  // namespace callboard
