#include <string>
#include <string_view>

#include "api/handlers.hpp"
#include "api/openapi.hpp"

namespace callboard {
namespace {

SharedBytes description_bytes(std::string_view json) {
    return response_bytes({200,
                           {{"Content-Type", "application/json"},
                            {"Cache-Control", "no-cache"},
                            {"X-Content-Type-Options", "nosniff"}},
                           std::string(json)});
}

}  // namespace

void answer_openapi(const Api&, Reactor&, const HttpRequest&, const PathParameters&,
                    const Exchange& exchange) {
    static const SharedBytes kAnswer = description_bytes(openapi_json());
    exchange->respond(kAnswer);
}

void answer_asyncapi(const Api&, Reactor&, const HttpRequest&, const PathParameters&,
                     const Exchange& exchange) {
    static const SharedBytes kAnswer = description_bytes(asyncapi_json());
    exchange->respond(kAnswer);
}

void answer_docs(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange& exchange) {
    static const SharedBytes kAnswer = response_bytes(
        {200,
         {{"Content-Type", "text/html; charset=utf-8"},
          {"Cache-Control", "no-cache"},
          {"Content-Security-Policy",
           "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"}},
         docs_page(openapi_json(), asyncapi_json())});
    exchange->respond(kAnswer);
}

}  // namespace callboard
