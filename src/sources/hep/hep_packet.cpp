#include "sources/hep/hep_packet.hpp"

#include <algorithm>
#include <cstring>

namespace callboard {
namespace {

constexpr std::string_view kMagic = "HEP3";
constexpr std::size_t kChunkHeader = 6;
constexpr std::size_t kOldHeader = 8;
constexpr std::size_t kOldTimeHeader = 12;  // seconds, microseconds, capture id and two bytes of padding
constexpr std::uint8_t kIpv4 = 2;
constexpr std::uint8_t kIpv6 = 10;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::uint16_t big16(std::string_view bytes, std::size_t at = 0) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

std::uint32_t big32(std::string_view bytes, std::size_t at = 0) {
    return std::uint32_t{big16(bytes, at)} << 16 | big16(bytes, at + 2);
}

/// HEP2 writes its times in the sender's byte order; every sender in the field is little-endian.
std::uint32_t little32(std::string_view bytes, std::size_t at) {
    return std::uint32_t{byte_at(bytes, at)} | std::uint32_t{byte_at(bytes, at + 1)} << 8 |
           std::uint32_t{byte_at(bytes, at + 2)} << 16 | std::uint32_t{byte_at(bytes, at + 3)} << 24;
}

void set_ipv4(SipEndpoint& endpoint, std::string_view four) {
    endpoint.address = {};
    endpoint.address[10] = endpoint.address[11] = 0xFF;
    std::memcpy(endpoint.address.data() + 12, four.data(), 4);
}

void set_ipv6(SipEndpoint& endpoint, std::string_view sixteen) {
    std::memcpy(endpoint.address.data(), sixteen.data(), 16);
}

Time time_of(std::uint32_t seconds, std::uint32_t micros) {
    return time_from_nanoseconds(std::int64_t{seconds} * 1'000'000'000 +
                                 std::int64_t{std::min(micros, 999'999U)} * 1000);
}

struct Times {
    std::optional<std::uint32_t> seconds;
    std::uint32_t micros = 0;
};

/// One chunk of the generic vendor. False: wrong size for its type.
bool read_chunk(std::uint16_t type, std::string_view value, HepPacket& packet, Times& times,
                bool& compressed) {
    switch (type) {
        case 1:
            return value.size() == 1;  // address family: the address chunks tell it as well
        case 2:
            if (value.size() != 1) return false;
            packet.transport = byte_at(value, 0);
            return true;
        case 3:
        case 4:
            if (value.size() != 4) return false;
            set_ipv4(type == 3 ? packet.source : packet.destination, value);
            return true;
        case 5:
        case 6:
            if (value.size() != 16) return false;
            set_ipv6(type == 5 ? packet.source : packet.destination, value);
            return true;
        case 7:
        case 8:
            if (value.size() != 2) return false;
            (type == 7 ? packet.source : packet.destination).port = big16(value);
            return true;
        case 9:
            if (value.size() != 4) return false;
            times.seconds = big32(value);
            return true;
        case 10:
            if (value.size() != 4) return false;
            times.micros = big32(value);
            return true;
        case 11:
            if (value.size() != 1) return false;
            packet.payload_type = byte_at(value, 0);
            return true;
        case 12:
            if (value.size() != 4) return false;
            packet.capture_id = big32(value);
            return true;
        case 14:
            packet.auth_key = value;
            return true;
        case 15:
            packet.payload = value;
            return true;
        case 16:
            compressed = true;
            return true;
        case 17:
            packet.correlation = value;
            return true;
        default:
            return true;
    }
}

HepVerdict decode_hep3(std::string_view datagram, HepPacket& packet) {
    packet.version = 3;
    if (datagram.size() < kHep3Header) return HepVerdict::truncated;
    const std::size_t length = big16(datagram, 4);
    if (length < kHep3Header) return HepVerdict::bad_length;
    if (length > datagram.size()) return HepVerdict::truncated;
    Times times;
    bool compressed = false;
    std::string_view rest = datagram.substr(kHep3Header, length - kHep3Header);
    while (!rest.empty()) {
        if (rest.size() < kChunkHeader) return HepVerdict::truncated;
        const std::uint16_t vendor = big16(rest, 0);
        const std::uint16_t type = big16(rest, 2);
        const std::size_t size = big16(rest, 4);
        if (size < kChunkHeader) return HepVerdict::bad_length;
        if (size > rest.size()) return HepVerdict::truncated;
        const std::string_view value = rest.substr(kChunkHeader, size - kChunkHeader);
        if (vendor == 0 && !read_chunk(type, value, packet, times, compressed)) return HepVerdict::bad_chunk;
        rest.remove_prefix(size);
    }
    if (times.seconds) packet.captured = time_of(*times.seconds, times.micros);
    if (!packet.payload.empty()) return HepVerdict::ok;
    return compressed ? HepVerdict::compressed : HepVerdict::no_payload;
}

/// Versions 1 and 2: version, header length, family, transport, both ports, both addresses, then in version 2
/// the time, which the header length does not count.
HepVerdict decode_old(std::string_view datagram, HepPacket& packet) {
    if (datagram.size() < kOldHeader) return HepVerdict::truncated;
    packet.version = byte_at(datagram, 0);
    const std::size_t header = byte_at(datagram, 1);
    const std::uint8_t family = byte_at(datagram, 2);
    packet.transport = byte_at(datagram, 3);
    packet.source.port = big16(datagram, 4);
    packet.destination.port = big16(datagram, 6);
    if (family != kIpv4 && family != kIpv6) return HepVerdict::not_hep;
    const std::size_t address = family == kIpv4 ? 4 : 16;
    if (header != kOldHeader + 2 * address) return HepVerdict::bad_length;
    std::size_t begin = header;
    if (packet.version == 2) begin += kOldTimeHeader;
    if (datagram.size() < begin) return HepVerdict::truncated;
    const auto set = family == kIpv4 ? set_ipv4 : set_ipv6;
    set(packet.source, datagram.substr(kOldHeader, address));
    set(packet.destination, datagram.substr(kOldHeader + address, address));
    if (packet.version == 2) {
        packet.captured = time_of(little32(datagram, header), little32(datagram, header + 4));
        packet.capture_id = little32(datagram, header + 8) & 0xFFFF;
    }
    packet.payload_type = hep_payload::sip;  // these versions know nothing else
    packet.payload = datagram.substr(begin);
    return packet.payload.empty() ? HepVerdict::no_payload : HepVerdict::ok;
}

}  // namespace

std::string_view text_of(HepVerdict verdict) {
    switch (verdict) {
        case HepVerdict::ok:
            return "ok";
        case HepVerdict::not_hep:
            return "not_hep";
        case HepVerdict::truncated:
            return "truncated";
        case HepVerdict::bad_length:
            return "bad_length";
        case HepVerdict::bad_chunk:
            return "bad_chunk";
        case HepVerdict::no_payload:
            return "no_payload";
        case HepVerdict::compressed:
            return "compressed";
    }
    return "unknown";
}

HepVerdict decode_hep(std::string_view datagram, HepPacket& packet) {
    packet = HepPacket{};
    if (datagram.starts_with(kMagic)) return decode_hep3(datagram, packet);
    if (!datagram.empty() && (datagram[0] == 1 || datagram[0] == 2)) return decode_old(datagram, packet);
    return HepVerdict::not_hep;
}

std::optional<std::size_t> hep3_length(std::string_view bytes) {
    if (!kMagic.starts_with(bytes.substr(0, kMagic.size()))) return 0;
    if (bytes.size() < kHep3Header) return std::nullopt;
    const std::size_t length = big16(bytes, 4);
    return length < kHep3Header ? 0 : length;
}

}  // namespace callboard
