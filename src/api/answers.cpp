#include "api/answers.hpp"

#include <utility>

#include "event/json.hpp"

namespace callboard {
namespace {

HttpResponse answer(int status, std::string_view type, std::string body) {
    return {status,
            {{"Content-Type", std::string(type)},
             {"Cache-Control", "no-store"},
             {"X-Content-Type-Options", "nosniff"}},
            std::move(body)};
}

}  // namespace

HttpResponse json_answer(int status, std::string body) {
    return answer(status, "application/json", std::move(body));
}

HttpResponse text_answer(int status, std::string body) {
    return answer(status, "text/plain; charset=utf-8", std::move(body));
}

HttpResponse error_answer(int status, std::string_view message) {
    std::string body = "{\"message\":";
    append_json_string(body, message);
    return json_answer(status, std::move(body += '}'));
}

}  // namespace callboard
