#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard::test {

/// The message of a compressed payload, as a client unpacks it (RFC 7692 §7.2.2), with nothing kept from
/// another. Nothing: it is none.
std::optional<std::string> inflated(std::string_view payload);

}  // namespace callboard::test
