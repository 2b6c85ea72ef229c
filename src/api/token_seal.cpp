#include "api/token_seal.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <iterator>

namespace callboard {
namespace {

constexpr std::size_t kLongest = 1024;  // token

/// What a sealed token is bound to. Names hold no line feed; a number closes it, an agent where there is one,
/// and that it is masked.
std::string bound_to(const Grant& grant) {
    std::string bound =
        fmt::format("{}:{}\n{}:{}\n{}", grant.account.size(), grant.account, grant.service.size(),
                    grant.service, grant.expires ? nanoseconds_since_epoch(*grant.expires) : -1);
    if (!grant.agent.empty() || grant.masked) bound.append("\n").append(grant.agent);
    if (grant.masked) bound.append("\nmasked");
    return bound;
}

}  // namespace

TokenSeal::TokenSeal(const Secret& key)
    : lookup_key_(key),
      sealing_(key, "token-seal", kLongest),
      key_check_(hmac_of(key, "token-store", "").substr(0, 16)) {}

std::string TokenSeal::fingerprint(std::string_view token) const {
    return hmac_of(lookup_key_, "token-lookup", token);
}

std::string TokenSeal::key_check() const { return key_check_; }

std::string TokenSeal::seal(std::string_view token, const Grant& grant) const {
    return sealing_.seal(token, bound_to(grant));
}

std::optional<std::string> TokenSeal::open(std::string_view sealed, const Grant& grant) const {
    return sealing_.open(sealed, bound_to(grant));
}

std::string random_token() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) return {};
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        fmt::format_to(std::back_inserter(text), "{:02X}", bytes[i]);
    }
    return text;
}

}  // namespace callboard
