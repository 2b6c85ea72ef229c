#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "api/token_store.hpp"

namespace callboard {
namespace {

constexpr std::chrono::hours kLongest{24 * 365 * 10};

struct Unit {
    std::string_view name;
    std::chrono::seconds length;
};
constexpr std::array<Unit, 16> kUnits = {{
    {"s", std::chrono::seconds(1)},
    {"second", std::chrono::seconds(1)},
    {"seconds", std::chrono::seconds(1)},
    {"m", std::chrono::minutes(1)},
    {"min", std::chrono::minutes(1)},
    {"minute", std::chrono::minutes(1)},
    {"minutes", std::chrono::minutes(1)},
    {"h", std::chrono::hours(1)},
    {"hour", std::chrono::hours(1)},
    {"hours", std::chrono::hours(1)},
    {"d", std::chrono::hours(24)},
    {"day", std::chrono::hours(24)},
    {"days", std::chrono::hours(24)},
    {"w", std::chrono::hours(24 * 7)},
    {"week", std::chrono::hours(24 * 7)},
    {"weeks", std::chrono::hours(24 * 7)},
}};

}  // namespace

Result<std::optional<Duration>> parse_lifetime(std::string_view text) {
    if (text == "unlimited") return std::optional<Duration>{};
    const Error wrong{Error::Kind::invalid,
                      "\"" + std::string(text.substr(0, 40)) +
                          "\" is no lifetime of a token: write unlimited, or a whole number and a unit such "
                          "as \"1 day\" or \"12 hours\", at most ten years"};
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || count <= 0) return wrong;
    std::string_view name(at, static_cast<std::size_t>(end - at));
    if (name.starts_with(' ')) name.remove_prefix(1);
    const auto* const unit =
        std::find_if(kUnits.begin(), kUnits.end(), [name](const Unit& one) { return one.name == name; });
    if (unit == kUnits.end() || count > kLongest / unit->length) return wrong;
    return std::optional<Duration>(unit->length * count);
}

}  // namespace callboard
