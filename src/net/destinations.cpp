#include "net/destinations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace callboard {

Destinations::Destinations(const std::vector<std::string>& allowed) {
    for (const std::string& entry : allowed)
        if (auto range = AddressRange::parse(entry))
            ranges_.push_back(*range);
        else
            names_.push_back(lowered(entry));
}

bool Destinations::names(std::string_view host) const {
    return std::find(names_.begin(), names_.end(), host) != names_.end();
}

std::optional<std::string> Destinations::wrong(std::string_view entry) {
    if (AddressRange::parse(entry)) return std::nullopt;
    const bool name = !entry.empty() && std::all_of(entry.begin(), entry.end(), [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_';
    });
    // What has no letter was meant as an address.
    const bool letters =
        std::any_of(entry.begin(), entry.end(), [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; });
    if (name && letters) return std::nullopt;
    return fmt::format("\"{}\" has to be a host or an address, as in crm.internal, 127.0.0.1 or 10.0.0.0/8",
                       entry);
}

}  // namespace callboard
