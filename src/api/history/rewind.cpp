#include "api/history/rewind.hpp"

#include "event/json.hpp"

namespace callboard {
namespace {

constexpr std::size_t kPage = 2'000;

/// When the first event after `sequence` was appended; nothing when there is none.
Result<std::optional<Time>> time_after(const Hub& hub, Sequence sequence) {
    const auto page = hub.read(sequence, 1);
    if (!page) return page.error();
    return page->events.empty() ? std::nullopt : std::optional(page->events.front()->record.timestamp);
}

/// The last event before `time`: numbers and times both rise.
Result<Sequence> last_before(const Hub& hub, Time time) {
    Sequence low = hub.first() - 1;
    Sequence high = hub.last();
    while (low < high) {
        const Sequence middle = low + (high - low) / 2;
        const auto at = time_after(hub, middle);
        if (!at) return at.error();
        if (*at && **at < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

}  // namespace

Result<State> rewound(const Hub& hub, Time time, const std::function<bool()>& given_up) {
    const TimeZone& zone = hub.zone();
    const auto oldest = time_after(hub, hub.first() - 1);
    if (!oldest) return oldest.error();
    if (!*oldest || **oldest > time)
        return Error{Error::Kind::missing, "The journal does not reach back to that time"};
    const auto begin = last_before(hub, zone.midnight(zone.midnight(time) - Duration(1)));
    if (!begin) return begin.error();
    State state;
    Sequence at_sequence = *begin;
    for (std::size_t read = 0;;) {
        const auto page = hub.read(at_sequence, kPage);
        if (!page) return page.error();
        for (const auto& announced : page->events) {
            const Record& record = announced->record;
            if (record.timestamp > time) {
                at(state, time, zone);
                return state;
            }
            if (const auto event = event_of(record))
                apply(state, *event, record.sequence, record.timestamp, zone);
        }
        if (page->next == at_sequence) break;
        at_sequence = page->next;
        if (given_up()) return Error{Error::Kind::unavailable, "The board of that time took too long"};
        if ((read += page->events.size()) > kMostRewound)
            return Error{Error::Kind::unavailable, "There are too many events on that day to show it"};
    }
    at(state, time, zone);
    return state;
}

}  // namespace callboard
