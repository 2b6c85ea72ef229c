#include "api/route_match.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace callboard {
namespace {

bool is_parameter(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Takes the first segment, and the slash behind it.
std::string_view take_segment(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return segment;
}

}  // namespace

std::string_view PathParameters::operator[](std::string_view name) const {
    const auto found =
        std::find_if(values_.begin(), values_.end(), [name](const auto& one) { return one.first == name; });
    return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<PathParameters> match_path(std::string_view route, std::string_view path) {
    if (route.find('{') == std::string_view::npos)
        return route == path ? std::optional<PathParameters>(std::in_place) : std::nullopt;
    // Before anything is copied: as many segments, or another path.
    if (std::count(route.begin(), route.end(), '/') != std::count(path.begin(), path.end(), '/'))
        return std::nullopt;
    PathParameters parameters;
    while (!route.empty()) {
        const std::string_view wanted = take_segment(route);
        const std::string_view given = take_segment(path);
        if (is_parameter(wanted)) {
            if (given.empty()) return std::nullopt;
            parameters.add(wanted.substr(1, wanted.size() - 2), percent_decoded(given));
        } else if (wanted != given) {
            return std::nullopt;
        }
    }
    return parameters;
}

}  // namespace callboard
