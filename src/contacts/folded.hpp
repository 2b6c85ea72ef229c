#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// A name as it is searched for: without case and accents of Latin letters (U+00C0 to U+017F), so that
/// `helene` finds `Hélène`. What is no such letter stays, invalid UTF-8 too. Folded twice is folded once.
std::string folded(std::string_view name);

}  // namespace callboard
