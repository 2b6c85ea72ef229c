#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace callboard {

/// HMAC-SHA256 of `purpose` and `message`: 32 bytes. Another purpose, another value, so that one key serves
/// several.
std::string hmac_of(const Secret& key, std::string_view purpose, std::string_view message);

/// Seals bytes that lie on a disk: AES-256-GCM with a key of its own for each purpose. Immutable,
/// thread-safe.
class Sealing {
  public:
    /// `most`: bytes of one text; longer ones are not sealed.
    Sealing(const Secret& key, std::string_view purpose, std::size_t most)
        : key_(hmac_of(key, purpose, "")), most_(most) {}

    /// Nonce, the text, tag; opens only together with what it is bound to. Empty when the text is too long or
    /// OpenSSL fails (no random bytes, no memory).
    std::string seal(std::string_view text, std::string_view bound_to) const;
    /// Nothing when key, bytes or what they are bound to are not those of seal().
    std::optional<std::string> open(std::string_view sealed, std::string_view bound_to) const;

  private:
    const Secret key_;
    const std::size_t most_;
};

}  // namespace callboard
