#include "journal/batch_codec.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "journal/crc32c.hpp"

namespace callboard {
namespace {

constexpr std::uint8_t kProtocolBits = 0x03;
constexpr std::uint8_t kNativeBit = 0x04;
constexpr std::uint8_t kSourceBit = 0x08;  // a new service with the source that told of it
constexpr std::uint8_t kKnownBits = kProtocolBits | kNativeBit | kSourceBit;

void put_number(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

void put_text(std::string& out, std::string_view text) {
    put_number(out, text.size());
    out += text;
}

/// Upper bound of what one record takes, new service included.
std::size_t room_for(const Record& record) {
    constexpr std::size_t kNumbers = 8 * 10;
    return kNumbers + record.account.size() + record.ressource.size() + record.details.size() +
           record.source.size() + record.name.size() + record.data.size();
}

/// Numbers the services of one batch.
class ServiceNumbers {
  public:
    /// 0: not seen before; it has a number from now on.
    std::size_t of(const Record& record) {
        auto& known = by_ressource_[record.ressource];
        if (known.number != 0 && known.record->details == record.details &&
            known.record->account == record.account && known.record->source == record.source)
            return known.number;
        known = {++last_, &record};
        return 0;
    }

  private:
    struct Known {
        std::size_t number = 0;
        const Record* record = nullptr;
    };
    std::unordered_map<std::string_view, Known> by_ressource_;
    std::size_t last_ = 0;
};

void put_fixed(std::string& out, std::uint64_t value) {
    for (int byte = 0; byte < 8; ++byte, value >>= 8) out += static_cast<char>(value & 0xFF);
}

}  // namespace

std::uint32_t batch_checksum(const BatchHead& head, std::string_view body) {
    std::string bytes;
    bytes.reserve(32);
    put_fixed(bytes, head.first);
    put_fixed(bytes, head.count);
    put_fixed(bytes, static_cast<std::uint64_t>(nanoseconds_since_epoch(head.oldest)));
    put_fixed(bytes, static_cast<std::uint64_t>(nanoseconds_since_epoch(head.newest)));
    return crc32c(body, crc32c(bytes));
}

Batch encode_batch(std::span<const Record> records, Sequence first) {
    Batch batch;
    batch.head.first = first;
    batch.head.oldest = batch.head.newest = records.front().timestamp;
    ServiceNumbers services;
    for (const Record& record : records.first(std::min(records.size(), kMostBatchRecords))) {
        const std::size_t room = room_for(record);
        if (batch.head.count > 0 && batch.body.size() + room > kMostBatchBytes) break;
        const auto passed = (record.timestamp - batch.head.newest).count();
        put_number(batch.body, static_cast<std::uint64_t>(std::max<std::int64_t>(passed, 0)));
        const std::size_t service = services.of(record);
        const bool with_source = service == 0 && !record.source.empty();
        batch.body += static_cast<char>(static_cast<unsigned>(record.protocol) |
                                        (record.native ? kNativeBit : 0U) | (with_source ? kSourceBit : 0U));
        put_number(batch.body, service);
        if (service == 0) {
            put_text(batch.body, record.account);
            put_text(batch.body, record.ressource);
            put_text(batch.body, record.details);
            if (with_source) put_text(batch.body, record.source);
        }
        put_text(batch.body, record.name);
        put_text(batch.body, record.data);
        batch.head.newest = std::max(batch.head.newest, record.timestamp);
        ++batch.head.count;
    }
    batch.head.checksum = batch_checksum(batch.head, batch.body);
    return batch;
}

BatchReader::BatchReader(const BatchHead& head, std::string_view body)
    : head_(head), rest_(body), time_(head.oldest) {
    damaged_ =
        head.count == 0 || head.count > kMostBatchRecords || batch_checksum(head, body) != head.checksum;
}

bool BatchReader::take_number(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (rest_.empty()) return false;
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) return true;
    }
    return false;
}

bool BatchReader::take_text(std::string_view& text) {
    std::uint64_t size = 0;
    if (!take_number(size) || size > rest_.size()) return false;
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
}

bool BatchReader::take_service(Fields& fields) {
    std::uint64_t number = 0;
    if (!take_number(number) || number > services_.size()) return false;
    const bool with_source = (fields.flags & kSourceBit) != 0;
    if (number > 0 && with_source) return false;
    if (number == 0) {
        Service service;
        if (!take_text(service.account) || !take_text(service.ressource) || !take_text(service.details) ||
            (with_source && !take_text(service.source)))
            return false;
        services_.push_back(service);
        number = services_.size();
    }
    fields.service = number - 1;
    return true;
}

bool BatchReader::take(Fields& fields) {
    if (damaged_ || place_ == head_.count) return false;
    std::uint64_t passed = 0;
    damaged_ = !take_number(passed) || rest_.empty();
    if (damaged_) return false;
    // Wraps instead of overflowing: the checksum held, but bytes may still be anything.
    const auto time = static_cast<std::uint64_t>(nanoseconds_since_epoch(time_)) + passed;
    time_ = time_from_nanoseconds(static_cast<std::int64_t>(time));
    fields.flags = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    damaged_ = (fields.flags & ~kKnownBits) != 0 || (fields.flags & kProtocolBits) == kProtocolBits ||
               !take_service(fields) || !take_text(fields.name) || !take_text(fields.data);
    if (damaged_) return false;
    ++place_;
    if (place_ == head_.count) damaged_ = !rest_.empty();
    return true;
}

bool BatchReader::next(Record& record) {
    Fields fields;
    if (!take(fields)) return false;
    const Service& service = services_[fields.service];
    record.sequence = head_.first + place_ - 1;
    record.timestamp = time_;
    record.protocol = static_cast<Protocol>(fields.flags & kProtocolBits);
    record.native = (fields.flags & kNativeBit) != 0;
    record.name = fields.name;
    record.account = service.account;
    record.ressource = service.ressource;
    record.data = fields.data;
    record.details = service.details;
    record.source = service.source;
    return true;
}

bool BatchReader::skip() {
    Fields fields;
    return take(fields);
}

}  // namespace callboard
