#include "delivery/starting_point.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace callboard {

StartingPoint starting_point(const Hub& hub, const CursorSeal& seal, std::string_view text,
                             Sequence otherwise) {
    const auto cursor = seal.open(text);
    if (!cursor) return {otherwise, {}};
    const Sequence oldest = hub.first();
    if (cursor->epoch != hub.epoch())
        return {oldest - 1,
                "The journal was replaced since your last poll: what it held is gone, this is all that the "
                "new one has"};
    if (cursor->sequence + 1 < oldest)
        return {oldest - 1, fmt::format("{} events are gone: they were older than the retention",
                                        oldest - 1 - cursor->sequence)};
    return {std::min(cursor->sequence, hub.last()), {}};
}

}  // namespace callboard
