#include "app/event_line.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <ctime>

#include "base/text.hpp"

namespace callboard {
namespace {

std::string member(const simdjson::dom::element& object, std::string_view name) {
    std::string_view text;
    if (object[name].get(text) != simdjson::SUCCESS) return {};
    std::string out;
    for (const char c : text) out += is_control(c) ? '?' : c;
    return out;
}

}  // namespace

Result<std::string> event_line(std::string_view json, const ShowTime& show) {
    simdjson::dom::parser parser;
    simdjson::dom::element event, data, details;
    std::int64_t timestamp = 0;
    if (parser.parse(json.data(), json.size()).get(event) != simdjson::SUCCESS ||
        event["data"].get(data) != simdjson::SUCCESS ||
        event["timestamp"].get(timestamp) != simdjson::SUCCESS)
        return Error{Error::Kind::invalid, "the server sends what is no event; is it a Callboard?"};
    std::string line = fmt::format("{}  {:<14}  {}", show(time_from_nanoseconds(timestamp)),
                                   member(event, "event"), member(event, "ressource"));
    const auto calling = member(data, "Calling"), called = member(data, "Called");
    if (!calling.empty() && calling != called) line += fmt::format("  {} → {}", calling, called);
    if (event["details"].get(details) == simdjson::SUCCESS)
        if (const auto description = member(details, "Description"); !description.empty())
            line += "  " + description;
    return line;
}

std::string local_time(Time time) {
    const auto seconds = static_cast<std::time_t>(nanoseconds_since_epoch(time) / 1'000'000'000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string notice_text(std::string_view json) {
    simdjson::dom::parser parser;
    simdjson::dom::element notice;
    if (parser.parse(json.data(), json.size()).get(notice) != simdjson::SUCCESS) return std::string(json);
    const auto text = member(notice, "message");
    return text.empty() ? std::string(json) : text;
}

}  // namespace callboard
