#include "delivery/sse/frame.hpp"

namespace callboard::sse {

void append_event(std::string& out, std::string_view id, const Encoded& event, std::string_view token) {
    out.append("id: ").append(id).append("\ndata: ");
    out.append(event.v2_before).append(token).append(event.v2_after).append("\n\n");
}

std::string notice(std::string_view name, std::string_view message) {
    std::string text = "event: ";
    text.append(name).append("\ndata: {\"message\":");
    append_json_string(text, message);
    text.append("}\n\n");
    return text;
}

std::string heartbeat(std::string_view id) {
    std::string text = ":\nid: ";
    text.append(id).append("\n\n");
    return text;
}

}  // namespace callboard::sse
