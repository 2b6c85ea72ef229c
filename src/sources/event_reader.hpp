#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// One event in a JSON form of the protocol (OVH protocol §3.1), before its `data` is looked into.
struct ToldEvent {
    std::string event, service, ressource;
    std::string_view data;       ///< JSON text of an object; lives as long as the text that it was read from
    std::int64_t timestamp = 0;  ///< as it was told, ns; 0 when it was not
};

/// Reads events that somebody else tells, one after the other, out of one JSON text that was checked before:
/// valid, and nested no deeper than EventLimits allow. What is not said in `data` is made: `Billing`,
/// `Queue`, `Action`, and `Ts` and `TsGet`; further members are kept, with their numbers as they were
/// written.
class EventReader {
  public:
    /// How the envelope's members are called.
    struct Names {
        std::string_view event, service, ressource, timestamp, data;
    };
    static constexpr Names kVersion1{"Event", "Service", "Ressource", "Timestamp", "Data"};
    static constexpr Names kVersion2{"event", "service", "ressource", "timestamp", "data"};

    /// `json`, of which the elements are, must outlive the reader.
    EventReader(const Names& names, const simdjson::padded_string& json) : names_(names), json_(json) {}

    /// Error `invalid`: which member is missing or wrong.
    Result<ToldEvent> envelope(simdjson::ondemand::value element) const;
    /// `now`: for times that were not told. Error `invalid`: what is wrong with it, or that the directory has
    /// no such line or queue.
    Result<Event> event(ToldEvent told, const Directory& directory, Time now);

  private:
    const Names names_;
    const simdjson::padded_string& json_;
    simdjson::ondemand::parser data_parser_;
};

}  // namespace callboard
