#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace callboard {

/// A named zone of the IANA database. Immutable and thread-safe.
class TimeZone {
  public:
    /// Error: the zone is not known to this system (package tzdata).
    static Result<TimeZone> named(std::string_view name);
    static TimeZone utc();

    /// `2015-03-05T12:24:30.255954 (CET)`: the form of `Date` (OVH protocol §3.1).
    std::string date(Time time) const;
    /// `2019-12-31 20:20:05`: the form of `Datetime`.
    std::string datetime(Time time) const;
    /// `2026-06-07T11:40:16.0361974+02:00`: RFC 3339 in local time, nanoseconds without the zeros at their
    /// end and `Z` where the offset is none, as Go writes it (OVH protocol §2).
    std::string rfc3339(Time time) const;
    /// The last local midnight at or before `time`; right in nights when clocks change.
    Time midnight(Time time) const;
    const std::string& name() const { return name_; }

  private:
    TimeZone(std::string name, const void* zone) : name_(std::move(name)), zone_(zone) {}
    std::string name_;
    const void* zone_;  // date::time_zone, owned by that library for the life of the process
};

}  // namespace callboard
