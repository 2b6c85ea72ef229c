#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "app/config.hpp"
#include "app/exit_code.hpp"
#include "app/log.hpp"

namespace callboard {

/// Tells the operator one sentence on stderr; in the journal of systemd as an error.
inline void say(std::string_view sentence) {
    const auto priority = stderr_is_journal() ? journal_prefix("error") : "";
    std::fputs(fmt::format("{}callboard: {}\n", priority, sentence).c_str(), stderr);
}

/// Says why a command failed, and returns `code`.
inline int fail(int code, std::string_view sentence) {
    say(sentence);
    return code;
}

/// Prints every error of a configuration, one a line.
inline int fail(const std::string& file, const ConfigErrors& errors) {
    const std::string priority(stderr_is_journal() ? journal_prefix("error") : "");
    for (const auto& error : errors) std::fputs((priority + error.text(file) + '\n').c_str(), stderr);
    return kWrongUse;
}

}  // namespace callboard
