#include "sources/hep/hep_stream.hpp"

#include <cstring>

#include "sources/hep/hep_packet.hpp"

namespace callboard {

std::span<char> HepStream::room() {
    if (!bytes_) bytes_ = std::make_unique_for_overwrite<char[]>(kCapacity);
    if (begin_ > 0) {
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return {bytes_.get() + end_, kCapacity - end_};
}

std::optional<std::string_view> HepStream::next() {
    if (broken_ || begin_ == end_) return std::nullopt;
    const std::string_view waiting(bytes_.get() + begin_, end_ - begin_);
    const auto length = hep3_length(waiting);
    broken_ = length == std::size_t{0};
    if (broken_ || !length || *length > waiting.size()) return std::nullopt;
    begin_ += *length;
    return waiting.substr(0, *length);
}

}  // namespace callboard
