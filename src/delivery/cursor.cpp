#include "delivery/cursor.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace callboard {
namespace {

constexpr std::size_t kBody = 16;  // epoch and sequence, big endian
constexpr std::size_t kMac = 8;
constexpr std::size_t kText = (kBody + kMac) / 3 * 4;
using Bytes = std::array<unsigned char, kBody + kMac>;

void put64(unsigned char* to, std::uint64_t value) {
    for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<unsigned char>(value);
}

std::uint64_t get64(const unsigned char* from) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | from[i];
    return value;
}

std::array<unsigned char, kMac> mac_of(const Secret& key, const unsigned char* body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> full{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()), body, kBody, full.data(),
         &length);
    std::array<unsigned char, kMac> cut{};
    std::copy_n(full.begin(), kMac, cut.begin());
    return cut;
}

}  // namespace

std::string CursorSeal::seal(const Cursor& cursor) const {
    Bytes bytes{};
    put64(bytes.data(), cursor.epoch);
    put64(bytes.data() + 8, cursor.sequence);
    const auto mac = mac_of(key_, bytes.data());
    std::copy(mac.begin(), mac.end(), bytes.begin() + kBody);
    std::string text(kText + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    text.resize(kText);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;  // RFC 4648 §5: safe in a URL
    return text;
}

std::optional<Cursor> CursorSeal::open(std::string_view text) const {
    if (text.size() != kText) return std::nullopt;
    std::string plain(text);
    for (char& c : plain) {
        if (c == '+' || c == '/' || c == '=') return std::nullopt;
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    Bytes bytes{};
    const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(plain.data()),
                                       static_cast<int>(kText));
    if (length != static_cast<int>(bytes.size())) return std::nullopt;
    const auto mac = mac_of(key_, bytes.data());
    if (CRYPTO_memcmp(mac.data(), bytes.data() + kBody, kMac) != 0) return std::nullopt;
    return Cursor{get64(bytes.data()), get64(bytes.data() + 8)};
}

}  // namespace callboard
