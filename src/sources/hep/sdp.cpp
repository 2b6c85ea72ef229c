#include "sources/hep/sdp.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace callboard {
namespace {

std::optional<MediaDirection> direction_of(std::string_view attribute) {
    if (attribute == "sendrecv") return MediaDirection::sendrecv;
    if (attribute == "sendonly") return MediaDirection::sendonly;
    if (attribute == "recvonly") return MediaDirection::recvonly;
    if (attribute == "inactive") return MediaDirection::inactive;
    return std::nullopt;
}

/// `IN IP4 10.0.0.1`: the last word.
std::string_view address_of(std::string_view connection) {
    return connection.substr(std::min(connection.rfind(' ') + 1, connection.size()));
}

bool is_zero_address(std::string_view address) {
    return address == "0.0.0.0" || address == "::" || address.starts_with("0.0.0.0/");
}

/// `audio 4000 RTP/AVP 8`: what stands where the port should; empty when there is no second word.
std::string_view port_of(std::string_view media) {
    const std::size_t space = media.find(' ');
    if (space == std::string_view::npos) return {};
    return media.substr(space + 1, media.find_first_of(" /", space + 1) - space - 1);
}

/// Port 0 says that the media is switched off.
bool is_switched_off(std::string_view media) {
    return port_of(media).find_first_not_of('0') == std::string_view::npos;
}

std::uint16_t port_number(std::string_view digits) { return number_in<std::uint16_t>(digits).value_or(0); }

}  // namespace

SdpSummary summarize_sdp(std::string_view body) {
    bool begun = false;
    bool in_media = false;   // inside any m= section
    bool in_chosen = false;  // inside the first that is on
    bool chosen = false;
    MediaDirection direction = MediaDirection::sendrecv;
    std::string_view address;
    std::uint16_t port = 0;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (begun && line.starts_with("--")) break;  // the boundary behind this part
        if (line.size() < 2 || line[1] != '=') continue;
        const std::string_view value = line.substr(2);
        if (line[0] == 'v') begun = true;
        if (!begun) continue;
        if (line[0] == 'm') {
            in_media = true;
            in_chosen = !chosen && !is_switched_off(value);
            chosen = chosen || in_chosen;
            if (in_chosen) port = port_number(port_of(value));
        } else if (!in_media || in_chosen) {
            if (line[0] == 'c') address = address_of(value);
            if (line[0] == 'a') direction = direction_of(value).value_or(direction);
        }
    }
    return chosen ? SdpSummary{direction, is_zero_address(address), address, port} : SdpSummary{};
}

}  // namespace callboard
