// A record as the journal keeps it, whatever its texts say: what can be read is told, masked, folded into the
// state and into the history. An input is the name, the number, data and details, each a line.
#include <simdjson.h>

#include "base/text.hpp"
#include "core/state.hpp"
#include "event/json.hpp"
#include "event/masking.hpp"
#include "fuzz.hpp"
#include "history/fold.hpp"
#include "history/row_columns.hpp"

using namespace callboard;

namespace {

const TimeZone& zone() {
    static const TimeZone one = *TimeZone::named("Europe/Paris");
    return one;
}

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

/// What a record made of the event tells: the same when it is read once more, and nothing new when masked
/// twice.
void check_told(const Event& event, Time timestamp) {
    const Service* service = directory().by_number(event.ressource);
    if (service == nullptr) return;
    const Record record = record_of(event, *service, timestamp, zone());
    const Encoded encoded = encode(record, zone());
    check_json(encoded.v1_before + "token" + encoded.v1_after);
    check_json(encoded.v2_before + "token" + encoded.v2_after);
    const auto again = event_of(record);
    fuzz::check(again.has_value(), "what was made can be read");
    fuzz::check(record_of(*again, *service, timestamp, zone()) == record, "and says the same");
    const Masking masking(&directory());
    const Record masked = masking.record(record, zone());
    check_json(masked.data);
    fuzz::check(masking.record(masked, zone()) == masked, "masked twice is masked once");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = fuzz::text_of(data, size);
    State state;
    HistoryFold fold;
    Sequence sequence = 0;
    Time timestamp = Time(std::chrono::seconds(1'780'000'000));
    for (int i = 0; i < 100 && !text.empty(); ++i) {
        Record record;
        record.sequence = ++sequence;
        record.timestamp = timestamp += std::chrono::minutes(7);
        record.protocol = i % 2 == 0 ? Protocol::sip : Protocol::queues;
        record.name = take_part(text, '\n');
        record.ressource = take_part(text, '\n');
        record.data = take_part(text, '\n');
        record.details = take_part(text, '\n');
        const auto event = event_of(record);
        if (!event) continue;
        check_told(*event, timestamp);
        apply(state, *event, sequence, timestamp, zone());
        fold.apply(*event, "ba", timestamp);
    }
    for (const HistoryRow& row : fold.take_changed())
        fuzz::check(unpacked_offers(packed_offers(row.offers)).size() == row.offers.size(),
                    "offers are kept");
    const auto offers = unpacked_offers(text);
    fuzz::check(unpacked_offers(packed_offers(offers)) == offers,
                "offers that were read are kept as they are");
    return 0;
}
