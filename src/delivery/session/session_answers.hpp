#pragma once

#include <span>
#include <string>
#include <string_view>

#include "delivery/session/sessions.hpp"
#include "delivery/session/told.hpp"
#include "event/time_zone.hpp"
#include "net/http.hpp"

/// What version 2 of the event service answers (OVH protocol §2): texts exact to the byte, readable for pages
/// of any origin.
namespace callboard::session {

inline constexpr std::string_view kTimeout = "Timeout, please reconnect";
inline constexpr std::string_view kNotFound = "Session not found";
inline constexpr std::string_view kDeleted = "Session deleted";
inline constexpr std::string_view kTakenOver = "Another connection reads this session now";
inline constexpr std::string_view kStopping = "The server is stopping; come back in a moment";
inline constexpr std::string_view kTooMuchReading = "Too many clients read old events; come back in a moment";
inline constexpr std::string_view kJournalTrouble =
    "The journal cannot be read just now; come back in a moment";
/// Says in an answer to a poll what is gone for good; the array has no room for that.
inline constexpr std::string_view kGapHeader = "X-Callboard-Gap";

HttpResponse text(int status, std::string_view body);
HttpResponse object(const SessionRecord& session, const TimeZone& zone);
/// What cannot be done, and what to do instead.
HttpResponse refusal(Sessions::Outcome outcome);

std::string subscribed(std::string_view token);
std::string unsubscribed(std::string_view token);

/// The whole answer to a poll: an array of events in the form of version 2. `gap` empty: nothing is gone.
SharedBytes events(std::span<const Told> all, std::string_view gap);

}  // namespace callboard::session
