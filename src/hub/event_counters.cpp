#include "hub/event_counters.hpp"

namespace callboard {

void EventCounters::count(Protocol protocol, std::string_view name) {
    key_.assign(text_of(protocol)).append(1, ' ').append(name);
    auto found = counters_.find(key_);
    if (found == counters_.end()) {
        const bool is_room = counters_.size() < kMostNames && name.size() <= kLongestName;
        Counter& counter = metrics_.counter(
            "callboard_events_total", "Events appended to the journal.",
            {{"service", std::string(text_of(protocol))}, {"event", is_room ? std::string(name) : "other"}});
        if (!is_room) return counter.add();
        found = counters_.emplace(key_, &counter).first;
    }
    found->second->add();
}

}  // namespace callboard
