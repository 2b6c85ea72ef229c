#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard {

/// What the braces of a route's path stand for in one request: `{serviceName}` → `0033972000001`. Names are
/// views of the route table.
class PathParameters {
  public:
    void add(std::string_view name, std::string value) { values_.emplace_back(name, std::move(value)); }
    /// Escapes resolved, never empty when the route has this parameter; empty when it has none of this name.
    std::string_view operator[](std::string_view name) const;

  private:
    std::vector<std::pair<std::string_view, std::string>> values_;
};

/// Holds a path, as it was sent, against a route's: `/v2/session/{id}` takes every `/v2/session/x`. A
/// parameter is one segment, not empty; everything else has to be the same byte by byte. Nothing when it is
/// another path. Pure.
std::optional<PathParameters> match_path(std::string_view route, std::string_view path);

}  // namespace callboard
