#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace callboard {

/// A token (RFC 9110 §5.6.2): names of methods and header fields.
inline bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

/// What may stand behind the name of a field: visible characters, blanks and tabs, and what is not ASCII (RFC
/// 9110 §5.5). Any other control character would make more of it than a value.
inline bool is_field_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

}  // namespace callboard
