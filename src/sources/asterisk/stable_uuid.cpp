#include "sources/asterisk/stable_uuid.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace callboard {

std::string stable_uuid(std::string_view name) {
    // A name space of our own, so that nobody else's names make these.
    std::string text = "callboard:asterisk:";
    text += name;
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x50);
    digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
    std::string uuid;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
        fmt::format_to(std::back_inserter(uuid), "{:02x}", digest[i]);
    }
    return uuid;
}

}  // namespace callboard
