#include "delivery/starting_point.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace callboard {

std::string events_gone(Sequence count) {
    return fmt::format("{} gone: older than the retention",
                       count == 1 ? "1 event is" : fmt::format("{} events are", count));
}

StartingPoint starting_point(const Hub& hub, const CursorSeal& seal, std::string_view text,
                             Sequence otherwise) {
    const auto cursor = seal.open(text);
    if (!cursor) return {otherwise, {}};
    const Sequence oldest = hub.first();
    if (cursor->epoch != hub.epoch()) return {oldest - 1, std::string(kJournalReplaced)};
    if (cursor->sequence + 1 < oldest) return {oldest - 1, events_gone(oldest - 1 - cursor->sequence)};
    return {std::min(cursor->sequence, hub.last()), {}};
}

}  // namespace callboard
