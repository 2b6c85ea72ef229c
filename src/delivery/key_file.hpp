#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace callboard {

/// The installation's secret: 32 random bytes in a file that only its owner can read. Made when it does not
/// exist. Whoever has it can make cursors and read the token store; losing it makes all of them worthless.
/// Error: not readable or writable, or not 32 bytes long.
Result<Secret> load_or_create_key(const std::filesystem::path& path);

}  // namespace callboard
