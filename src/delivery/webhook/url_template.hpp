#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "delivery/webhook/message.hpp"

namespace callboard::webhook {

/// Nothing when `url` can be a webhook's, else the sentence of the error: it has to be http or https with a
/// host, without a user, in printable ASCII, and its placeholders behind the host.
std::optional<std::string> wrong_template(std::string_view url);

/// `url` with every `*CALLING*`, `*CALLED*`, `*DIALED*`, `*EVENT*`, `*QUEUE*`, `*AGENT*` and `*CALLID*`
/// replaced by what `message` has, percent-encoded (RFC 3986 §2.1); by nothing where it has none. Pure.
std::string filled(std::string_view url, const Message& message);

/// `crm.example` of `https://crm.example:8443/x`, in lower case; an address without its brackets. Empty when
/// there is none.
std::string host_of(std::string_view url);

inline constexpr std::size_t kLongestUrl = 2'048;  ///< before it is filled

}  // namespace callboard::webhook
