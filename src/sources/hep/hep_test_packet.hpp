#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::testing {

/// `value` as `width` bytes, the highest first.
inline std::string big(std::uint64_t value, std::size_t width) {
    std::string bytes(width, '\0');
    for (std::size_t i = 0; i < width; ++i) bytes[i] = static_cast<char>(value >> (8 * (width - 1 - i)));
    return bytes;
}

inline std::string chunk(std::uint16_t type, std::string_view value, std::uint16_t vendor = 0) {
    return big(vendor, 2) + big(type, 2) + big(value.size() + 6, 2) + std::string(value);
}

inline std::string hep3(const std::vector<std::string>& chunks) {
    std::string all;
    for (const auto& one : chunks) all += one;
    return "HEP3" + big(all.size() + 6, 2) + all;
}

/// A packet as Kamailio's siptrace sends it, captured at 1780000000.102.
inline std::string mirrored(std::string_view payload, std::string_view password = {},
                            std::uint8_t payload_type = 1) {
    std::vector<std::string> chunks = {chunk(1, "\x02"),
                                       chunk(2, "\x11"),
                                       chunk(3, "\xC0\x0A\x02\x01"),
                                       chunk(4, "\xC0\x0A\x02\x02"),
                                       chunk(7, big(5060, 2)),
                                       chunk(8, big(5080, 2)),
                                       chunk(9, big(1'780'000'000, 4)),
                                       chunk(10, big(102'000, 4)),
                                       chunk(11, big(payload_type, 1)),
                                       chunk(12, big(2001, 4))};
    if (!password.empty()) chunks.push_back(chunk(14, password));
    chunks.push_back(chunk(15, payload));
    return hep3(chunks);
}

inline std::string options(std::string_view call_id) {
    return "OPTIONS sip:1001@example.net SIP/2.0\r\n"
           "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
           "From: <sip:1002@example.net>;tag=a\r\nTo: <sip:1001@example.net>\r\n"
           "Call-ID: " +
           std::string(call_id) + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace callboard::testing
