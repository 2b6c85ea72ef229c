#include "api/ovh/routes.hpp"

#include <array>
#include <string>
#include <vector>

#include "api/ovh/signature.hpp"
#include "delivery/refusal.hpp"

namespace callboard::ovh_rest {
namespace {

constexpr std::size_t kLongestBody = 64
                                     << 10;  // of a call; it is hashed once for each URL that may be signed

constexpr std::string_view kAccount = "/telephony/{billingAccount}/eventToken";
constexpr std::string_view kService = "/telephony/{billingAccount}/service/{serviceName}/eventToken";
constexpr std::string_view kPabx = "/telephony/{billingAccount}/ovhPabx/{serviceName}/hunting/eventToken";
constexpr std::string_view kPabxAgent =
    "/telephony/{billingAccount}/ovhPabx/{serviceName}/hunting/agent/{agentId}/eventToken";
constexpr std::string_view kEasy = "/telephony/{billingAccount}/easyHunting/{serviceName}/hunting/eventToken";
constexpr std::string_view kEasyAgent =
    "/telephony/{billingAccount}/easyHunting/{serviceName}/hunting/agent/{agentId}/eventToken";

constexpr std::array<Route, 30> kRoutes = {{
    {"GET", "/auth/time", Needs::nothing, answer_time},
    {"POST", "/auth/credential", Needs::nothing, answer_credential_request},
    {"GET", "/auth/currentCredential", Needs::credential, answer_current_credential},
    {"GET", "/auth/details", Needs::credential, answer_details},
    {"POST", "/auth/logout", Needs::credential, answer_logout},
    {"GET", "/me", Needs::grant, answer_me},
    {"GET", "/telephony", Needs::grant, answer_accounts},
    {"GET", "/telephony/{billingAccount}", Needs::grant, answer_account},
    {"GET", "/telephony/{billingAccount}/service", Needs::grant, answer_services},
    {"GET", "/telephony/{billingAccount}/service/{serviceName}", Needs::grant, answer_service},
    {"GET", "/telephony/{billingAccount}/line", Needs::grant, answer_lines},
    {"GET", "/telephony/{billingAccount}/line/{serviceName}", Needs::grant, answer_line},
    {"GET", kAccount, Needs::grant, answer_token},
    {"POST", kAccount, Needs::grant, answer_token_creation},
    {"DELETE", kAccount, Needs::grant, answer_token_deletion},
    {"GET", kService, Needs::grant, answer_token},
    {"POST", kService, Needs::grant, answer_token_creation},
    {"DELETE", kService, Needs::grant, answer_token_deletion},
    {"GET", kPabx, Needs::grant, answer_token},
    {"POST", kPabx, Needs::grant, answer_token_creation},
    {"DELETE", kPabx, Needs::grant, answer_token_deletion},
    {"GET", kPabxAgent, Needs::grant, answer_token},
    {"POST", kPabxAgent, Needs::grant, answer_token_creation},
    {"DELETE", kPabxAgent, Needs::grant, answer_token_deletion},
    {"GET", kEasy, Needs::grant, answer_token},
    {"POST", kEasy, Needs::grant, answer_token_creation},
    {"DELETE", kEasy, Needs::grant, answer_token_deletion},
    {"GET", kEasyAgent, Needs::grant, answer_token},
    {"POST", kEasyAgent, Needs::grant, answer_token_creation},
    {"DELETE", kEasyAgent, Needs::grant, answer_token_deletion},
}};

bool accepts(std::string_view route, std::string_view method) {
    return route == method || (route == "GET" && method == "HEAD");
}

/// Whether a path that no route takes is one of OVH's all the same.
bool is_ours(std::string_view path) {
    if (without_base(path) != path) return true;
    for (const std::string_view root : {"/auth", "/me", "/telephony"})
        if (path == root || (path.starts_with(root) && path[root.size()] == '/')) return true;
    return false;
}

/// What a path takes: the methods of its routes, by comma.
std::string allowed(const std::vector<const Route*>& routes) {
    std::string methods;
    for (const Route* route : routes)
        methods.append(route->method == "GET" ? "GET, HEAD" : route->method).append(", ");
    return methods += "OPTIONS";
}

void answer_without_route(const std::vector<const Route*>& others, std::string_view method,
                          const Exchange& exchange) {
    if (others.empty())
        return exchange->respond(rest_answer(RestError{404, "NOT_FOUND", "Got an invalid (or empty) URL"}));
    const std::string methods = allowed(others);
    if (method == "OPTIONS") return exchange->respond(preflight_answer(methods));
    HttpResponse response =
        rest_answer(RestError{405, "METHOD_NOT_ALLOWED", "This path takes " + methods + " only"});
    response.headers.emplace_back("Allow", methods);
    exchange->respond(response);
}

void answer_route(Call call, const ApiKeys& keys, std::string_view path) {
    if (call.request.body.size() > kLongestBody)
        return call.exchange->respond(
            rest_answer(RestError{413, "CONTENT_TOO_LARGE", "The body of a call is at most 64 KiB long"}));
    if (call.route.needs != Needs::nothing) {
        const auto who =
            identify(call.request, call.clients, keys, call.api.public_url, call.api.clock.now());
        if (const auto* refusal = std::get_if<Refusal>(&who)) {
            if (!refusal->guessed) return call.exchange->respond(rest_answer(refusal->error));
            return refuse(call.reactor, call.api.readers.wrong_tokens, call.request.peer, call.exchange,
                          rest_answer(refusal->error));
        }
        call.caller = std::get<Caller>(who);
        if (call.route.needs == Needs::grant && !is_granted(call.caller.rules(), call.request.method, path))
            return call.exchange->respond(
                rest_answer(RestError{403, "NOT_GRANTED_CALL", "This call has not been granted"}));
    }
    call.route.handle(call);
}

}  // namespace

std::span<const Route> route_table() { return kRoutes; }

bool answer(const Api& api, Reactor& reactor, const HttpRequest& request, std::string_view path,
            const Exchange& exchange) {
    if (!is_ours(path)) return false;
    const std::string_view inside = without_base(path);
    std::vector<const Route*> others;  // at this path, for other methods
    for (const Route& route : kRoutes) {
        const auto parameters = match_path(route.path, inside);
        if (!parameters) continue;
        if (!accepts(route.method, request.method)) {
            others.push_back(&route);
            continue;
        }
        const auto clients = api.api_clients();
        const auto keys = api.api_keys();
        answer_route({api, reactor, request, route, *parameters, exchange, *clients, {}}, *keys, inside);
        return true;
    }
    answer_without_route(others, request.method, exchange);
    return true;
}

}  // namespace callboard::ovh_rest
