#include "tests/support/inflate.hpp"

#include <zlib.h>

#include <array>

namespace callboard::test {

std::optional<std::string> inflated(std::string_view payload) {
    std::string in = std::string(payload) + std::string("\0\0\xFF\xFF", 4);
    z_stream stream{};
    if (inflateInit2(&stream, -15) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    std::string out;
    std::array<char, 4096> part{};
    int code = Z_OK;
    do {
        stream.next_out = reinterpret_cast<Bytef*>(part.data());
        stream.avail_out = static_cast<uInt>(part.size());
        code = inflate(&stream, Z_SYNC_FLUSH);
        out.append(part.data(), part.size() - stream.avail_out);
    } while (code == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
    const bool whole = (code == Z_OK || code == Z_BUF_ERROR) && stream.avail_in == 0;
    inflateEnd(&stream);
    if (!whole) return std::nullopt;
    return out;
}

}  // namespace callboard::test
