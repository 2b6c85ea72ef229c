#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace callboard::webhook {

/// `v1=` and the HMAC-SHA256 of `id.timestamp.body` in lower-case hexadecimal; while a `previous` secret is
/// configured as well, a second one made with it behind a comma. A receiver takes a message when any of them
/// is the one that it makes with the secret it has. Pure.
std::string signature(const Secret& secret, const Secret& previous, std::string_view id,
                      std::string_view timestamp, std::string_view body);

}  // namespace callboard::webhook
