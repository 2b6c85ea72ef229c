#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace callboard {

/// In ASCII, whatever the process's locale is: names of headers, schemes and methods are written in it.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// A control character of ASCII: what stands in no line of a log, and in no name.
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }

inline std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

/// Equal without regard to ASCII case.
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// Without any of `blanks` at both ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks) {
    const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
    return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

/// Takes what stands before the next `separator`, or all that is left, off the front of `text`, and the
/// separator as well.
constexpr std::string_view take_part(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// Calls `append` with each part of `text`, which writes it to `out`, and writes the separators as they are.
template <typename Append>
void append_parts(std::string& out, std::string_view text, char separator, Append append) {
    while (!text.empty()) {
        const bool last = text.find(separator) == std::string_view::npos;
        append(take_part(text, separator));
        if (!last) out += separator;
    }
}

/// The number that is the whole of `text`, in the locale of nobody; nothing when something else is there,
/// when it does not fit, or when there is no text. A minus is read for signed types alone, a plus for none.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || at != end) return std::nullopt;
    return number;
}

/// Resolves %HH (RFC 3986 §2.1); an escape that is none stays. `plus_is_blank`: as in a query
/// (application/x-www-form-urlencoded).
std::string percent_decoded(std::string_view text, bool plus_is_blank = false);
/// Escapes everything but the unreserved characters of RFC 3986 §2.3.
std::string percent_encoded(std::string_view text);

}  // namespace callboard
