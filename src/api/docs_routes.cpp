#include <string>

#include "api/handlers.hpp"
#include "api/openapi.hpp"

namespace callboard {

void answer_openapi(const Api&, Reactor&, const HttpRequest&, const PathParameters&,
                    const Exchange& exchange) {
    static const SharedBytes kAnswer = response_bytes({200,
                                                       {{"Content-Type", "application/json"},
                                                        {"Cache-Control", "no-cache"},
                                                        {"X-Content-Type-Options", "nosniff"}},
                                                       std::string(openapi_json())});
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
         docs_page(openapi_json())});
    exchange->respond(kAnswer);
}

}  // namespace callboard
