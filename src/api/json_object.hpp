#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "event/json.hpp"

namespace callboard {

/// Writes one JSON object: members in the order of the calls, closed at the end of its life.
class JsonObject {
  public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
    ~JsonObject() { out_ += '}'; }
    JsonObject(const JsonObject&) = delete;
    JsonObject& operator=(const JsonObject&) = delete;

    JsonObject& text(std::string_view name, std::string_view value) {
        append_json_string(begin(name), value);
        return *this;
    }
    JsonObject& text_or_null(std::string_view name, const std::optional<std::string>& value) {
        return value ? text(name, *value) : raw(name, "null");
    }
    JsonObject& truth(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    JsonObject& number(std::string_view name, std::uint64_t value) {
        return raw(name, fmt::format("{}", value));
    }
    JsonObject& time(std::string_view name, Time value) {
        return raw(name, fmt::format("{}", nanoseconds_since_epoch(value)));
    }
    JsonObject& time_or_null(std::string_view name, const std::optional<Time>& value) {
        return value ? time(name, *value) : raw(name, "null");
    }
    JsonObject& seconds(std::string_view name, Duration value) {
        return raw(name, fmt::format("{:.3f}", std::chrono::duration<double>(value).count()));
    }
    JsonObject& raw(std::string_view name, std::string_view json) {
        begin(name) += json;
        return *this;
    }
    /// Where the value is to be appended.
    std::string& begin(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        return out_.append(1, '"').append(name).append("\":");
    }

  private:
    std::string& out_;
    bool first_ = true;
};

/// Appends a JSON array; `append` writes one of the range.
template <typename Range, typename Append>
void append_json_array(std::string& out, const Range& range, Append append) {
    out += '[';
    bool first = true;
    for (const auto& one : range) {
        if (!first) out += ',';
        first = false;
        append(one);
    }
    out += ']';
}

}  // namespace callboard
