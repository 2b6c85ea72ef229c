#include "sources/freeswitch/esl_event.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace callboard {
namespace {

Error unreadable(std::string what) { return {Error::Kind::invalid, std::move(what)}; }

}  // namespace

Result<EslEvent> EslEvent::read(EslFrame frame) {
    EslEvent event;
    if (frame.content_type == "text/event-plain") {
        event.encoded_ = true;
        event.text_ = std::move(frame.body);
        event.read_plain();
    } else if (frame.content_type == "text/event-json") {
        event.text_ = std::move(frame.body);
        if (auto read = event.read_json(); !read) return read.error();
    } else {
        return unreadable("a frame of type " + frame.content_type + " is no event");
    }
    event.name_ = event.get("Event-Subclass");
    if (event.name_.empty()) event.name_ = event.get("Event-Name");
    return event;
}

void EslEvent::read_plain() {
    const std::string_view text = text_;
    std::size_t at = 0;
    while (at < text.size() && text[at] != '\n' && headers_.size() < kMostHeaders) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::size_t colon = text.find(": ", at);
        if (colon < end)
            headers_.push_back({at, colon - at, colon + 2, std::min(end - colon - 2, kLongestValue)});
        at = std::min(end + 1, text.size());
    }
    const std::string_view length = raw("Content-Length");
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    if (bytes > 0 && at + 1 < text.size()) body_ = text.substr(at + 1, bytes);
}

Result<void> EslEvent::read_json() {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::object object;
    const std::string json = std::move(text_);
    text_.clear();
    if (parser.parse(json).get(object) != simdjson::SUCCESS)
        return unreadable("an event's JSON cannot be read");
    for (const auto& [name, value] : object) {
        std::string_view text;
        if (headers_.size() >= kMostHeaders || value.get(text) != simdjson::SUCCESS) continue;
        if (name == "_body")
            body_ = text;
        else
            add(name, text.substr(0, kLongestValue));
    }
    return {};
}

void EslEvent::add(std::string_view name, std::string_view value) {
    const std::size_t at = text_.size();
    text_.append(name).append(value);
    headers_.push_back({at, name.size(), at + name.size(), value.size()});
}

const EslEvent::Header* EslEvent::find(std::string_view name) const {
    const auto found = std::find_if(headers_.begin(), headers_.end(),
                                    [&](const Header& header) { return name_of(header) == name; });
    return found == headers_.end() ? nullptr : &*found;
}

std::string_view EslEvent::raw(std::string_view name) const {
    const Header* header = find(name);
    return header == nullptr ? std::string_view()
                             : std::string_view(text_).substr(header->value, header->value_length);
}

std::string EslEvent::value_of(const Header& header) const {
    const std::string_view value = std::string_view(text_).substr(header.value, header.value_length);
    return encoded_ ? percent_decoded(value) : std::string(value);
}

std::string EslEvent::get(std::string_view name) const {
    const Header* header = find(name);
    return header == nullptr ? std::string() : value_of(*header);
}

}  // namespace callboard
