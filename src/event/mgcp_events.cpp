#include "event/mgcp_events.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "event/mgcp_message.hpp"

namespace callboard {
namespace {

constexpr std::string_view kBlanks = " \t";

/// The text inside quotes when the whole of it is quoted.
std::string_view unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
    return trimmed(text.substr(1, text.size() - 2), kBlanks);
}

}  // namespace

std::string_view text_of(MgcpVerb verb) {
    static constexpr std::array<std::string_view, 10> kVerbs = {"EPCF", "CRCX", "MDCX", "DLCX", "RQNT",
                                                                "NTFY", "AUEP", "AUCX", "RSIP", ""};
    return kVerbs[static_cast<std::size_t>(verb)];
}

bool MgcpEvent::is(std::string_view wanted) const { return equals_ignoring_case(name, wanted); }

std::string_view next_element(std::string_view& list) {
    std::size_t depth = 0;
    bool quoted = false;
    std::size_t at = 0;
    for (; at < list.size(); ++at) {
        const char c = list[at];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') ++depth;
        if (c == ')' && depth > 0) --depth;
        if (c == ',' && depth == 0) break;
    }
    const std::string_view element = trimmed(list.substr(0, at), kBlanks);
    list.remove_prefix(std::min(at + 1, list.size()));
    return element;
}

bool is_balanced(std::string_view list) {
    std::size_t depth = 0;
    bool quoted = false;
    for (const char c : list) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') ++depth;
        if (c == ')' && depth-- == 0) return false;
    }
    return depth == 0 && !quoted;
}

MgcpEvent event_of(std::string_view element) {
    MgcpEvent event;
    const std::size_t open = std::min(element.find('('), element.size());
    std::string_view head = trimmed(element.substr(0, open), kBlanks);
    // To the parenthesis that closes the first one.
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t at = open; at < element.size(); ++at) {
        if (element[at] == '"') quoted = !quoted;
        if (quoted) continue;
        if (element[at] == '(') ++depth;
        if (element[at] == ')' && --depth == 0) {
            event.parameters = element.substr(open + 1, at - open - 1);
            break;
        }
    }
    if (const std::size_t slash = head.find('/'); slash != std::string_view::npos) {
        event.package = head.substr(0, slash);
        head.remove_prefix(slash + 1);
    }
    const std::size_t on = std::min(head.find('@'), head.size());
    event.name = head.substr(0, on);
    event.connection = head.substr(std::min(on + 1, head.size()));
    return event;
}

bool is_key(const MgcpEvent& event) {
    const bool keys = event.package.empty() || equals_ignoring_case(event.package, "D") ||
                      equals_ignoring_case(event.package, "L");
    return keys && event.name.size() == 1 &&
           std::string_view("0123456789*#ABCDabcd").find(event.name.front()) != std::string_view::npos;
}

MgcpCallerId caller_id(std::string_view parameters) {
    next_element(parameters);  // the time
    const std::string_view number = unquoted(next_element(parameters));
    if (equals_ignoring_case(number, "P")) return {{}, true};
    if (equals_ignoring_case(number, "O")) return {};  // out of the area that tells numbers
    return {number, false};
}

}  // namespace callboard
