// A cursor that a client sends back, and one of ours that was damaged on the way.
#include "delivery/cursor.hpp"
#include "fuzz.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const CursorSeal seal{Secret("a key that only the fuzzer has, 32 bytes")};
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto opened = seal.open(text))
        fuzz::check(seal.seal(*opened) == text, "only what we sealed opens");

    fuzz::Choices choices(text);
    const Cursor cursor{choices.number(), choices.number()};
    std::string sealed = seal.seal(cursor);
    fuzz::check(seal.open(sealed) == cursor, "what we sealed opens");
    const std::size_t at = choices.below(sealed.size());
    const char put = static_cast<char>(choices.byte());
    if (sealed[at] != put) {
        sealed[at] = put;
        fuzz::check(!seal.open(sealed), "a damaged one does not");
    }
    return 0;
}
