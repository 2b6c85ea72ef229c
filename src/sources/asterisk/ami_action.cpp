#include "sources/asterisk/ami_action.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <utility>

namespace callboard {

void AmiAction::with(std::string_view key, std::string_view value) & {
    text_.append(key).append(": ");
    for (const char c : value) text_ += c == '\r' || c == '\n' ? ' ' : c;
    text_ += "\r\n";
}

AmiAction&& AmiAction::with(std::string_view key, std::string_view value) && {
    with(key, value);
    return std::move(*this);
}

std::string ami_login_key(std::string_view challenge, std::string_view secret) {
    std::string text(challenge);
    text += secret;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    std::string key;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_md5(), nullptr) != 1) return key;
    for (unsigned i = 0; i < length; ++i) fmt::format_to(std::back_inserter(key), "{:02x}", digest[i]);
    return key;
}

}  // namespace callboard
