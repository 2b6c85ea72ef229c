#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace callboard {

/// A password, key or token. Has no operator<< and no formatter, so it cannot reach a log by accident.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    /// The bytes themselves: for the comparison or the wire, never for a message.
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

    /// Compares in time that depends on the lengths alone.
    bool equals(std::string_view other) const {
        unsigned char difference = value_.size() == other.size() ? 0 : 1;
        for (std::size_t i = 0; i < value_.size(); ++i) {
            const char theirs = other.empty() ? '\0' : other[i % other.size()];
            difference = static_cast<unsigned char>(difference | (value_[i] ^ theirs));
        }
        return difference == 0;
    }

  private:
    std::string value_;
};

/// Of a token, a key or the id of a session what all may see: its first four characters, and `…` for more.
inline std::string shown(std::string_view secret) {
    constexpr std::size_t kShown = 4;
    return std::string(secret.substr(0, kShown)) + (secret.size() > kShown ? "…" : "");
}

}  // namespace callboard
