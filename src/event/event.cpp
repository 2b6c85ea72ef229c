#include "event/event.hpp"

#include <algorithm>

namespace callboard {

std::string_view text_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::sip:
            return "sip";
        case Protocol::mgcp:
            return "mgcp";
        case Protocol::queues:
            return "queues";
    }
    return "sip";
}

std::string_view QueueData::get(std::string_view name) const {
    const auto found =
        std::lower_bound(members.begin(), members.end(), name,
                         [](const auto& member, std::string_view wanted) { return member.first < wanted; });
    return found != members.end() && found->first == name ? std::string_view(found->second)
                                                          : std::string_view();
}

void QueueData::set(std::string_view name, std::string value) {
    const auto found =
        std::lower_bound(members.begin(), members.end(), name,
                         [](const auto& member, std::string_view wanted) { return member.first < wanted; });
    if (found != members.end() && found->first == name)
        found->second = std::move(value);
    else
        members.emplace(found, std::string(name), std::move(value));
}

}  // namespace callboard
