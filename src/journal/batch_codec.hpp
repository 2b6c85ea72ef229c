#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "event/event.hpp"

namespace callboard {

/// What a batch's row says beside its body; docs/formats/journal.md.
struct BatchHead {
    Sequence first = 0;
    std::uint64_t count = 0;
    Time oldest{}, newest{};
    std::uint32_t checksum = 0;
};

inline constexpr std::size_t kMostBatchRecords = 512;
inline constexpr std::size_t kMostBatchBytes = 256 << 10;

struct Batch {
    BatchHead head;
    std::string body;
};

/// The first records of `records` as one batch: as many as fit, at least one. `first` becomes the number of
/// the first. Precondition: `records` is not empty, timestamps do not fall.
Batch encode_batch(std::span<const Record> records, Sequence first);

/// Of head and body, whatever `head.checksum` says.
std::uint32_t batch_checksum(const BatchHead& head, std::string_view body);

/// Reads the records of a batch one after the other. Bytes may be anything: what cannot be read ends the
/// batch and sets damaged().
class BatchReader {
  public:
    /// `body` must outlive the reader.
    BatchReader(const BatchHead& head, std::string_view body);

    /// Number of the record that next() or skip() takes.
    Sequence at() const { return head_.first + place_; }
    /// Makes `record` the next one. False: no more, or damaged.
    bool next(Record& record);
    /// Passes over the next one without building it.
    bool skip();
    /// The checksum is wrong, or a record is not what the grammar says.
    bool damaged() const { return damaged_; }

  private:
    struct Service {
        std::string_view account, ressource, details, source;
    };
    struct Fields {
        std::uint8_t flags = 0;
        std::size_t service = 0;
        std::string_view name, data;
    };
    bool take(Fields& fields);
    bool take_service(Fields& fields);
    bool take_number(std::uint64_t& value);
    bool take_text(std::string_view& text);

    BatchHead head_;
    std::string_view rest_;
    std::uint64_t place_ = 0;
    Time time_{};
    std::vector<Service> services_;
    bool damaged_ = false;
};

}  // namespace callboard
