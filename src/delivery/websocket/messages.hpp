#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "delivery/session/told.hpp"

/// What a session's WebSocket carries (OVH protocol §2): one event a text message, and pings that ask for an
/// acknowledgement.
namespace callboard::websocket {

/// Appends one event under one token: one text message, compressed where that was agreed on.
void append_event(std::string& out, const Told& event, bool compressed);

/// Appends a ping that names a place; its pong says that everything before it was read.
void append_ping(std::string& out, Sequence place);
/// The place that a pong acknowledges; nothing when it answers no ping of append_ping().
std::optional<Sequence> acknowledged(std::string_view pong);

/// All of these, with a ping behind every kEventsPerPing events, so that a slow client's place moves while it
/// reads.
std::string events_with_pings(std::span<const Told> all, bool compressed);
inline constexpr std::size_t kEventsPerPing = 100;

}  // namespace callboard::websocket
