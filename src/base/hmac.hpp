#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/secret.hpp"

namespace callboard {

/// HMAC-SHA256 (RFC 2104) with one key for many short messages: the key's part of the work is done once.
/// Immutable, thread-safe; copies share it.
class HmacSha256 {
  public:
    static constexpr std::size_t kSize = 32;
    using Code = std::array<unsigned char, kSize>;

    explicit HmacSha256(const Secret& key);
    Code operator()(std::string_view message) const;

  private:
    struct States;
    std::shared_ptr<const States> states_;
};

}  // namespace callboard
