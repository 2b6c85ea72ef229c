// A record as the journal keeps it, whatever its texts say: what can be read is told, masked, folded into the
// state and into the history. An input is the name, the number, data and details, each a line.
#include "base/text.hpp"
#include "core/state.hpp"
#include "event/masking.hpp"
#include "fuzz.hpp"
#include "history/fold.hpp"
#include "history/row_columns.hpp"
#include "kept_event.hpp"

using namespace callboard;

namespace {

/// What a record made of the event tells: the same when it is read once more, and nothing new when masked
/// twice.
void check_told(const Event& event, Time timestamp) {
    const Service* service = fuzz::directory().by_number(event.ressource);
    if (service == nullptr) return;
    const Record record = fuzz::kept(event, timestamp);
    fuzz::check(record_of(*event_of(record), *service, timestamp, fuzz::zone()) == record,
                "what is read back says the same");
    const Masking masking(&fuzz::directory());
    const Record masked = masking.record(record, fuzz::zone());
    fuzz::check_json(masked.data);
    fuzz::check(masking.record(masked, fuzz::zone()) == masked, "masked twice is masked once");
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
        apply(state, *event, sequence, timestamp, fuzz::zone());
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
