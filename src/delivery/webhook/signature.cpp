#include "delivery/webhook/signature.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/hmac.hpp"

namespace callboard::webhook {
namespace {

void append(std::string& out, const Secret& secret, const std::string& signed_text) {
    out += out.empty() ? "v1=" : ",v1=";
    for (const unsigned char byte : HmacSha256(secret)(signed_text))
        fmt::format_to(std::back_inserter(out), "{:02x}", byte);
}

}  // namespace

std::string signature(const Secret& secret, const Secret& previous, std::string_view id,
                      std::string_view timestamp, std::string_view body) {
    const std::string signed_text = fmt::format("{}.{}.{}", id, timestamp, body);
    std::string out;
    append(out, secret, signed_text);
    if (!previous.empty()) append(out, previous, signed_text);
    return out;
}

}  // namespace callboard::webhook
