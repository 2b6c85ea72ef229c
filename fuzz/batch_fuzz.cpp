// A batch as the journal keeps it: damaged bodies, and records written and read again.
#include <vector>

#include "fuzz.hpp"
#include "journal/batch_codec.hpp"

using namespace callboard;

namespace {

/// Reads a body that the disk damaged, with its checksum made right, so that the grammar is what is tried.
void read_anything(std::string_view bytes) {
    fuzz::Choices choices(bytes);
    BatchHead head;
    head.first = choices.number();
    head.count = choices.byte() * 4U;
    head.oldest = Time(std::chrono::nanoseconds(static_cast<std::int64_t>(choices.number() >> 1)));
    const std::string_view body = choices.rest();
    head.checksum = batch_checksum(head, body);
    BatchReader reader(head, body);
    BatchReader skipper(head, body);
    Record record;
    std::uint64_t read = 0;
    while (reader.next(record)) {
        fuzz::check(skipper.skip(), "what can be read can be passed over");
        fuzz::check(++read <= head.count, "no more records than the head says");
    }
    fuzz::check(!skipper.skip(), "what cannot be read cannot be passed over");
    fuzz::check(reader.damaged() || read == head.count, "all records, or it is damaged");
}

void write_and_read(std::string_view bytes) {
    fuzz::Choices choices(bytes);
    std::vector<Record> records;
    Time time{};
    while (choices.more() && records.size() < 20) {
        Record record;
        record.sequence = 100 + records.size();
        record.timestamp = time += std::chrono::nanoseconds(choices.byte() * 1'000'003LL);
        record.protocol = static_cast<Protocol>(choices.below(3));
        record.native = choices.below(2) == 1;
        record.name = choices.text(40);
        record.account = choices.text(2);
        record.ressource = choices.text(3);
        record.data = choices.text(255);
        record.details = choices.text(2);
        records.push_back(record);
    }
    if (records.empty()) return;
    const Batch batch = encode_batch(records, 100);
    fuzz::check(batch.head.count == records.size(), "so few fit into one batch");
    BatchReader reader(batch.head, batch.body);
    Record record;
    for (const auto& written : records)
        fuzz::check(reader.next(record) && record == written, "a record is read as it was written");
    fuzz::check(!reader.next(record) && !reader.damaged(), "and nothing behind them");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_anything(fuzz::text_of(data, size));
    write_and_read(fuzz::text_of(data, size));
    return 0;
}
