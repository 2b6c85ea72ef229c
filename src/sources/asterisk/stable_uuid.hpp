#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// A UUID (RFC 4122 §4.3, version 5) that is always the same for the same name.
std::string stable_uuid(std::string_view name);

}  // namespace callboard
