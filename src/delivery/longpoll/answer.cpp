#include "delivery/longpoll/answer.hpp"

#include <string>
#include <utility>
#include <vector>

#include "event/json.hpp"

namespace callboard::longpoll {
namespace {

std::vector<std::pair<std::string, std::string>> headers() {
    return {{"Content-Type", "application/json"},
            {"Access-Control-Allow-Origin", "*"},
            {"Cache-Control", "no-store"}};
}

}  // namespace

SharedBytes answer(std::string_view session, std::string_view message, std::span<const Announced> events,
                   std::string_view token, bool masked) {
    HttpResponse response{200, headers(), {}};
    std::size_t size = 128 + message.size();
    for (const auto& event : events) {
        const Encoded& encoded = event->encoded(masked);
        size += encoded.v1_before.size() + token.size() + encoded.v1_after.size() + 1;
    }
    std::string& body = response.body;
    body.reserve(size);
    body.append("{\"Session\":\"").append(session).append("\",\"Message\":");
    append_json_string(body, message);
    body += ",\"Events\":[";
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Encoded& encoded = events[i]->encoded(masked);
        if (i > 0) body += ',';
        body.append(encoded.v1_before).append(token).append(encoded.v1_after);
    }
    body += "]}";
    return response_bytes(response);
}

HttpResponse refusal(int status, std::string_view message) {
    HttpResponse response{status, headers(), "{\"Session\":\"\",\"Message\":"};
    append_json_string(response.body, message);
    response.body += ",\"Events\":[]}";
    return response;
}

}  // namespace callboard::longpoll
