#include "delivery/session/told.hpp"

#include <algorithm>

namespace callboard {

std::vector<Told> told(std::span<const Announced> events, std::span<const Covered> covered, Sequence after) {
    std::vector<Told> all;
    all.reserve(events.size());
    for (const Announced& event : events)
        for (const Covered& one : covered)
            if (event->record.sequence > std::max(after, one.start) && one.grant.covers(event->record))
                all.push_back({event, &one.token, one.grant.masked});
    return all;
}

void put_in_order(std::vector<Told>& all) {
    std::stable_sort(all.begin(), all.end(), [](const Told& a, const Told& b) {
        return a.event->record.sequence < b.event->record.sequence;
    });
}

std::optional<Sequence> cut(std::vector<Told>& all, std::size_t most) {
    if (all.size() <= most) return std::nullopt;
    const Sequence first_out = all[most].event->record.sequence;
    std::size_t left = most;
    while (left > 0 && all[left - 1].event->record.sequence == first_out) --left;
    all.resize(left);
    return all.empty() ? first_out - 1 : all.back().event->record.sequence;
}

}  // namespace callboard
