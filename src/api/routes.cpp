#include "api/routes.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"

namespace callboard {
namespace {

constexpr std::array<Route, 10> kRoutes = {{
    {"GET", "/", answer_root, true},
    {"GET", "/demo/cti", answer_page},
    {"GET", "/api/snapshot", answer_snapshot},
    {"GET", "/api/events", answer_events},
    {"POST", "/api/ingest", answer_ingest},
    {"GET", "/api/openapi.json", answer_openapi},
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

std::string allowed(std::string_view method) {
    return (method == "GET" ? "GET, HEAD" : std::string(method)) + ", OPTIONS";
}

/// The preflight of the Fetch Standard §3.2, for what any page may read.
HttpResponse options(std::string_view method, bool any_origin, const HttpRequest& request) {
    HttpResponse response{204, {{"Allow", allowed(method)}}, {}};
    if (!any_origin) return response;
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.headers.emplace_back("Access-Control-Allow-Methods", allowed(method));
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    if (const auto headers = request.header("Access-Control-Request-Headers"); !headers.empty())
        response.headers.emplace_back("Access-Control-Allow-Headers", std::string(headers));
    return response;
}

HttpResponse not_allowed(std::string_view method) {
    HttpResponse response = error_answer(405, "This path takes " + allowed(method) + " only");
    response.headers.emplace_back("Allow", allowed(method));
    return response;
}

void answer_file(const HttpRequest& request, const Exchange& exchange) {
    const Asset* asset = find_asset(request.path);
    if (asset == nullptr)
        return exchange->respond(error_answer(404, "There is nothing at this path; /api/docs lists what is"));
    if (request.method == "OPTIONS") return exchange->respond(options("GET", false, request));
    if (!accepts("GET", request.method)) return exchange->respond(not_allowed("GET"));
    exchange->respond(asset_answer(*asset, request));
}

void answer(const Api& api, Reactor& reactor, const HttpRequest& request, const Exchange& exchange) {
    const std::string_view path = without_slash(request.path);
    const auto* const route =
        std::find_if(kRoutes.begin(), kRoutes.end(), [path](const Route& one) { return one.path == path; });
    if (route == kRoutes.end()) return answer_file(request, exchange);
    if (accepts(route->method, request.method)) return route->handle(api, reactor, request, exchange);
    if (request.method == "OPTIONS")
        return exchange->respond(options(route->method, route->any_origin, request));
    exchange->respond(not_allowed(route->method));
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
