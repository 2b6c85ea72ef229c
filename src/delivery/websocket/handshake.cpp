#include "delivery/websocket/handshake.hpp"

#include <openssl/evp.h>

#include <array>

#include "delivery/websocket/compression.hpp"

namespace callboard::websocket {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view kVersion = "13";

/// Sixteen bytes in base64: 22 characters, of which the last has two bits, and two of padding.
bool is_key(std::string_view key) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return key.size() == 24 && key.ends_with("==") &&
           key.substr(0, 22).find_first_not_of(alphabet) == std::string_view::npos;
}

HttpResponse refusal(int status, std::string_view sentence) {
    return {status,
            {{"Content-Type", "text/plain; charset=utf-8"},
             {"Cache-Control", "no-store"},
             {"Access-Control-Allow-Origin", "*"}},
            std::string(sentence)};
}

}  // namespace

std::string accept_value(std::string_view key) {
    const std::string text = std::string(key).append(kGuid);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
    std::array<unsigned char, EVP_MAX_MD_SIZE * 2> encoded{};
    const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
    return {encoded.begin(), encoded.begin() + size};
}

HttpResponse handshake(const HttpRequest& request, bool compressed) {
    if (!lists(request.header("Upgrade"), "websocket") || !lists(request.header("Connection"), "upgrade") ||
        request.header("Sec-WebSocket-Version") != kVersion) {
        HttpResponse response = refusal(426, "This path speaks WebSocket version 13");
        response.headers.emplace_back("Upgrade", "websocket");
        response.headers.emplace_back("Connection", "Upgrade");
        response.headers.emplace_back("Sec-WebSocket-Version", std::string(kVersion));
        return response;
    }
    const std::string_view key = request.header("Sec-WebSocket-Key");
    if (!is_key(key)) return refusal(400, "Sec-WebSocket-Key has to be 16 bytes in base64");
    HttpResponse response{101,
                          {{"Upgrade", "websocket"},
                           {"Connection", "Upgrade"},
                           {"Sec-WebSocket-Accept", accept_value(key)},
                           {"Access-Control-Allow-Origin", "*"}},
                          {}};
    if (compressed) response.headers.emplace_back("Sec-WebSocket-Extensions", std::string(kCompression));
    return response;
}

}  // namespace callboard::websocket
