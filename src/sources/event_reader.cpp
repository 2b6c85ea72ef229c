#include "sources/event_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "event/json.hpp"
#include "sources/event_limits.hpp"

namespace callboard {
namespace {

namespace ondemand = simdjson::ondemand;

template <typename... Parts>
Error wrong(fmt::format_string<Parts...> text, Parts&&... parts) {
    return {Error::Kind::invalid, fmt::format(text, std::forward<Parts>(parts)...)};
}

/// Precondition of all who ask: the body was checked, so every value has a type.
ondemand::json_type type_of(ondemand::value value) {
    ondemand::json_type type{};
    static_cast<void>(value.type().get(type));
    return type;
}

/// A value as it was written, without blanks at its end. Takes the value.
std::string_view raw_text(ondemand::value value) {
    std::string_view text;
    const ondemand::json_type type = type_of(value);
    ondemand::object object;
    ondemand::array array;
    if (type == ondemand::json_type::object && value.get_object().get(object) == simdjson::SUCCESS)
        text = object.raw_json().value_unsafe();
    else if (type == ondemand::json_type::array && value.get_array().get(array) == simdjson::SUCCESS)
        text = array.raw_json().value_unsafe();
    else
        text = value.raw_json_token();
    return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

std::optional<std::string> text_of(ondemand::value value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    return std::string(text);
}

/// A number, or a string that holds one, as text.
std::optional<std::string> number_text_of(ondemand::value value) {
    if (type_of(value) == ondemand::json_type::number) return std::string(raw_text(value));
    return text_of(value);
}

std::optional<Time> time_from(std::string_view seconds) {
    const auto time = time_from_seconds(seconds);
    return time && *time >= Time{} ? time : std::nullopt;
}

std::optional<Time> time_from_nanoseconds_text(std::string_view text) {
    const auto ns = number_in<std::int64_t>(text);
    if (!ns || *ns < 0) return std::nullopt;
    return time_from_nanoseconds(*ns);
}

bool is_event_name(std::string_view name) {
    constexpr std::string_view kCharacters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    return !name.empty() && name.size() <= EventLimits::kLongestName &&
           name.find_first_not_of(kCharacters) == std::string_view::npos;
}

std::optional<Protocol> protocol_from(std::string_view text) {
    for (const Protocol protocol : {Protocol::sip, Protocol::mgcp, Protocol::queues})
        if (callboard::text_of(protocol) == text) return protocol;
    return std::nullopt;
}

/// Appends `"name":value` to the further members. Line ends and blanks of the source go.
void append_extra(std::string& extra, std::string_view name, std::string_view value) {
    if (!extra.empty()) extra += ',';
    append_json_string(extra, name);
    extra += ':';
    const std::size_t begin = extra.size();
    extra.resize(begin + value.size() + simdjson::SIMDJSON_PADDING);
    std::size_t length = 0;
    const auto error = simdjson::minify(value.data(), value.size(), extra.data() + begin, length);
    extra.resize(begin + length);
    if (error) extra.replace(begin, length, "null");  // an open string: not in a body that was checked
}

/// The members of an event, before `data` is looked into.
struct Envelope {
    std::optional<std::string> event, service, ressource;
    std::optional<std::string_view> data;  // JSON text of an object, in the padded text
    std::int64_t timestamp = 0;
};

Result<void> read_text(std::optional<std::string>& into, std::string_view name, ondemand::value value) {
    if (into) return wrong("\"{}\" is there twice", name);
    into = text_of(value);
    if (!into) return wrong("\"{}\" must be a string", name);
    return {};
}

Result<void> read_member(Envelope& envelope, const EventReader::Names& names, std::string_view name,
                         ondemand::value value) {
    if (name == names.event) return read_text(envelope.event, name, value);
    if (name == names.service) return read_text(envelope.service, name, value);
    if (name == names.ressource) return read_text(envelope.ressource, name, value);
    if (name == names.timestamp && type_of(value) == ondemand::json_type::number) {
        const std::string_view digits = raw_text(value);
        std::from_chars(digits.data(), digits.data() + digits.size(), envelope.timestamp);
        return {};
    }
    if (name != names.data) return {};
    if (envelope.data) return wrong("\"{}\" is there twice", name);
    if (type_of(value) != ondemand::json_type::object) return wrong("\"{}\" must be an object", name);
    envelope.data = raw_text(value);
    if (envelope.data->size() > EventLimits::kLongestData)
        return wrong("\"{}\" is longer than {} bytes", name, EventLimits::kLongestData);
    return {};
}

/// Whom the event is about, checked against the directory.
Result<Event> begin_event(ToldEvent&& told, const EventReader::Names& names, const Directory& directory) {
    Event event;
    if (!is_event_name(told.event))
        return wrong("\"{}\" must be 1 to {} letters, digits, \"_\", \"-\" or \".\"", names.event,
                     EventLimits::kLongestName);
    const auto protocol = protocol_from(told.service);
    if (!protocol) return wrong("\"{}\" must be \"sip\", \"mgcp\" or \"queues\"", names.service);
    const Service* service = directory.by_number(told.ressource);
    if (service == nullptr) return wrong("\"{}\" is no line or queue of the configuration", names.ressource);
    if (service->is_queue() != (*protocol == Protocol::queues))
        return wrong("\"{}\" is a {}, so \"{}\" must be {}", names.ressource,
                     service->is_queue() ? "queue" : "line", names.service,
                     service->is_queue() ? "\"queues\"" : "\"sip\" or \"mgcp\"");
    event.name = std::move(told.event);
    event.protocol = *protocol;
    event.ressource = std::move(told.ressource);
    event.native = event.name == event_name::call_failed || event.name == event_name::unregistered;
    return event;
}

/// One member of a line's data; those that we do not know become extra.
Result<void> read_line_member(Event& event, std::string_view name, ondemand::value value) {
    auto& line = std::get<LineData>(event.data);
    if (name == "Event" || name == "Protocol" || name == "Datetime") return {};
    if (name == "Ts" || name == "TsGet") {
        const auto text = number_text_of(value);
        const bool seconds = name == "Ts";
        const auto time = !text     ? std::nullopt
                          : seconds ? time_from(*text)
                                    : time_from_nanoseconds_text(*text);
        if (!time)
            return wrong("\"data.{}\" must be {} since 1970", name, seconds ? "seconds" : "nanoseconds");
        (seconds ? line.ts : line.ts_get) = *time;
        return {};
    }
    for (const auto& [known, field] : kLineTexts)
        if (known == name) {
            auto text = text_of(value);
            if (!text) return wrong("\"data.{}\" must be a string", name);
            line.*field = *std::move(text);
            return {};
        }
    append_extra(event.extra, name, raw_text(value));
    return {};
}

/// One member of a queue's data: text; what is neither text, number nor boolean becomes extra.
Result<void> read_queue_member(Event& event, std::string_view name, ondemand::value value) {
    auto& queue = std::get<QueueData>(event.data);
    const ondemand::json_type type = type_of(value);
    if (name == "Ts") {
        const auto text = number_text_of(value);
        const auto time = text ? time_from(*text) : std::nullopt;
        if (!time) return wrong("\"data.Ts\" must be seconds since 1970");
        queue.set(name, std::to_string(nanoseconds_since_epoch(*time) / 1'000'000'000));
    } else if (type == ondemand::json_type::string) {
        auto text = text_of(value);
        if (!text) return wrong("\"data.{}\" must be a string", name);
        queue.set(name, *std::move(text));
    } else if (type == ondemand::json_type::number || type == ondemand::json_type::boolean) {
        queue.set(name, std::string(raw_text(value)));
    } else {
        append_extra(event.extra, name, raw_text(value));
    }
    return {};
}

void prepare_data(Event& event, Time now) {
    const std::int64_t ns = nanoseconds_since_epoch(now);
    if (event.protocol != Protocol::queues) {
        LineData line;
        line.billing = event.ressource;
        line.ts = line.ts_get = now;
        event.data = std::move(line);
        return;
    }
    QueueData queue;
    queue.set("Action", event.name);
    queue.set("Protocol", "sip");
    queue.set("Queue", event.ressource);
    queue.set("Ts", std::to_string(ns / 1'000'000'000));
    event.data = std::move(queue);
}

Result<void> read_data(Event& event, ondemand::parser& parser, simdjson::padded_string_view text) {
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(text).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS)
        return wrong("\"data\" cannot be read");
    std::array<std::string_view, EventLimits::kMostMembers> names;
    std::size_t count = 0;
    for (auto field : object) {
        std::string_view name;
        ondemand::value value;
        if (field.unescaped_key().get(name) != simdjson::SUCCESS ||
            field.value().get(value) != simdjson::SUCCESS)
            return wrong("\"data\" cannot be read");
        if (count == names.size()) return wrong("\"data\" has more than {} members", names.size());
        if (name.size() > EventLimits::kLongestName)
            return wrong("a member of \"data\" has a name of more than {} bytes", EventLimits::kLongestName);
        const auto end = names.begin() + static_cast<std::ptrdiff_t>(count);
        if (std::find(names.begin(), end, name) != end) return wrong("\"data.{}\" is there twice", name);
        names[count++] = name;
        auto read = event.protocol == Protocol::queues ? read_queue_member(event, name, value)
                                                       : read_line_member(event, name, value);
        if (!read) return read;
    }
    return {};
}

}  // namespace

Result<ToldEvent> EventReader::envelope(ondemand::value element) const {
    ondemand::object object;
    if (type_of(element) != ondemand::json_type::object ||
        element.get_object().get(object) != simdjson::SUCCESS)
        return wrong("it must be an object");
    Envelope read_so_far;
    for (auto field : object) {
        std::string_view name;
        ondemand::value value;
        if (field.unescaped_key().get(name) != simdjson::SUCCESS ||
            field.value().get(value) != simdjson::SUCCESS)
            return wrong("it cannot be read");
        // The name's bytes are the parser's, and stay until the next text.
        if (auto read = read_member(read_so_far, names_, name, value); !read) return read.error();
    }
    auto& [event, service, ressource, data, timestamp] = read_so_far;
    for (const auto& [name, there] :
         {std::pair{names_.event, event.has_value()}, std::pair{names_.service, service.has_value()},
          std::pair{names_.ressource, ressource.has_value()}, std::pair{names_.data, data.has_value()}})
        if (!there) return wrong("\"{}\" is missing", name);
    return ToldEvent{*std::move(event), *std::move(service), *std::move(ressource), *data, timestamp};
}

Result<Event> EventReader::event(ToldEvent told, const Directory& directory, Time now) {
    const std::string_view data = told.data;
    auto event = begin_event(std::move(told), names_, directory);
    if (!event) return event;
    prepare_data(*event, now);
    const auto behind = static_cast<std::size_t>(json_.data() + json_.size() - data.data());
    const auto read = read_data(
        *event, data_parser_,
        simdjson::padded_string_view(data.data(), data.size(), behind + simdjson::SIMDJSON_PADDING));
    if (!read) return read.error();
    return event;
}

}  // namespace callboard
