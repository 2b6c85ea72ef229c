#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// A header value as one line: each fold (RFC 3261 §7.3.1) and run of blanks around it becomes one space.
std::string unfolded(std::string_view text);

/// The user part of a URI with its %HH escapes resolved (RFC 3261 §19.1.2); an escape that is none stays.
std::string unescaped(std::string_view user);

}  // namespace callboard
