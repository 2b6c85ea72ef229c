#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"

namespace callboard::sse {

/// What a client asked to see: services by number, events by name; everything when it asked for nothing.
struct Filter {
    std::vector<std::string> services, events;

    /// Reads two lists separated by commas; blanks around a name are left out. At most kMost of each count.
    static Filter from(std::string_view services, std::string_view events);

    bool everything() const { return services.empty() && events.empty(); }
    bool takes(const Record& record) const;

    static constexpr std::size_t kMost = 256;
};

}  // namespace callboard::sse
