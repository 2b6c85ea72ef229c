#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"

namespace callboard {

/// Numbers as eight bytes, texts with their length in front.
class Packer {
  public:
    void put(std::uint64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift & 0xFF);
    }
    void put(Time time) { put(static_cast<std::uint64_t>(nanoseconds_since_epoch(time))); }
    void put(std::string_view text) {
        put(text.size());
        bytes_ += text;
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

/// Reads them back in the same order. What is missing reads as 0 or empty.
class Unpacker {
  public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number() {
        const std::string_view eight = bytes(8);
        std::uint64_t value = 0;
        for (const char c : eight) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    Time time() { return time_from_nanoseconds(static_cast<std::int64_t>(number())); }
    std::string text() { return std::string(bytes(number())); }
    std::size_t left() const { return rest_.size(); }
    /// Nothing was missing.
    bool whole() const { return whole_; }

  private:
    std::string_view bytes(std::uint64_t count) {
        whole_ = whole_ && count <= rest_.size();
        if (!whole_) return {};
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    std::string_view rest_;
    bool whole_ = true;
};

}  // namespace callboard
