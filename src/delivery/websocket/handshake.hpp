#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace callboard::websocket {

/// `Sec-WebSocket-Accept` for a client's key (RFC 6455 §4.2.2).
std::string accept_value(std::string_view key);

/// The answer to a request to speak WebSocket (RFC 6455 §4.2): 101; 426 when it is none, or of another
/// version; 400 when its key is none. No subprotocol is agreed on, and of extensions kCompression alone, when
/// `compressed`. Readable for pages of any origin, as all of the event service.
HttpResponse handshake(const HttpRequest& request, bool compressed = false);

}  // namespace callboard::websocket
