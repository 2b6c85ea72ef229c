#include "event/time_zone.hpp"

#include <date/tz.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace callboard {
namespace {

const date::time_zone* zone_of(const void* zone) { return static_cast<const date::time_zone*>(zone); }

/// The offset and abbreviation that hold around an instant. Looking one up costs a microsecond and each holds
/// for months, so every thread keeps the last.
struct Period {
    const void* zone = nullptr;
    date::sys_seconds begin, end;
    std::chrono::seconds offset{};
    std::string abbreviation;
};

const Period& period_at(const void* zone, date::sys_seconds second) {
    thread_local Period last;
    if (last.zone != zone || second < last.begin || second >= last.end) {
        const auto info = zone_of(zone)->get_info(second);
        last = {zone, info.begin, info.end, info.offset, info.abbrev};
    }
    return last;
}

void put_digits(char* to, int count, std::uint64_t value) {
    for (int i = count - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

struct Local {
    std::array<char, 19> text{};  // 2015-03-05T12:24:30
    const Period* period = nullptr;
};

Local local_text(const void* zone, Time time, char separator) {
    const auto second = date::floor<std::chrono::seconds>(time);
    Local local;
    local.period = &period_at(zone, second);
    const auto wall = second + local.period->offset;
    const auto day = date::floor<date::days>(wall);
    const date::year_month_day ymd(day);
    const auto of_day = static_cast<std::uint64_t>((wall - day).count());
    char* to = local.text.data();
    put_digits(to, 4, static_cast<std::uint64_t>(int(ymd.year())));
    to[4] = '-';
    put_digits(to + 5, 2, unsigned(ymd.month()));
    to[7] = '-';
    put_digits(to + 8, 2, unsigned(ymd.day()));
    to[10] = separator;
    put_digits(to + 11, 2, of_day / 3600);
    to[13] = ':';
    put_digits(to + 14, 2, of_day / 60 % 60);
    to[16] = ':';
    put_digits(to + 17, 2, of_day % 60);
    return local;
}

}  // namespace

Result<TimeZone> TimeZone::named(std::string_view name) {
    try {
        return TimeZone(std::string(name), date::locate_zone(std::string(name)));
    } catch (const std::runtime_error&) {
        return Error{
            Error::Kind::missing,
            "time zone \"" + std::string(name) +
                "\" is not known to this system; use a name such as Europe/Paris, and install tzdata"};
    }
}

TimeZone TimeZone::utc() { return {"UTC", date::locate_zone("UTC")}; }

std::string TimeZone::date(Time time) const {
    const Local local = local_text(zone_, time, 'T');
    std::array<char, 6> micros{};
    const auto fraction = time - date::floor<std::chrono::seconds>(time);
    put_digits(micros.data(), 6, static_cast<std::uint64_t>(fraction.count() / 1000));
    std::string out;
    out.reserve(36);
    out.append(local.text.data(), local.text.size()).append(1, '.').append(micros.data(), micros.size());
    return out.append(" (").append(local.period->abbreviation).append(1, ')');
}

std::string TimeZone::datetime(Time time) const {
    const Local local = local_text(zone_, time, ' ');
    return {local.text.data(), local.text.size()};
}

std::string TimeZone::rfc3339(Time time) const {
    const Local local = local_text(zone_, time, 'T');
    std::string out(local.text.data(), local.text.size());
    const auto fraction = time - date::floor<std::chrono::seconds>(time);
    if (fraction.count() != 0) {
        std::array<char, 9> digits{};
        put_digits(digits.data(), 9, static_cast<std::uint64_t>(fraction.count()));
        out.append(1, '.').append(digits.data(), digits.size());
        out.resize(out.find_last_not_of('0') + 1);
    }
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(local.period->offset).count();
    if (minutes == 0) return out += 'Z';
    std::array<char, 5> offset{};
    const auto distance = static_cast<std::uint64_t>(minutes < 0 ? -minutes : minutes);
    put_digits(offset.data(), 2, distance / 60);
    offset[2] = ':';
    put_digits(offset.data() + 3, 2, distance % 60);
    return out.append(1, minutes < 0 ? '-' : '+').append(offset.data(), offset.size());
}

Time TimeZone::midnight(Time time) const {
    const auto second = date::floor<std::chrono::seconds>(time);
    const auto wall = date::local_seconds((second + period_at(zone_, second).offset).time_since_epoch());
    const auto day = date::floor<date::days>(wall);
    // Where clocks go forward at midnight the day begins an hour later; where they go back, at the earlier of
    // both.
    const auto begin = zone_of(zone_)->to_sys(date::local_seconds(day), date::choose::earliest);
    return Time(begin);
}

}  // namespace callboard
