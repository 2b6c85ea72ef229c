#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "api/ovh/answers.hpp"
#include "base/clock.hpp"

namespace callboard::ovh_rest {

/// A token's lifetime as `POST …/eventToken` says it, nothing for `unlimited`: the member `expiration` of a
/// JSON object, one of the five texts of `telephony.TokenExpirationEnum` (OVH protocol §6.1). Other members
/// are ignored.
std::variant<std::optional<Duration>, RestError> expiration_of(std::string_view body);

}  // namespace callboard::ovh_rest
