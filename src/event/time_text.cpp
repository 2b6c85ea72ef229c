#include "event/time_text.hpp"

#include <date/date.h>

#include <sstream>
#include <string>

#include "base/text.hpp"
#include "event/time_span.hpp"

namespace callboard {
namespace {

constexpr std::size_t kDate = 10;  // 2026-03-29
constexpr std::size_t kLongest = 40;

/// Whether it begins with a year that nanoseconds reach.
bool is_of_our_time(std::string_view text) {
    const auto year = number_in<int>(text.substr(0, text.find('-')));
    return year && *year >= kFirstYear && *year <= kLastYear;
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Time> day_of(std::string_view text, const TimeZone& zone, bool end) {
    if (text.size() != kDate || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [text](std::size_t at, std::size_t length) {
        return number_in<unsigned>(text.substr(at, length)).value_or(0);  // 0 is no month and no day
    };
    const auto begin = begin_of_day(static_cast<int>(number(0, 4)), number(5, 2), number(8, 2), zone);
    return begin && end ? span_around(*begin, Interval::day, zone).end : begin;
}

}  // namespace

std::optional<Time> time_from_rfc3339(std::string_view text) {
    if (text.size() > kLongest || text.size() <= kDate + 1 || (text[kDate] != 'T' && text[kDate] != 't') ||
        !is_of_our_time(text))
        return std::nullopt;
    std::string plain(text);
    plain[kDate] = 'T';
    if (plain.back() == 'Z' || plain.back() == 'z') plain.replace(plain.size() - 1, 1, "+00:00");
    constexpr std::size_t kOffset = 6;
    if (char& sign = plain[plain.size() - kOffset]; sign == ' ') sign = '+';
    std::istringstream in(plain);
    Time time;
    in >> date::parse("%FT%T%Ez", time);
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
    return time;
}

std::optional<Time> time_from_text(std::string_view text, const TimeZone& zone, bool date_is_end) {
    if (is_digits(text)) {
        const auto ns = number_in<std::int64_t>(text);
        return ns ? std::optional(time_from_nanoseconds(*ns)) : std::nullopt;
    }
    if (const auto day = day_of(text, zone, date_is_end)) return day;
    return time_from_rfc3339(text);
}

}  // namespace callboard
