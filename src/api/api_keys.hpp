#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace callboard {

/// What a key may call: a method or `*`, and a path in which `*` stands for anything. `POST
/// /telephony/*/eventToken`.
struct AccessRule {
    std::string method, path;
    /// `path` without query, escapes resolved by nobody: the rule is matched against what was sent.
    bool allows(std::string_view called_method, std::string_view called_path) const;
};

/// A key of a system of your own: `Authorization: Bearer …`.
struct ApiKey {
    std::string name;
    Secret key;
    std::vector<AccessRule> allow;
};

/// The keys of one configuration. Immutable, thread-safe.
class ApiKeys {
  public:
    enum class Verdict { unknown, forbidden, allowed };
    ApiKeys() = default;
    explicit ApiKeys(std::vector<ApiKey> keys) : keys_(std::move(keys)) {}
    /// Null: there is no such key. Looks at every key whatever matches, so that time tells nothing.
    const ApiKey* find(std::string_view key) const;
    Verdict check(std::string_view key, std::string_view method, std::string_view path) const;

  private:
    std::vector<ApiKey> keys_;
};

}  // namespace callboard
