#include "app/exchange_script.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace callboard {
namespace {

/// Takes the first line off.
std::string_view line_of(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

std::optional<Duration> seconds_in(std::string_view text) {
    const auto seconds = number_in<double>(text);
    if (!seconds || !(*seconds >= 0 && *seconds < 9e9)) return std::nullopt;
    return std::chrono::microseconds(std::llround(*seconds * 1e6));
}

/// The number that is `later` by so much, as a text; nothing when `text` is no number, or the sum is none.
std::optional<std::string> moved(std::string_view text, std::int64_t later) {
    const auto number = number_in<std::int64_t>(text);
    std::int64_t sum = 0;
    if (!number || __builtin_add_overflow(*number, later, &sum)) return std::nullopt;
    return std::to_string(sum);
}

/// `text` with each line's value as `changed(name, value)` gives it; it may leave the value as it is.
template <typename Changed>
std::string with_values(std::string_view text, Changed changed) {
    std::string out;
    while (!text.empty()) {
        const auto line = line_of(text);
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) {
            out.append(line).append("\n");
            continue;
        }
        const auto name = line.substr(0, colon);
        out.append(name).append(": ").append(changed(name, line.substr(colon + 2))).append("\n");
    }
    return out;
}

}  // namespace

Result<ExchangeScript> ExchangeScript::read(std::string_view text) {
    ExchangeScript script;
    std::string* into = nullptr;
    const auto begin = [&](std::string_view what, std::string_view rest) {
        const auto seconds = what == "@answer" ? std::optional(Duration{}) : seconds_in(rest);
        if (!seconds) return false;
        if (what == "@answer") {
            into = &script.answers.emplace_back(std::string(rest), "").second;
        } else if (what == "@begin") {
            script.conversations.push_back({Time(*seconds), {}});
            into = nullptr;
        } else if (what == "@event" && !script.conversations.empty()) {
            into = &script.conversations.back().said.emplace_back(Said{*seconds, ""}).text;
        } else {
            return false;
        }
        return true;
    };
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = line_of(text);
        if (!line.starts_with('@')) {
            if (into == nullptr)
                return Error{Error::Kind::invalid, fmt::format("line {} belongs to nothing", number)};
            into->append(line).append("\n");
            continue;
        }
        const auto blank = std::min(line.find(' '), line.size());
        if (!begin(line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))))
            return Error{Error::Kind::invalid,
                         fmt::format("line {} is neither \"@answer COMMAND\", \"@begin SECONDS\" nor "
                                     "\"@event SECONDS\" after it",
                                     number)};
    }
    for (const auto& conversation : script.conversations)
        if (conversation.said.empty()) return Error{Error::Kind::invalid, "a conversation has no events"};
    return script;
}

const std::string* ExchangeScript::answer_to(std::string_view command) const {
    for (const auto& [beginning, text] : answers)
        if (command.starts_with(beginning)) return &text;
    return nullptr;
}

std::string freeswitch_lines(std::string_view text, Duration later, unsigned round) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(later).count();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(later).count();
    return with_values(text, [&](std::string_view name, std::string_view value) {
        std::string changed(value);
        if (name == "Event-Date-Timestamp") return moved(value, microseconds).value_or(changed);
        // 0 and less stand for what has not been.
        if (name.ends_with("-Time") && number_in<std::int64_t>(value).value_or(0) > 0)
            return moved(value, seconds).value_or(changed);
        if (name.ends_with("UUID") && changed.size() >= 8)
            changed.replace(0, 8, fmt::format("{:08x}", round));
        return changed;
    });
}

std::string asterisk_lines(std::string_view text, Duration later) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(later).count();
    return with_values(text, [&](std::string_view name, std::string_view value) {
        std::string changed(value);
        if (!name.ends_with("niqueid") && !name.ends_with("inkedid")) return changed;
        // Seconds since the epoch, a point, a number.
        const auto point = value.find('.');
        if (point == std::string_view::npos) return changed;
        if (const auto began = moved(value.substr(0, point), seconds))
            changed = *began + changed.substr(point);
        return changed;
    });
}

}  // namespace callboard
