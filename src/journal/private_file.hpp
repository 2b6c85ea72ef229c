#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace callboard {

/// Makes an empty file that is its owner's alone, or makes one that is there so: SQLite makes files with the
/// process's umask. Error: neither can be done, and what to do.
Result<void> keep_private(const std::filesystem::path& file);

}  // namespace callboard
