#pragma once

#include <cstdint>
#include <string_view>

#include "event/sip_message.hpp"

namespace callboard {

/// What a session description (RFC 4566) says of the first media that is not switched off: its direction,
/// `sendrecv` when it states none, and whether its connection address is 0.0.0.0 or ::. A body of several
/// parts (RFC 2046) may be given whole: what stands before `v=` is passed over. Direction `none`: no
/// description, or all media are switched off.
struct SdpSummary {
    MediaDirection direction = MediaDirection::none;
    bool connection_zero = false;
    std::string_view address;  ///< of its connection, without network and address type; empty: none stated
    std::uint16_t port = 0;    ///< 0: not stated, or none that can be
};
SdpSummary summarize_sdp(std::string_view body);

}  // namespace callboard
