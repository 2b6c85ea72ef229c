#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "delivery/access.hpp"
#include "delivery/sealing.hpp"

namespace callboard {

/// What the token file holds instead of a token: a fingerprint to find it by, and the token sealed together
/// with what it may read, so that a row changed by hand opens no more. Immutable, thread-safe.
class TokenSeal {
  public:
    explicit TokenSeal(const Secret& key);

    /// HMAC-SHA256 of the token: 32 bytes.
    std::string fingerprint(std::string_view token) const;
    /// AES-256-GCM: nonce, the token, tag. Empty when OpenSSL fails (no random bytes, no memory).
    std::string seal(std::string_view token, const Grant& grant) const;
    /// Nothing when key, grant or bytes are not those of seal().
    std::optional<std::string> open(std::string_view sealed, const Grant& grant) const;
    /// Tells whether a file was made with this key, and nothing else about it.
    std::string key_check() const;

  private:
    Secret lookup_key_;
    Sealing sealing_;
    std::string key_check_;
};

/// A version 4 UUID in upper case (RFC 9562 §5.4). Empty when the system has no random bytes.
std::string random_token();

}  // namespace callboard
