#include "event/time_text.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "event/time_span.hpp"

namespace callboard {
namespace {

constexpr std::size_t kDate = 10;    // 2026-03-29
constexpr std::size_t kSecond = 19;  // 2026-03-29T02:30:00
constexpr std::size_t kDecimals = 9;
constexpr std::size_t kLongest = 40;

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Of `2026-03-29`.
std::optional<Time> begin_of_day(std::string_view text, const TimeZone& zone) {
    if (text.size() != kDate || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto number = [text](std::size_t at, std::size_t length) {
        return number_in<unsigned>(text.substr(at, length)).value_or(0);  // 0 is no month and no day
    };
    return begin_of_day(static_cast<int>(number(0, 4)), number(5, 2), number(8, 2), zone);
}

std::optional<Time> day_of(std::string_view text, const TimeZone& zone, bool end) {
    const auto begin = begin_of_day(text, zone);
    return begin && end ? span_around(*begin, Interval::day, zone).end : begin;
}

/// Of `02:30`.
std::optional<std::chrono::minutes> minutes_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = number_in<unsigned>(text.substr(0, 2));
    const auto minutes = number_in<unsigned>(text.substr(3));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

/// Of `02:30:00`.
std::optional<std::chrono::seconds> seconds_of_day(std::string_view text) {
    const auto minutes = minutes_of_day(text.substr(0, 5));
    const auto seconds = number_in<unsigned>(text.substr(6));
    if (!minutes || text[5] != ':' || !seconds || *seconds > 59) return std::nullopt;
    return *minutes + std::chrono::seconds(*seconds);
}

/// Takes `.125` off the front, of which nine digits count; zero when there is none.
std::optional<Duration> take_fraction(std::string_view& text) {
    if (!text.starts_with('.')) return Duration::zero();
    text.remove_prefix(1);
    const std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string digits(text.substr(0, std::min(length, kDecimals)));
    text.remove_prefix(length);
    if (digits.empty()) return std::nullopt;
    digits.resize(kDecimals, '0');
    return Duration(number_in<std::int64_t>(digits).value_or(0));
}

/// Of `+02:00` or `Z`.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
    using std::chrono::minutes;
    if (text == "Z" || text == "z") return minutes(0);
    const auto distance = minutes_of_day(text.substr(std::min<std::size_t>(1, text.size())));
    if (!distance || std::string_view("+- ").find(text.front()) == std::string_view::npos)
        return std::nullopt;
    return text.front() == '-' ? -*distance : *distance;
}

}  // namespace

std::optional<Time> time_from_rfc3339(std::string_view text) {
    if (text.size() > kLongest || text.size() < kSecond + 1 || (text[kDate] != 'T' && text[kDate] != 't'))
        return std::nullopt;
    static const TimeZone utc = TimeZone::utc();
    const auto midnight = begin_of_day(text.substr(0, kDate), utc);
    const auto of_day = seconds_of_day(text.substr(kDate + 1, kSecond - kDate - 1));
    std::string_view rest = text.substr(kSecond);
    const auto fraction = take_fraction(rest);
    const auto offset = offset_of(rest);
    if (!midnight || !of_day || !fraction || !offset) return std::nullopt;
    return *midnight + *of_day + *fraction - *offset;
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
