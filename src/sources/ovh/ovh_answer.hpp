#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// An event as the service told it.
struct OvhEvent {
    Event event;
    std::int64_t timestamp = 0;  ///< when the service published it, ns; 0 when it does not say
};

/// What a poll was answered.
struct OvhAnswer {
    static constexpr std::size_t kLongest = 16 << 20;      ///< bytes
    static constexpr std::size_t kMostEvents = 10'000;     ///< the service tells at most 1,000 at once
    static constexpr std::size_t kLongestSession = 1'024;  ///< bytes

    std::string session;                  ///< version 1: what the next poll sends back; version 2: empty
    std::string message;                  ///< version 1: what the service says beside events
    std::vector<OvhEvent> events;         ///< in their order; not those below
    std::vector<std::string> unknown;     ///< of events that the directory has no number for: the number
    std::vector<std::string> unreadable;  ///< of events that cannot be taken: what is wrong with them
};

/// Version 1 (OVH protocol §1.2): `{"Session":"…","Message":"…","Events":[…]}`. A member that is missing or
/// null is empty. An event that is not as it should be does not spoil the others. `now`: for times that were
/// not told. Error `invalid`: it is no such answer.
Result<OvhAnswer> parse_ovh_v1(std::string_view body, const Directory& directory, Time now);
/// Version 2 (§2): an array of events, `null`, or the text that says to come again.
Result<OvhAnswer> parse_ovh_v2(std::string_view body, const Directory& directory, Time now);
/// The id of a session of version 2 out of `{"id":"…",…}`. Error `invalid`: there is none that fits into a
/// path.
Result<std::string> parse_ovh_session(std::string_view body);

/// What an answer that is no success says, fit for a log: its `Message` or `message` when it is JSON, else
/// its beginning, on one line.
std::string ovh_reason(std::string_view body);

inline constexpr std::string_view kOvhTimeout = "Timeout, please reconnect";

}  // namespace callboard
