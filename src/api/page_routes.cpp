#include <string>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "delivery/longpoll/answer.hpp"

namespace callboard {
namespace {

/// The page runs its own files alone. It may call and frame others: callbacks open the addresses that their
/// owner has set, and the event service may be another one.
constexpr std::string_view kPagePolicy =
    "default-src 'self'; connect-src 'self' http: https:; frame-src http: https:; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

bool wants_page(const HttpRequest& request) {
    return request.header("Accept").find("text/html") != std::string_view::npos;
}

/// RFC 9110 §13.1.2: a list of tags, or `*`; a weak tag is as good here.
bool has_already(std::string_view if_none_match, std::string_view etag) {
    return if_none_match == "*" || (!etag.empty() && if_none_match.find(etag) != std::string_view::npos);
}

}  // namespace

HttpResponse asset_answer(const Asset& asset, const HttpRequest& request) {
    HttpResponse response{
        200,
        {{"Content-Type", std::string(asset.type)},
         {"ETag", std::string(asset.etag)},
         {"Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache"},
         {"Content-Security-Policy", std::string(kPagePolicy)},
         {"X-Content-Type-Options", "nosniff"},
         {"Referrer-Policy", "no-referrer"}},
        {}};
    if (has_already(request.header("If-None-Match"), asset.etag))
        response.status = 304;
    else
        response.body = asset.bytes;
    return response;
}

void answer_page(const Api&, Reactor&, const HttpRequest& request, const PathParameters&,
                 const Exchange& exchange) {
    const Asset* page = find_asset("/demo/cti");
    exchange->respond(page != nullptr ? asset_answer(*page, request)
                                      : error_answer(404, "This callboard was built without its page"));
}

void answer_root(const Api& api, Reactor& reactor, const HttpRequest& request,
                 const PathParameters& parameters, const Exchange& exchange) {
    if (const auto token = request.parameter("token"); token && !token->empty())
        return api.long_poll.serve(reactor, request, exchange);
    if (wants_page(request)) return answer_page(api, reactor, request, parameters, exchange);
    exchange->respond(longpoll::refusal(400, "The token is missing: GET /?token=..."));
}

}  // namespace callboard
