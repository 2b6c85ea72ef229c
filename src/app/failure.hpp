#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "app/config.hpp"
#include "app/exit_code.hpp"

namespace callboard {

/// Says on stderr why a command failed, and returns `code`.
inline int fail(int code, std::string_view sentence) {
    fmt::print(stderr, "callboard: {}\n", sentence);
    return code;
}

/// Prints every error of a configuration, one a line.
inline int fail(const std::string& file, const ConfigErrors& errors) {
    for (const auto& error : errors) fmt::print(stderr, "{}\n", error.text(file));
    return kWrongUse;
}

}  // namespace callboard
