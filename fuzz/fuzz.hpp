#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// The one function of a harness: whatever the bytes are, it returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace callboard::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// What must hold for every input. Ends the process, so that the fuzzer keeps the input.
inline void check(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

/// Whether `part` is a piece of `whole`, not of something else; empty ones may be anywhere.
inline bool within(std::string_view part, std::string_view whole) {
    return part.empty() ||
           (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// What `read(bytes, slice)` makes of the whole, and that it makes the same of it in small slices.
template <typename Read>
auto read_in_slices(std::string_view bytes, Read read) {
    auto whole = read(bytes, bytes.size() + 1);
    const std::size_t least = bytes.size() < 4'096 ? 1 : 50;  // so that large inputs do not take for ever
    for (const std::size_t slice : {least, 7 * least})
        check(read(bytes, slice) == whole, "what is read does not depend on how the bytes are cut");
    return whole;
}

/// Takes choices from the front of an input; zeros when it is used up.
class Choices {
  public:
    explicit Choices(std::string_view bytes) : bytes_(bytes) {}
    bool more() const { return !bytes_.empty(); }
    std::uint8_t byte() {
        if (bytes_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(bytes_.front());
        bytes_.remove_prefix(1);
        return value;
    }
    std::size_t below(std::size_t bound) { return byte() % bound; }
    std::uint64_t number() {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = value << 8 | byte();
        return value;
    }
    std::string_view text(std::size_t most) {
        const std::size_t length = std::min<std::size_t>(most, byte());
        const std::string_view taken = bytes_.substr(0, length);
        bytes_.remove_prefix(taken.size());
        return taken;
    }
    std::string_view rest() const { return bytes_; }

  private:
    std::string_view bytes_;
};

}  // namespace callboard::fuzz
