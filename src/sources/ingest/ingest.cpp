#include "sources/ingest/ingest.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <utility>

#include "sources/event_reader.hpp"

namespace callboard {
namespace {

namespace ondemand = simdjson::ondemand;
using Limits = IngestLimits;

template <typename... Parts>
Error wrong(fmt::format_string<Parts...> text, Parts&&... parts) {
    return {Error::Kind::invalid, fmt::format(text, std::forward<Parts>(parts)...)};
}

Error no_json(simdjson::error_code code) {
    switch (code) {
        case simdjson::EMPTY:
            return wrong("the body is empty; post an array of events");
        case simdjson::UTF8_ERROR:
            return wrong("the body is not UTF-8");
        case simdjson::DEPTH_ERROR:
            return wrong("the body is nested deeper than {}", Limits::kDeepest);
        case simdjson::NUMBER_ERROR:
            return wrong("the body has a number that is malformed or out of range");
        default:
            return wrong("the body is not JSON: {}", simdjson::error_message(code));
    }
}

}  // namespace

Result<std::vector<Event>> parse_ingest(std::string_view body, const Directory& directory, Time now) {
    if (body.size() > Limits::kLongestBody)
        return wrong("the body is longer than {} MiB; post it in parts", Limits::kLongestBody >> 20);
    const simdjson::padded_string json(body);
    // Reading on demand keeps numbers as they were written, but does not look at what it passes over: this
    // does.
    simdjson::dom::parser checker;
    if (const auto error = checker.allocate(body.size(), Limits::kDeepest)) return no_json(error);
    if (const auto error = checker.parse(json).error()) return no_json(error);

    ondemand::parser parser;
    EventReader reader(EventReader::kVersion2, json);
    ondemand::document document;
    ondemand::array elements;
    if (const auto error = parser.iterate(json).get(document)) return no_json(error);
    if (document.get_array().get(elements) != simdjson::SUCCESS)
        return wrong("the body must be an array of events");
    std::vector<Event> events;
    for (auto element : elements) {
        const auto in_element = [&](const Error& error) {
            return wrong("element {}: {}", events.size(), error.what);
        };
        if (events.size() == Limits::kMostEvents)
            return wrong("more than {} events; post them in parts", Limits::kMostEvents);
        ondemand::value value;
        if (const auto error = element.get(value)) return no_json(error);
        auto told = reader.envelope(value);
        if (!told) return in_element(told.error());
        auto event = reader.event(*std::move(told), directory, now);
        if (!event) return in_element(event.error());
        events.push_back(*std::move(event));
    }
    return events;
}

}  // namespace callboard
