#pragma once

#include <string>
#include <string_view>

#include "delivery/cursor.hpp"
#include "hub/hub.hpp"

namespace callboard {

/// Where a reader begins, and what it has to be told of what it cannot get any more.
struct StartingPoint {
    Sequence after = 0;
    std::string message;  ///< empty when nothing is missing
};

/// Says that so many events are older than the oldest one kept.
std::string events_gone(Sequence count);
/// Says that a cursor is of another journal.
inline constexpr std::string_view kJournalReplaced =
    "The journal was replaced since your last poll: what it held is gone, this is all that the new one has";

/// Resolves what a client brought. Nothing, or a text that is no cursor of ours: from `otherwise` on. A
/// cursor of another journal: everything that this one has. One from before the oldest event kept: from that
/// on.
StartingPoint starting_point(const Hub& hub, const CursorSeal& seal, std::string_view cursor,
                             Sequence otherwise);

}  // namespace callboard
