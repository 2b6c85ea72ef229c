#include "delivery/sse/filter.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace callboard::sse {
namespace {

std::vector<std::string> names(std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty() && all.size() < Filter::kMost) {
        const std::string_view name = trimmed(take_part(list, ','), " ");
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
