// A post of events: what is accepted can be kept and read by every client.
#include <simdjson.h>

#include "event/json.hpp"
#include "fuzz.hpp"
#include "sources/ingest/ingest.hpp"

using namespace callboard;

namespace {

const Directory& directory() {
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

void check_json(const std::string& text) {
    static simdjson::dom::parser parser;
    simdjson::dom::element element;
    fuzz::check(parser.parse(text).get(element) == simdjson::SUCCESS, "what clients read is JSON");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const TimeZone zone = *TimeZone::named("Europe/Paris");
    const Time now = Time(std::chrono::seconds(1'780'000'000));
    const auto events = parse_ingest(fuzz::text_of(data, size), directory(), now);
    if (!events) {
        fuzz::check(!events.error().what.empty(), "an error says what is wrong");
        return 0;
    }
    fuzz::check(events->size() <= IngestLimits::kMostEvents, "no more events than allowed");
    for (const auto& event : *events) {
        const Service* service = directory().by_number(event.ressource);
        fuzz::check(service != nullptr, "an event is of one of our services");
        const Record record = record_of(event, *service, now, zone);
        const Encoded encoded = encode(record, zone);
        check_json(encoded.v1_before + "token" + encoded.v1_after);
        check_json(encoded.v2_before + "token" + encoded.v2_after);
        fuzz::check(event_of(record).has_value(), "what is kept can be read back");
    }
    return 0;
}
