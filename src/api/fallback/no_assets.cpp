#include "api/assets.hpp"

namespace callboard {

/// For a build without the page.
const Asset* find_asset(std::string_view) { return nullptr; }

}  // namespace callboard
