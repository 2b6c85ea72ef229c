#pragma once

#include <filesystem>
#include <string>

namespace callboard::test {

/// Writes a self-signed certificate for `name` and its key (PEM, P-256, valid for a day) to two files.
void write_certificate(const std::string& name, const std::filesystem::path& certificate,
                       const std::filesystem::path& key);

}  // namespace callboard::test
