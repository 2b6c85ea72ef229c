#include "app/config_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "event/numbering.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestKey = 256;
constexpr std::size_t kShortestNumber = 8, kLongestNumber = 17;  // E.164 allows 15 digits, and our two zeros

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_canonical(std::string_view number) {
    return number.starts_with("00") && number.size() >= kShortestNumber && number.size() <= kLongestNumber &&
           number[2] != '0' && std::all_of(number.begin(), number.end(), is_digit);
}

}  // namespace

std::optional<std::string> Unique::claim(const std::string& value, std::size_t line) {
    const auto [first, fresh] = lines_.emplace(value, line);
    if (fresh) return std::nullopt;
    return fmt::format("the {} \"{}\" is already taken in line {}", what_, value, first->second);
}

std::optional<std::string> wrong_address(std::string_view address) {
    if (auto parsed = parse_address(address); !parsed) return parsed.error().what;
    return std::nullopt;
}

std::optional<std::string> wrong_hep_address(std::string_view address) {
    if (!address.starts_with("udp:") && !address.starts_with("tcp:"))
        return fmt::format("\"{}\" has to begin with udp: or tcp:, as in udp:127.0.0.1:9060", address);
    return wrong_address(address.substr(4));
}

std::optional<std::string> wrong_peer(std::string_view address) {
    const std::size_t colon = address.rfind(':');
    const std::string_view host = address.substr(0, colon);
    const std::string_view digits = colon == std::string_view::npos ? "" : address.substr(colon + 1);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    const bool is_port = number_in<std::uint16_t>(digits).value_or(0) != 0;
    const bool is_host = !host.empty() && host.find_first_of(" \t/@") == std::string_view::npos &&
                         (bracketed || host.find(':') == std::string_view::npos);
    if (is_port && is_host) return std::nullopt;
    return fmt::format("\"{}\" has to be host and port, as in 127.0.0.1:8021", address);
}

std::optional<std::string> wrong_url(std::string_view url) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!url.starts_with(scheme)) continue;
        const auto rest = url.substr(scheme.size());
        const bool printable =
            std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c < 127; });
        if (printable && !rest.empty() && rest.front() != '/' &&
            rest.find_first_of("?#") == std::string::npos)
            return std::nullopt;
    }
    return fmt::format("\"{}\" is no base of a URL; write it as https://callboard.example", url);
}

std::optional<std::string> wrong_number(const std::string& number, const std::string& region) {
    if (is_canonical(number)) return std::nullopt;
    const std::string meant(Numbering(region).canonical(number));
    return fmt::format("\"{}\" has to be 00, country code and number{}", number,
                       is_canonical(meant) ? fmt::format("; write it as \"{}\"", meant)
                                           : ", digits alone, as in 0033972000001");
}

std::optional<std::string> wrong_id(std::string_view id) {
    if (id.size() <= 20 && std::all_of(id.begin(), id.end(), is_digit)) return std::nullopt;
    return fmt::format("\"{}\" has to be 1 to 20 digits", id);
}

std::optional<std::string> wrong_name(std::string_view id) {
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; };
    if (id.size() <= kLongestName && std::all_of(id.begin(), id.end(), fits)) return std::nullopt;
    return fmt::format("\"{}\" has to be at most {} of a-z A-Z 0-9 - _ .", id, kLongestName);
}

std::optional<std::string> wrong_region(const std::string& region) {
    if (is_known_region(region)) return std::nullopt;
    return fmt::format("\"{}\" is no country; write its two capital letters of ISO 3166, as in FR", region);
}

std::optional<std::string> wrong_rule(std::string_view rule) {
    const auto blank = rule.find(' ');
    const auto method = rule.substr(0, blank);
    const bool any = method == "*";
    const bool named = !method.empty() &&
                       std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    const auto path = blank == std::string_view::npos ? std::string_view() : rule.substr(blank + 1);
    for (const std::string_view base : {"/1.0", "/v1"})
        if (path == base || (path.starts_with(base) && path[base.size()] == '/'))
            return fmt::format("\"{}\" names a path that is matched without {}: leave it out", rule, base);
    if ((any || named) && path.starts_with('/') && path.find(' ') == std::string_view::npos)
        return std::nullopt;
    return fmt::format("\"{}\" has to be a method or *, a blank and a path, as in GET /telephony/*", rule);
}

std::optional<std::string> wrong_key(std::string_view key) {
    const bool printable = std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
    if (printable && key.size() <= kLongestKey) return std::nullopt;
    return fmt::format(
        "has to be at most {} printable characters of ASCII, without blanks: it travels in a header",
        kLongestKey);
}

}  // namespace callboard
