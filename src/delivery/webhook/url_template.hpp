#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "delivery/webhook/message.hpp"

namespace callboard::webhook {

/// Nothing when `url` can be a webhook's, else the sentence of the error; see UrlTemplate.
std::optional<std::string> wrong_template(std::string_view url);

/// `url` with every `*CALLING*`, `*CALLED*`, `*DIALED*`, `*EVENT*`, `*QUEUE*`, `*AGENT*` and `*CALLID*`
/// replaced by what `message` has; by nothing where it has none. Pure.
std::string filled(std::string_view url, const Message& message);

}  // namespace callboard::webhook
