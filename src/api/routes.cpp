#include "api/routes.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/ovh/routes.hpp"

namespace callboard {
namespace {

constexpr std::array<Route, 35> kRoutes = {{
    {"GET", "/", answer_root, true},
    {"POST", "/v2/session", answer_create_session, true},
    {"GET", "/v2/session/{id}", answer_session, true},
    {"DELETE", "/v2/session/{id}", answer_delete_session, true},
    {"POST", "/v2/session/{id}/subscribe/{token}", answer_subscribe, true},
    {"DELETE", "/v2/session/{id}/subscribe/{token}", answer_unsubscribe, true},
    {"POST", "/v2/session/{id}/unsubscribe/{token}", answer_unsubscribe, true},
    {"GET", "/v2/session/{id}/events/poll", answer_poll, true},
    {"GET", "/v2/session/{id}/events/websocket", answer_websocket, true},
    {"GET", "/demo/cti", answer_page},
    {"GET", "/api/snapshot", answer_snapshot},
    {"GET", "/api/events", answer_events},
    {"GET", "/api/calls", answer_calls},
    {"GET", "/api/calls.csv", answer_calls_csv},
    {"GET", "/api/calls.jsonl", answer_calls_jsonl},
    {"GET", "/api/statistics", answer_statistics},
    {"GET", "/api/callbacks", answer_callbacks},
    {"POST", "/api/callbacks/{id}/done", answer_tick_callback},
    {"DELETE", "/api/callbacks/{id}/done", answer_untick_callback},
    {"GET", "/api/contacts", answer_contacts},
    {"POST", "/api/contacts", answer_import_contacts},
    {"POST", "/api/ingest", answer_ingest},
    {"GET", "/api/webhooks", answer_webhooks},
    {"POST", "/api/webhooks", answer_create_webhook},
    {"DELETE", "/api/webhooks/{id}", answer_delete_webhook},
    {"POST", "/api/webhooks/{id}/test", answer_test_webhook},
    {"POST", "/api/webhooks/{id}/resume", answer_resume_webhook},
    {"GET", "/api/webhooks/{id}/deliveries", answer_deliveries},
    {"POST", "/api/webhooks/{id}/deliveries/{delivery}/replay", answer_replay_delivery},
    {"GET", "/api/openapi.json", answer_openapi},
    {"GET", "/api/asyncapi.json", answer_asyncapi},
    {"GET", "/api/docs", answer_docs},
    {"GET", "/metrics", answer_metrics},
    {"GET", "/healthz", answer_alive},
    {"GET", "/readyz", answer_ready},
}};

std::string_view without_slash(std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

/// GET also means HEAD: the server leaves the body out.
bool accepts(std::string_view route, std::string_view method) {
    return route == method || (route == "GET" && method == "HEAD");
}

/// What a path takes: the methods of its routes, by comma.
std::string allowed(std::span<const Route* const> routes) {
    std::string methods;
    for (const Route* route : routes)
        methods.append(route->method == "GET" ? "GET, HEAD" : route->method).append(", ");
    return methods += "OPTIONS";
}

/// The preflight of the Fetch Standard §3.2, for what any page may read.
HttpResponse options(const std::string& methods, bool any_origin, const HttpRequest& request) {
    HttpResponse response{204, {{"Allow", methods}}, {}};
    if (!any_origin) return response;
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.headers.emplace_back("Access-Control-Allow-Methods", methods);
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    if (const auto headers = request.header("Access-Control-Request-Headers"); !headers.empty())
        response.headers.emplace_back("Access-Control-Allow-Headers", std::string(headers));
    return response;
}

HttpResponse not_allowed(const std::string& methods) {
    HttpResponse response = error_answer(405, "This path takes " + methods + " only");
    response.headers.emplace_back("Allow", methods);
    return response;
}

void answer_file(const HttpRequest& request, const Exchange& exchange) {
    static constexpr Route kFile{"GET", "", nullptr};
    static constexpr std::array<const Route*, 1> kFiles = {&kFile};
    const Asset* asset = find_asset(request.path);
    if (asset == nullptr)
        return exchange->respond(error_answer(404, "There is nothing at this path; /api/docs lists what is"));
    if (request.method == "OPTIONS") return exchange->respond(options(allowed(kFiles), false, request));
    if (!accepts(kFile.method, request.method)) return exchange->respond(not_allowed(allowed(kFiles)));
    exchange->respond(asset_answer(*asset, request));
}

void answer(const Api& api, Reactor& reactor, const HttpRequest& request, const Exchange& exchange) {
    const std::string_view path = without_slash(request.path);
    std::vector<const Route*> others;  // at this path, for other methods
    for (const Route& route : kRoutes) {
        const auto parameters = match_path(route.path, path);
        if (!parameters) continue;
        if (accepts(route.method, request.method))
            return route.handle(api, reactor, request, *parameters, exchange);
        others.push_back(&route);
    }
    if (others.empty()) {
        if (!ovh_rest::answer(api, reactor, request, path, exchange)) answer_file(request, exchange);
        return;
    }
    if (request.method == "OPTIONS")
        return exchange->respond(options(allowed(others), others.front()->any_origin, request));
    exchange->respond(not_allowed(allowed(others)));
}

}  // namespace

std::span<const Route> route_table() { return kRoutes; }

HttpHandler routes(Api api) {
    api.readers.metrics
        .gauge("callboard_build_info", "Always 1; the label says what runs.",
               {{"version", CALLBOARD_VERSION}})
        .set(1);
    return [api = std::move(api)](Reactor& reactor, const HttpRequest& request, Exchange exchange) {
        answer(api, reactor, request, exchange);
    };
}

}  // namespace callboard
