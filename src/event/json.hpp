#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/time_zone.hpp"

namespace callboard {

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `Data` of an event as a JSON object: alphabetic members, further members of an ingest after ours. `zone`
/// is that of `Datetime`.
std::string data_json(const Event& event, const TimeZone& zone);
/// `Details` of a service as a JSON object: five members, all strings (OVH protocol §5). `IdBillingAccount`
/// has to be digits: those of the account's id when it has nothing else, else a number made from it that
/// stays the same.
std::string details_json(const Service& service);

/// `Ts`: seconds since 1970 with any number of decimals, of which nine count. Nothing: it is no such number,
/// or beyond the year 2255.
std::optional<Time> time_from_seconds(std::string_view text);

/// The event as it will be kept: everything but its sequence number.
Record record_of(const Event& event, const Service& service, Time timestamp, const TimeZone& zone);
/// Back from the journal, for the fold. Error: `data` is not what record_of makes.
Result<Event> event_of(const Record& record);

/// One record in the two forms that clients read, cut where the token goes, so that serving it to a token is
/// three appends. `…_before` ends with the opening quote of the token, `…_after` begins with the closing one.
struct Encoded {
    std::string v1_before, v1_after;
    std::string v2_before, v2_after;
};
Encoded encode(const Record& record, const TimeZone& zone);

}  // namespace callboard
