#pragma once

#include <simdjson.h>

#include <string_view>
#include <vector>

#include "event/json.hpp"
#include "fuzz.hpp"

namespace callboard::fuzz {

inline const TimeZone& zone() {
    static const TimeZone one = *TimeZone::named("Europe/Paris");
    return one;
}

/// An account with a line and a queue.
inline const Directory& directory() {
    static const Directory one({{"ba", "Demo"}}, [] {
        Service line;
        line.account = "ba";
        line.number = "0033972000001";
        line.id = "1";
        Service queue = line;
        queue.number = "0033972000002";
        queue.type = ServiceType::easy_hunting;
        return std::vector<Service>{line, queue};
    }());
    return one;
}

inline void check_json(std::string_view text) {
    static simdjson::dom::parser parser;
    simdjson::dom::element element;
    check(parser.parse(text.data(), text.size()).get(element) == simdjson::SUCCESS,
          "what clients read is JSON");
}

/// What the journal keeps of an event that was taken: clients of every version can read it, and so can we.
inline Record kept(const Event& event, Time timestamp) {
    const Service* service = directory().by_number(event.ressource);
    check(service != nullptr, "an event is of one of our services");
    const Record record = record_of(event, *service, timestamp, zone());
    const Encoded encoded = encode(record, zone());
    check_json(encoded.v1_before + "token" + encoded.v1_after);
    check_json(encoded.v2_before + "token" + encoded.v2_after);
    check(event_of(record).has_value(), "what is kept can be read back");
    return record;
}

}  // namespace callboard::fuzz
