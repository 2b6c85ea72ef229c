#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "event/sip_message.hpp"

namespace callboard {

/// One packet of the Homer Encapsulation Protocol, version 1, 2 or 3: a mirrored message and where it was
/// seen. Views point into the datagram.
struct HepPacket {
    std::uint8_t version = 0;
    std::uint8_t transport = 0;  ///< IP protocol number: 6 TCP, 17 UDP
    SipEndpoint source, destination;
    std::optional<Time> captured;  ///< absent in version 1
    std::uint32_t capture_id = 0;
    std::uint8_t payload_type = 0;  ///< one of hep_payload
    std::string_view correlation;   ///< chunk 17
    std::string_view auth_key;      ///< chunk 14
    std::string_view payload;
};

namespace hep_payload {
inline constexpr std::uint8_t sip = 1;
inline constexpr std::uint8_t rtcp_json = 5;
inline constexpr std::uint8_t mgcp = 8;
}  // namespace hep_payload

enum class HepVerdict {
    ok,
    not_hep,     ///< begins like no version of HEP
    truncated,   ///< shorter than its own lengths say
    bad_length,  ///< a length that cannot be
    bad_chunk,   ///< a chunk that we read has not the size that its type has
    no_payload,  ///< nothing mirrored in it
    compressed,  ///< payload compressed (chunk 16): not read
};
std::string_view text_of(HepVerdict verdict);

/// Reads one datagram. `packet` is complete only when the verdict is ok. Chunks of other vendors and of types
/// that we do not need are skipped. (HEP3 specification, github.com/sipcapture/HEP, §3; HEP1 and 2:
/// Kamailio's siptrace.)
HepVerdict decode_hep(std::string_view datagram, HepPacket& packet);

/// How long a HEP3 packet is that begins with `bytes`; nothing before 6 bytes are there, 0 when it is none.
/// For streams.
std::optional<std::size_t> hep3_length(std::string_view bytes);

/// The smallest a HEP3 packet can be: magic and length.
inline constexpr std::size_t kHep3Header = 6;

}  // namespace callboard
