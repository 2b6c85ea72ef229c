#include "delivery/cursor.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

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

std::string_view body_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), kBody}; }

}  // namespace

std::string CursorSeal::seal(const Cursor& cursor) const {
    Bytes bytes{};
    put64(bytes.data(), cursor.epoch);
    put64(bytes.data() + 8, cursor.sequence);
    const auto mac = hmac_(body_of(bytes));
    std::copy_n(mac.begin(), kMac, bytes.begin() + kBody);
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
    const auto mac = hmac_(body_of(bytes));
    if (CRYPTO_memcmp(mac.data(), bytes.data() + kBody, kMac) != 0) return std::nullopt;
    return Cursor{get64(bytes.data()), get64(bytes.data() + 8)};
}

}  // namespace callboard
