// A post of events: what is accepted can be kept and read by every client.
#include "fuzz.hpp"
#include "kept_event.hpp"
#include "sources/ingest/ingest.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Time now = Time(std::chrono::seconds(1'780'000'000));
    const auto events = parse_ingest(fuzz::text_of(data, size), fuzz::directory(), now);
    if (!events) {
        fuzz::check(!events.error().what.empty(), "an error says what is wrong");
        return 0;
    }
    fuzz::check(events->size() <= IngestLimits::kMostEvents, "no more events than allowed");
    for (const auto& event : *events) fuzz::kept(event, now);
    return 0;
}
