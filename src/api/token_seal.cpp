#include "api/token_seal.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <iterator>
#include <memory>

namespace callboard {
namespace {

constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kLongest = 1024;  // of what is sealed: lengths stay far within an int

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string hmac(const Secret& key, std::string_view purpose, std::string_view message) {
    const std::string input = std::string(purpose).append(message);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()), bytes_of(input),
         input.size(), mac.data(), &length);
    return {mac.begin(), mac.begin() + length};
}

/// What a sealed token is bound to. Names hold no line feed; a number closes it, and an agent where there is
/// one.
std::string bound_to(const Grant& grant) {
    std::string bound =
        fmt::format("{}:{}\n{}:{}\n{}", grant.account.size(), grant.account, grant.service.size(),
                    grant.service, grant.expires ? nanoseconds_since_epoch(*grant.expires) : -1);
    if (!grant.agent.empty()) bound.append("\n").append(grant.agent);
    return bound;
}

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

}  // namespace

TokenSeal::TokenSeal(const Secret& key)
    : lookup_key_(key),
      sealing_key_(hmac(key, "token-seal", "")),
      key_check_(hmac(key, "token-store", "").substr(0, 16)) {}

std::string TokenSeal::fingerprint(std::string_view token) const {
    return hmac(lookup_key_, "token-lookup", token);
}

std::string TokenSeal::key_check() const { return key_check_; }

std::string TokenSeal::seal(std::string_view token, const Grant& grant) const {
    const Cipher cipher(EVP_CIPHER_CTX_new());
    const std::string bound = bound_to(grant);
    std::string out(kNonce + token.size() + kTag, '\0');
    unsigned char* const nonce = bytes_of(out);
    int length = 0;
    const bool sealed =
        cipher && token.size() <= kLongest && bound.size() <= kLongest && RAND_bytes(nonce, kNonce) == 1 &&
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(sealing_key_.reveal()),
                           nonce) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(bound), static_cast<int>(bound.size())) ==
            1 &&
        EVP_EncryptUpdate(cipher.get(), nonce + kNonce, &length, bytes_of(token),
                          static_cast<int>(token.size())) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), nonce + kNonce + token.size(), &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, nonce + kNonce + token.size()) == 1;
    return sealed ? out : std::string();
}

std::optional<std::string> TokenSeal::open(std::string_view sealed, const Grant& grant) const {
    const std::string bound = bound_to(grant);
    if (sealed.size() < kNonce + kTag || sealed.size() > kLongest + kNonce + kTag || bound.size() > kLongest)
        return std::nullopt;
    const Cipher cipher(EVP_CIPHER_CTX_new());
    const std::string_view inside = sealed.substr(kNonce, sealed.size() - kNonce - kTag);
    std::string tag(sealed.substr(sealed.size() - kTag));
    std::string token(inside.size(), '\0');
    int length = 0;
    const bool opened = cipher &&
                        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr,
                                           bytes_of(sealing_key_.reveal()), bytes_of(sealed)) == 1 &&
                        EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(bound),
                                          static_cast<int>(bound.size())) == 1 &&
                        EVP_DecryptUpdate(cipher.get(), bytes_of(token), &length, bytes_of(inside),
                                          static_cast<int>(inside.size())) == 1 &&
                        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, bytes_of(tag)) == 1 &&
                        EVP_DecryptFinal_ex(cipher.get(), bytes_of(token) + token.size(), &length) == 1;
    if (!opened) return std::nullopt;
    return token;
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
