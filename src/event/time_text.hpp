#pragma once

#include <optional>
#include <string_view>

#include "event/time_zone.hpp"

namespace callboard {

/// RFC 3339: `2026-03-29T02:30:00+02:00`, `2026-03-29T00:30:00.5Z`. A blank before the offset is taken for
/// the
/// `+` that a query without escapes loses. Nothing: it is no such text.
std::optional<Time> time_from_rfc3339(std::string_view text);

/// What people and programs write for a point in time: nanoseconds since 1970, RFC 3339, or a date of `zone`,
/// which means its begin, or its end when `date_is_end`. Nothing: it is none of these.
std::optional<Time> time_from_text(std::string_view text, const TimeZone& zone, bool date_is_end = false);

}  // namespace callboard
