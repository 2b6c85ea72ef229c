#pragma once

#include <string>
#include <string_view>

#include "event/json.hpp"

/// The text of server-sent events (HTML Living Standard §9.2.5).
namespace callboard::sse {

/// One event of the journal: `id:` and `data:`.
void append_event(std::string& out, std::string_view id, const Encoded& event, std::string_view token);

/// Something that the server has to say, as a named event: `event: gap` with `{"message":"…"}`.
std::string notice(std::string_view name, std::string_view message);

/// Moves the client's place forward without an event, and keeps the connection alive.
std::string heartbeat(std::string_view id);

}  // namespace callboard::sse
