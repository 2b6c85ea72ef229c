#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace callboard {

/// Values that may be there once in the whole file.
class Unique {
  public:
    /// `what`: the value's noun in errors, as in "the alias 101 is already that of line 12".
    explicit Unique(std::string what) : what_(std::move(what)) {}

    /// Nothing when `value` is new, else what is wrong.
    std::optional<std::string> claim(const std::string& value, std::size_t line);

  private:
    std::string what_;
    std::map<std::string, std::size_t> lines_;
};

/// Each says nothing when the value is good, else the sentence of the error.
std::optional<std::string> wrong_address(std::string_view address);      ///< `127.0.0.1:8080`
std::optional<std::string> wrong_hep_address(std::string_view address);  ///< `udp:127.0.0.1:9060`
/// Of somebody else's server: `127.0.0.1:8021`, `pbx.example:8021`. Does not ask whether the name exists.
std::optional<std::string> wrong_peer(std::string_view address);
std::optional<std::string> wrong_url(std::string_view url);
/// A service's number; `region` is that of national numbers, for the advice.
std::optional<std::string> wrong_number(const std::string& number, const std::string& region);
std::optional<std::string> wrong_id(std::string_view id);    ///< `Details.Id`
std::optional<std::string> wrong_name(std::string_view id);  ///< of an account, a source, a key
std::optional<std::string> wrong_region(const std::string& region);
std::optional<std::string> wrong_rule(std::string_view rule);  ///< `GET /telephony/*`
std::optional<std::string> wrong_key(std::string_view key);    ///< of an API client; never shows it

}  // namespace callboard
