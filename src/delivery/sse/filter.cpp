#include "delivery/sse/filter.hpp"

#include <algorithm>

namespace callboard::sse {
namespace {

std::vector<std::string> names(std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty() && all.size() < Filter::kMost) {
        const auto comma = std::min(list.find(','), list.size());
        std::string_view name = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (!name.empty()) all.emplace_back(name);
    }
    return all;
}

bool has(const std::vector<std::string>& wanted, std::string_view name) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

}  // namespace

Filter Filter::from(std::string_view services, std::string_view events) {
    return {names(services), names(events)};
}

bool Filter::takes(const Record& record) const {
    return has(services, record.ressource) && has(events, record.name);
}

}  // namespace callboard::sse
