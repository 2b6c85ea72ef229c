#pragma once

#include <string_view>

namespace callboard {

/// A file of the page, built into the program.
struct Asset {
    std::string_view path;  ///< `/assets/index-3f2a.js`
    std::string_view type;  ///< Content-Type
    std::string_view etag;  ///< with its quotes
    std::string_view bytes;
    bool immutable = false;  ///< its name changes with its content
};

/// Null when there is no such file. `/` and `/demo/cti` are both the page.
const Asset* find_asset(std::string_view path);

}  // namespace callboard
