#include "event/json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

namespace callboard {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }

void append_escaped(std::string& out, unsigned char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
}

/// Length of the UTF-8 sequence at the front of `text` (RFC 3629), 0 when there is none.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = at(0);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || length > text.size() || !simdjson::validate_utf8(text.data(), length)) return 0;
    return length;
}

/// Replaces what is not UTF-8, one byte at a time, as decoders of the web do.
std::string repaired(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        out += length == 0 ? kReplacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

void append_number(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

/// `"name":"value",`
void member(std::string& out, std::string_view name, std::string_view value) {
    out.append(1, '"').append(name).append("\":");
    append_json_string(out, value);
    out += ',';
}

/// Seconds with three decimals: the form of `Ts` of line events.
std::string seconds_text(Time time) {
    const std::int64_t ms = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
    return fmt::format("{}{}.{:03}", ms < 0 ? "-" : "", std::abs(ms) / 1000, std::abs(ms) % 1000);
}

void append_line(std::string& out, const Event& event, const LineData& data, const TimeZone& zone) {
    member(out, "Billing", data.billing);
    member(out, "Body", data.body);
    member(out, "CallId", data.call_id);
    member(out, "Called", data.called);
    member(out, "Calling", data.calling);
    member(out, "Cseq", data.cseq);
    member(out, "Datetime", zone.datetime(data.ts));
    member(out, "Dialed", data.dialed);
    member(out, "Event", event.name);
    member(out, "Protocol", text_of(event.protocol));
    member(out, "RelevantInfo", data.relevant_info);
    member(out, "Ts", seconds_text(data.ts));
    out += "\"TsGet\":";
    append_number(out, nanoseconds_since_epoch(data.ts_get));
    out += ',';
}

/// Digits for `IdBillingAccount`: FNV-1a of an id that has letters, in seven digits.
std::string account_digits(std::string_view account) {
    if (!account.empty() && account.find_first_not_of("0123456789") == std::string_view::npos)
        return std::string(account);
    std::uint32_t hash = 2166136261U;
    for (char c : account) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return std::to_string(1'000'000 + hash % 9'000'000);
}

Error unreadable(const Record& record, std::string_view why) {
    return {Error::Kind::corrupt, fmt::format("event {}: \"data\" cannot be read: {}", record.sequence, why)};
}

/// One known member of a line's data; false: not known, or not of the type that we write.
bool read_line_member(LineData& line, std::string_view name, simdjson::dom::element value) {
    if (name == "TsGet") {
        std::int64_t ns = 0;
        if (value.get(ns) != simdjson::SUCCESS) return false;
        line.ts_get = time_from_nanoseconds(ns);
        return true;
    }
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    if (name == "Ts") {
        const auto time = time_from_seconds(text);
        if (time) line.ts = *time;
        return time.has_value();
    }
    for (const auto& [known, field] : kLineTexts)
        if (known == name) {
            line.*field = text;
            return true;
        }
    return name == "Event" || name == "Protocol" || name == "Datetime";
}

void append_extra(std::string& extra, std::string_view name, simdjson::dom::element value) {
    if (!extra.empty()) extra += ',';
    append_json_string(extra, name);
    extra += ':';
    extra += simdjson::minify(value);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    std::string mended;
    if (!simdjson::validate_utf8(text.data(), text.size())) text = mended = repaired(text);
    out += '"';
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (is_plain(c)) continue;
        out.append(text, begin, i - begin);
        append_escaped(out, c);
        begin = i + 1;
    }
    out.append(text, begin);
    out += '"';
}

std::string data_json(const Event& event, const TimeZone& zone) {
    std::string out;
    out.reserve(512 + event.extra.size());
    out += '{';
    if (const auto* line = std::get_if<LineData>(&event.data)) {
        append_line(out, event, *line, zone);
    } else {
        for (const auto& [name, value] : std::get<QueueData>(event.data).members) {
            append_json_string(out, name);
            out += ':';
            append_json_string(out, value);
            out += ',';
        }
    }
    if (!event.extra.empty())
        out.append(event.extra).append(1, '}');
    else if (out.back() == ',')
        out.back() = '}';
    else
        out += '}';
    return out;
}

std::optional<Time> time_from_seconds(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || std::abs(seconds) > 9'000'000'000) return std::nullopt;
    std::int64_t fraction = 0;
    std::int64_t unit = 1'000'000'000;
    const char* at = end;
    if (at != text.data() + text.size() && *at++ != '.') return std::nullopt;
    for (; at != text.data() + text.size(); ++at) {
        if (*at < '0' || *at > '9') return std::nullopt;
        if (unit > 1) fraction += (*at - '0') * (unit /= 10);
    }
    return time_from_nanoseconds(seconds * 1'000'000'000 + (text.starts_with('-') ? -fraction : fraction));
}

std::string details_json(const Service& service) {
    std::string out = "{";
    member(out, "Description", service.description);
    member(out, "Id", service.id);
    member(out, "IdBillingAccount", account_digits(service.account));
    member(out, "SimultaneousLine", std::to_string(service.simultaneous_lines));
    member(out, "Type", text_of(service.type));
    out.back() = '}';
    return out;
}

Record record_of(const Event& event, const Service& service, Time timestamp, const TimeZone& zone) {
    Record record;
    record.timestamp = timestamp;
    record.protocol = event.protocol;
    record.native = event.native;
    record.name = event.name;
    record.account = service.account;
    record.ressource = event.ressource;
    record.data = data_json(event, zone);
    record.details = details_json(service);
    record.source = event.source;
    return record;
}

Result<Event> event_of(const Record& record) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::object members;
    if (const auto error = parser.parse(record.data).get(members))
        return unreadable(record, simdjson::error_message(error));
    Event event;
    event.name = record.name;
    event.protocol = record.protocol;
    event.ressource = record.ressource;
    event.native = record.native;
    event.source = record.source;
    if (record.protocol == Protocol::queues) {
        QueueData queue;
        for (const auto [name, value] : members) {
            std::string_view text;
            if (value.get(text) == simdjson::SUCCESS)
                queue.set(name, std::string(text));
            else
                append_extra(event.extra, name, value);
        }
        event.data = std::move(queue);
    } else {
        LineData line;
        for (const auto [name, value] : members)
            if (!read_line_member(line, name, value)) append_extra(event.extra, name, value);
        event.data = std::move(line);
    }
    return event;
}

Encoded encode(const Record& record, const TimeZone& zone) {
    Encoded out;
    const std::string date = zone.date(record.timestamp);
    const auto before = [&](std::string_view event, std::string_view token) {
        std::string text;
        text.reserve(32 + record.name.size());
        text.append("{\"").append(event).append("\":");
        append_json_string(text, record.name);
        return text.append(",\"").append(token).append("\":\"");
    };
    const auto after = [&](const std::array<std::string_view, 6>& names) {
        std::string text;
        text.reserve(160 + record.data.size() + record.details.size());
        text.append("\",\"").append(names[0]).append("\":\"").append(text_of(record.protocol));
        text.append("\",\"").append(names[1]).append("\":");
        append_json_string(text, record.ressource);
        text.append(",\"").append(names[2]).append("\":");
        append_number(text, nanoseconds_since_epoch(record.timestamp));
        text.append(",\"").append(names[3]).append("\":\"").append(date);
        text.append("\",\"").append(names[4]).append("\":").append(record.data);
        return text.append(",\"").append(names[5]).append("\":").append(record.details).append(1, '}');
    };
    out.v1_before = before("Event", "Token");
    out.v1_after = after({"Service", "Ressource", "Timestamp", "Date", "Data", "Details"});
    out.v2_before = before("event", "token");
    out.v2_after = after({"service", "ressource", "timestamp", "date", "data", "details"});
    return out;
}

}  // namespace callboard
