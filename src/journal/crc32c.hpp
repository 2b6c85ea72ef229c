#pragma once

#include <cstdint>
#include <string_view>

namespace callboard {

/// CRC-32C (Castagnoli polynomial, RFC 3720 §B.4) of `bytes`, continuing from `crc` of what came before.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);

/// The same without the processor's instruction, for machines that lack it and for comparison in tests.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace callboard
