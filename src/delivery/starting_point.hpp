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

/// Resolves what a client brought. Nothing, or a text that is no cursor of ours: from `otherwise` on. A
/// cursor of another journal: everything that this one has. One from before the oldest event kept: from that
/// on.
StartingPoint starting_point(const Hub& hub, const CursorSeal& seal, std::string_view cursor,
                             Sequence otherwise);

}  // namespace callboard
