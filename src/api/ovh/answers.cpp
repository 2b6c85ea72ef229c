#include "api/ovh/answers.hpp"

#include <fmt/format.h>

#include <utility>

#include "api/token_seal.hpp"
#include "event/json.hpp"

namespace callboard::ovh_rest {
namespace {

/// `403 Forbidden` → `Client::Forbidden`, `503 Service Unavailable` → `Server::ServiceUnavailable`.
std::string class_of(int status) {
    std::string name = status < 500 ? "Client::" : "Server::";
    for (char c : reason_phrase(status))
        if (c != ' ') name += c;
    return name;
}

std::vector<std::pair<std::string, std::string>> headers() {
    return {{"Content-Type", "application/json; charset=utf-8"},
            {"Cache-Control", "no-cache, no-store"},
            {"X-Content-Type-Options", "nosniff"},
            {"X-Frame-Options", "DENY"},
            {"X-Ovh-Queryid", random_token()},
            {"Access-Control-Allow-Origin", "*"},
            {"Access-Control-Allow-Headers",
             "X-Ovh-Timestamp, X-Ovh-Consumer, X-Ovh-Application, X-Ovh-Signature, X-Ovh-Session, "
             "Authorization, Content-Type"},
            {"Access-Control-Allow-Methods", "GET, POST, DELETE"}};
}

}  // namespace

HttpResponse rest_answer(std::string body, int status) { return {status, headers(), std::move(body)}; }

HttpResponse rest_answer(const RestError& error) {
    std::string body = "{\"message\":";
    append_json_string(body, error.message);
    body += fmt::format(R"(,"httpCode":"{} {}","errorCode":"{}","class":"{}"}})", error.status,
                        reason_phrase(error.status), error.code, class_of(error.status));
    HttpResponse response = rest_answer(std::move(body), error.status);
    // RFC 9110 §11.6.1 and §10.2.3.
    if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (error.status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
}

HttpResponse preflight_answer(const std::string& methods) {
    HttpResponse response{204, headers(), {}};
    response.headers.erase(response.headers.begin());  // there is no content
    response.headers.emplace_back("Allow", methods);
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    return response;
}

RestError no_such_service() { return {404, "NOT_FOUND", "This service does not exist"}; }

RestError no_such_object(std::string_view type) {
    return {404, "NOT_FOUND", fmt::format("The requested object ({}) does not exist", type)};
}

RestError wrong_parameter(std::string_view name, std::string_view why) {
    return {400, "INVALID_PARAMETER", fmt::format("[{}] {}", name, why)};
}

}  // namespace callboard::ovh_rest
