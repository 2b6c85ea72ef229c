#pragma once

#include <string_view>

#include "event/mgcp_message.hpp"

namespace callboard {

enum class MgcpVerdict {
    ok,
    bad_start_line,     ///< neither a command line nor a response line (RFC 3435 §3.2.1, §3.3)
    bad_version,        ///< another version than MGCP 1
    bad_transaction,    ///< a transaction that is no number of 1 to 999,999,999
    bad_endpoint,       ///< no name of an endpoint, `local@domain`
    bad_parameter,      ///< a line that is no parameter, or a value that cannot be
    bad_event_list,     ///< quotes or parentheses of R, S or O do not pair up
    missing_parameter,  ///< a CRCX without C, or an NTFY without O
};
std::string_view text_of(MgcpVerdict verdict);

/// Reads the first MGCP message of `bytes` and takes it off: what is left are the messages piggy-backed
/// behind it, separated by a line with a dot (RFC 3435 §3.5.5). One pass, nothing is copied, `message`'s
/// views point into what `bytes` was; its fields about the capture are left as they are. Takes off at least
/// one byte of those there are, whatever the verdict.
MgcpVerdict scan_mgcp(std::string_view& bytes, MgcpMessage& message);

}  // namespace callboard
