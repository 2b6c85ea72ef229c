#include "api/key_access.hpp"

#include <fmt/format.h>

#include <utility>

#include "api/answers.hpp"
#include "delivery/refusal.hpp"

namespace callboard {
namespace {

HttpResponse unknown_key() {
    HttpResponse response = error_answer(401, "Send a key of this installation as Authorization: Bearer");
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace

bool allowed_by_key(const Api& api, Reactor& reactor, const HttpRequest& request, const Exchange& exchange,
                    std::string_view rule) {
    switch (
        api.api_keys()->check(bearer_token(request.header("Authorization")), request.method, request.path)) {
        case ApiKeys::Verdict::unknown:
            refuse(reactor, api.readers.wrong_tokens, request.peer, exchange, unknown_key());
            return false;
        case ApiKeys::Verdict::forbidden:
            exchange->respond(error_answer(
                403, fmt::format("This key may not call this path: add \"{}\" to its allow list", rule)));
            return false;
        case ApiKeys::Verdict::allowed:
            break;
    }
    return true;
}

}  // namespace callboard
