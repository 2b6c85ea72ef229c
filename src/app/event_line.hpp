#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace callboard {

/// How a time is shown: `14:03:22`.
using ShowTime = std::function<std::string(Time)>;

/// An event in the form of version 2 as a line for people: time, event, line, who calls whom.
/// `14:03:22  start_ringing  0033123456102  0033612345678 → 0033123456102  Reception`. Control characters,
/// which a caller could choose, do not come through. Error: `json` is no event.
Result<std::string> event_line(std::string_view json, const ShowTime& show);

/// The time of day in this machine's zone.
std::string local_time(Time time);

/// The member `message` of a notice, `{"message":"…"}`; all of it when it has none.
std::string notice_text(std::string_view json);

}  // namespace callboard
