#include "delivery/sealing.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <memory>

namespace callboard {
namespace {

constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;
constexpr std::size_t kLongestBound = 1024;  // lengths stay far within an int

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

}  // namespace

std::string hmac_of(const Secret& key, std::string_view purpose, std::string_view message) {
    const std::string input = std::string(purpose).append(message);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()), bytes_of(input),
         input.size(), mac.data(), &length);
    return {mac.begin(), mac.begin() + length};
}

std::string Sealing::seal(std::string_view text, std::string_view bound_to) const {
    const Cipher cipher(EVP_CIPHER_CTX_new());
    std::string out(kNonce + text.size() + kTag, '\0');
    unsigned char* const nonce = bytes_of(out);
    int length = 0;
    const bool sealed =
        cipher && text.size() <= most_ && bound_to.size() <= kLongestBound &&
        RAND_bytes(nonce, kNonce) == 1 &&
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_.reveal()), nonce) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &length, bytes_of(bound_to),
                          static_cast<int>(bound_to.size())) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nonce + kNonce, &length, bytes_of(text),
                          static_cast<int>(text.size())) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), nonce + kNonce + text.size(), &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, nonce + kNonce + text.size()) == 1;
    return sealed ? out : std::string();
}

std::optional<std::string> Sealing::open(std::string_view sealed, std::string_view bound_to) const {
    if (sealed.size() < kNonce + kTag || sealed.size() > most_ + kNonce + kTag ||
        bound_to.size() > kLongestBound)
        return std::nullopt;
    const Cipher cipher(EVP_CIPHER_CTX_new());
    const std::string_view inside = sealed.substr(kNonce, sealed.size() - kNonce - kTag);
    std::string tag(sealed.substr(sealed.size() - kTag));
    std::string text(inside.size(), '\0');
    int length = 0;
    const bool opened = cipher &&
                        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_.reveal()),
                                           bytes_of(sealed)) == 1 &&
                        EVP_DecryptUpdate(cipher.get(), nullptr, &length, bytes_of(bound_to),
                                          static_cast<int>(bound_to.size())) == 1 &&
                        EVP_DecryptUpdate(cipher.get(), bytes_of(text), &length, bytes_of(inside),
                                          static_cast<int>(inside.size())) == 1 &&
                        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, bytes_of(tag)) == 1 &&
                        EVP_DecryptFinal_ex(cipher.get(), bytes_of(text) + text.size(), &length) == 1;
    if (!opened) return std::nullopt;
    return text;
}

}  // namespace callboard
