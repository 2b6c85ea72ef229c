#pragma once

#include <string>
#include <string_view>

/// permessage-deflate (RFC 7692), without context takeover: each message is compressed by itself, so that the
/// same bytes serve every client that reads the same events. Pure.
namespace callboard::websocket {

/// What the answer to a handshake agrees on, in `Sec-WebSocket-Extensions`. Neither side keeps anything from
/// one message to the next.
inline constexpr std::string_view kCompression =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// Whether a client's `Sec-WebSocket-Extensions` offers what kCompression agrees on (RFC 7692 §5.1, §7.1). An
/// offer that asks for a smaller window than 32 KB of the server, or for what is not known, is declined.
bool offers_compression(std::string_view extensions);

/// The payload of one compressed message (RFC 7692 §7.2.1). Any thread.
std::string deflated(std::string_view message);

}  // namespace callboard::websocket
