// A session as it lies in its file.
#include "delivery/session/session_record.hpp"
#include "fuzz.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    if (const auto session = unpacked(bytes))
        fuzz::check(packed(*session) == bytes, "what unpacks is what was packed");
    return 0;
}
