#include "sources/ovh/ovh_answer.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "sources/event_limits.hpp"
#include "sources/event_reader.hpp"

namespace callboard {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kLongestReason = 200;  // bytes
constexpr std::string_view kBlanks = " \t\r\n";

Error no_answer(std::string_view why) {
    return {Error::Kind::invalid, fmt::format("the answer is none of the event service: {}", why)};
}

/// Reading on demand keeps numbers as they were written, but does not look at what it passes over: this does.
/// In an answer, data stands deeper than in itself.
Result<void> check_json(const simdjson::padded_string& json) {
    constexpr std::size_t kAround = 3;
    simdjson::dom::parser checker;
    auto error = checker.allocate(json.size(), EventLimits::kDeepest + kAround);
    if (!error) error = checker.parse(json).error();
    if (error) return no_answer(simdjson::error_message(error));
    return {};
}

/// The text of a member; empty when it is null. False: it is something else, or too long.
bool read_text(std::string& into, ondemand::value value) {
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (type == ondemand::json_type::null) return true;
    std::string_view text;
    if (type != ondemand::json_type::string || value.get_string().get(text) != simdjson::SUCCESS)
        return false;
    if (text.size() > OvhAnswer::kLongestSession) return false;
    into = text;
    return true;
}

/// Puts one event where it belongs.
void take_event(OvhAnswer& answer, EventReader& reader, ondemand::value element, const Directory& directory,
                Time now) {
    auto told = reader.envelope(element);
    if (!told) return answer.unreadable.push_back(told.error().what);
    if (directory.by_number(told->ressource) == nullptr)
        return answer.unknown.push_back(std::move(told->ressource));
    const std::int64_t timestamp = told->timestamp;
    auto event = reader.event(*std::move(told), directory, now);
    if (!event) return answer.unreadable.push_back(event.error().what);
    if (event->native)
        return answer.unreadable.push_back("\"" + event->name + "\" is none of the service's events");
    answer.events.push_back({*std::move(event), timestamp});
}

Result<void> read_events(OvhAnswer& answer, ondemand::value value, const EventReader::Names& names,
                         const simdjson::padded_string& json, const Directory& directory, Time now) {
    ondemand::json_type type{};
    if (value.type().get(type) == simdjson::SUCCESS && type == ondemand::json_type::null) return {};
    ondemand::array elements;
    if (type != ondemand::json_type::array || value.get_array().get(elements) != simdjson::SUCCESS)
        return no_answer("its events are no array");
    EventReader reader(names, json);
    std::size_t count = 0;
    for (auto element : elements) {
        ondemand::value one;
        if (element.get(one) != simdjson::SUCCESS) return no_answer("it cannot be read");
        if (++count > OvhAnswer::kMostEvents) return no_answer("it has too many events");
        take_event(answer, reader, one, directory, now);
    }
    return {};
}

}  // namespace

Result<OvhAnswer> parse_ovh_v1(std::string_view body, const Directory& directory, Time now) {
    if (body.size() > OvhAnswer::kLongest) return no_answer("it is too long");
    const simdjson::padded_string json(body);
    if (auto checked = check_json(json); !checked) return checked.error();
    ondemand::parser parser;
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(json).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS)
        return no_answer("it is no object");
    OvhAnswer answer;
    bool has_session = false, has_events = false;
    for (auto field : object) {
        std::string_view name;
        ondemand::value value;
        if (field.unescaped_key().get(name) != simdjson::SUCCESS ||
            field.value().get(value) != simdjson::SUCCESS)
            return no_answer("it cannot be read");
        if (name == "Session" && !std::exchange(has_session, true)) {
            if (!read_text(answer.session, value)) return no_answer("its Session is no text");
        } else if (name == "Message") {
            if (!read_text(answer.message, value)) return no_answer("its Message is no text");
        } else if (name == "Events" && !std::exchange(has_events, true)) {
            auto read = read_events(answer, value, EventReader::kVersion1, json, directory, now);
            if (!read) return read.error();
        }
    }
    if (!has_session && !has_events) return no_answer("it has neither Session nor Events");
    return answer;
}

Result<OvhAnswer> parse_ovh_v2(std::string_view body, const Directory& directory, Time now) {
    if (body.size() > OvhAnswer::kLongest) return no_answer("it is too long");
    OvhAnswer answer;
    const std::string_view text = trimmed(body, kBlanks);
    if (text == kOvhTimeout || text == "null") return answer;
    const simdjson::padded_string json(body);
    if (auto checked = check_json(json); !checked) return checked.error();
    ondemand::parser parser;
    ondemand::document document;
    ondemand::value value;
    if (parser.iterate(json).get(document) != simdjson::SUCCESS ||
        document.get_value().get(value) != simdjson::SUCCESS)
        return no_answer("it is no array");
    auto read = read_events(answer, value, EventReader::kVersion2, json, directory, now);
    if (!read) return read.error();
    return answer;
}

Result<std::string> parse_ovh_session(std::string_view body) {
    if (body.size() > OvhAnswer::kLongest) return no_answer("it is too long");
    simdjson::dom::parser parser;
    std::string_view id;
    if (parser.parse(simdjson::padded_string(body))["id"].get_string().get(id) != simdjson::SUCCESS)
        return no_answer("it has no \"id\"");
    const bool fits = !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
    });
    if (!fits) return no_answer("its \"id\" is none of a session");
    return std::string(id);
}

std::string ovh_reason(std::string_view body) {
    std::string_view reason = body;
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    if (body.size() <= OvhAnswer::kLongest &&
        parser.parse(simdjson::padded_string(body)).get(document) == simdjson::SUCCESS)
        for (const char* name : {"Message", "message"})
            if (document[name].get_string().get(reason) == simdjson::SUCCESS) break;
    std::string line(trimmed(reason.substr(0, kLongestReason), kBlanks));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = ' ';
    return line.empty() ? "no reason given" : line;
}

}  // namespace callboard
