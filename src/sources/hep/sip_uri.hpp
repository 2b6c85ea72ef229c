#pragma once

#include <optional>
#include <string_view>

#include "event/sip_message.hpp"

namespace callboard {

/// Reads a URI (RFC 3261 §25.1 SIP-URI, SIPS-URI; RFC 3966 tel; any other scheme as opaque text). False: it
/// is none.
bool parse_uri(std::string_view text, SipUri& uri);

/// Whether a sip: or sips: URI carries headers (`?Route=…`), which a Request-URI must not (RFC 3261 §19.1.1).
bool has_headers(const SipUri& uri);

/// Takes one `name-addr` or `addr-spec` with its header parameters (RFC 3261 §20.10) from the front of a
/// comma-separated `list`, and the comma behind it. False: malformed; `list` is then of no use any more.
bool take_address(std::string_view& list, SipAddress& address);

/// The value of a `;name=value` parameter without quotes, names compared without case; empty when it has
/// none.
std::optional<std::string_view> parameter_of(std::string_view parameters, std::string_view name);

/// Takes well-formed `;name[=value]` parameters with blanks and folds anywhere between from the front of
/// `text` into `parameters`. False: a parameter without a name, or an open quote.
bool take_parameters(std::string_view& text, std::string_view& parameters);

}  // namespace callboard
