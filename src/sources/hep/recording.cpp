#include "sources/hep/recording.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "sources/hep/hep_packet.hpp"
#include "sources/hep/sip_scanner.hpp"

namespace callboard {
namespace {

constexpr std::size_t kFrameHeader = 12;
constexpr std::size_t kLongestPacket = 65'536;
constexpr std::size_t kLongestFile = 1 << 30;

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
}

void put_big32(std::string& packet, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) packet[at + i] = static_cast<char>(value >> (24 - 8 * i));
}

void put_little32(std::string& packet, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) packet[at + i] = static_cast<char>(value >> (8 * i));
}

/// Chunks 9 and 10 of HEP3. Precondition: decode_hep said ok.
void set_time3(std::string& packet, std::uint32_t seconds, std::uint32_t micros) {
    for (std::size_t at = kHep3Header; at + 6 <= packet.size();) {
        const auto type = big_endian(std::string_view(packet).substr(at, 4));  // vendor and type
        const auto size = big_endian(std::string_view(packet).substr(at + 4, 2));
        if (size < 6 || at + size > packet.size()) return;
        if (type == 9 && size == 10) put_big32(packet, at + 6, seconds);
        if (type == 10 && size == 10) put_big32(packet, at + 6, micros);
        at += size;
    }
}

void replace_everywhere(std::string& packet, const std::string& from, const std::string& to) {
    for (std::size_t at = packet.find(from); at != std::string::npos; at = packet.find(from, at + to.size()))
        packet.replace(at, to.size(), to);
}

}  // namespace

Result<std::vector<RecordedPacket>> parse_recording(std::string_view file) {
    std::vector<RecordedPacket> packets;
    std::size_t at = 0;
    while (at < file.size()) {
        if (file.size() - at < kFrameHeader)
            return Error{Error::Kind::corrupt,
                         fmt::format("the recording ends within a header at byte {}", at)};
        const auto time = static_cast<std::int64_t>(big_endian(file.substr(at, 8)));
        const std::size_t length = big_endian(file.substr(at + 8, 4));
        if (length > kLongestPacket)
            return Error{
                Error::Kind::corrupt,
                fmt::format("a packet of {} bytes at byte {}: this is no .hep recording", length, at)};
        at += kFrameHeader;
        if (file.size() - at < length)
            return Error{Error::Kind::corrupt,
                         fmt::format("the recording ends within a packet at byte {}", at)};
        packets.push_back({time_from_nanoseconds(time), std::string(file.substr(at, length))});
        at += length;
    }
    return packets;
}

Result<std::vector<RecordedPacket>> read_recording(const std::string& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) return Error{Error::Kind::missing, path + ": cannot be opened; is the path right?"};
    if (static_cast<std::size_t>(in.tellg()) > kLongestFile)
        return Error{Error::Kind::invalid, path + ": over 1 GiB is too long"};
    in.seekg(0);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto packets = parse_recording(bytes);
    if (!packets) return Error{packets.error().kind, path + ": " + packets.error().what};
    return packets;
}

std::string replayed(std::string packet, Time captured, unsigned round) {
    HepPacket hep;
    if (decode_hep(packet, hep) != HepVerdict::ok) return packet;
    const std::int64_t ns = nanoseconds_since_epoch(captured);
    const auto seconds = static_cast<std::uint32_t>(ns / 1'000'000'000);
    const auto micros = static_cast<std::uint32_t>(ns / 1000 % 1'000'000);
    std::string call_ids[2];
    SipMessage message;
    if (hep.payload_type == hep_payload::sip && scan_sip(hep.payload, message) == SipVerdict::ok) {
        call_ids[0] = message.call_id;
        call_ids[1] = message.replaces_call_id;
    }
    const std::size_t time2 = hep.version == 2 ? static_cast<std::uint8_t>(packet[1]) : 0;
    if (hep.version == 3) set_time3(packet, seconds, micros);
    if (hep.version == 2) {
        put_little32(packet, time2, seconds);
        put_little32(packet, time2 + 4, micros);
    }
    const std::string suffix = fmt::format("{:04}", round % 10'000);
    for (const auto& call_id : call_ids)
        if (call_id.size() > 2 * suffix.size())
            replace_everywhere(packet, call_id, call_id.substr(0, call_id.size() - suffix.size()) + suffix);
    return packet;
}

}  // namespace callboard
