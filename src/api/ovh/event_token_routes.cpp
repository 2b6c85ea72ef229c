#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/ovh/expiration.hpp"
#include "api/ovh/routes.hpp"
#include "api/token_writer.hpp"
#include "base/secret.hpp"
#include "event/json.hpp"

namespace callboard::ovh_rest {
namespace {

constexpr std::string_view kType = "eventToken";
constexpr std::size_t kLongestAgent = 64;

/// The hunting that a route is of: `ovhPabx`, `easyHunting`, or none.
std::string_view hunting_of(const Route& route) {
    for (const std::string_view hunting : {"ovhPabx", "easyHunting"})
        if (route.path.find(hunting) != std::string_view::npos) return hunting;
    return {};
}

/// Agents are not configured, but told of by the exchange: each id that can be one has its place.
bool is_agent(std::string_view id) {
    return id.size() <= kLongestAgent && std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_' || c == '.';
           });
}

/// The place that a path names; an error when the configuration has no such account, service or queue.
std::variant<TokenPlace, RestError> place_of(const Call& call) {
    const auto directory = call.api.readers.hub.directory();
    TokenPlace place{std::string(call.parameters["billingAccount"]),
                     std::string(call.parameters["serviceName"]), std::string(hunting_of(call.route)),
                     std::string(call.parameters["agentId"])};
    if (directory->account(place.account) == nullptr) return no_such_service();
    if (place.service.empty()) return place;
    const Service* const service = directory->by_number(place.service);
    if (service == nullptr || service->account != place.account) return no_such_service();
    if (!place.hunting.empty() && !service->is_queue()) return no_such_service();
    if (!is_agent(place.agent)) return no_such_object("agent");
    return place;
}

/// Whoever calls, for a place. A client is told by the key that it was given for this installation.
Actor actor_of(const Call& call, const TokenPlace& place) {
    const Secret& key =
        call.caller.client != nullptr ? call.caller.client->consumer_key : call.caller.key->key;
    Grant grant;
    grant.account = place.account;
    grant.service = place.service;
    grant.agent = place.agent;
    return callboard::actor_of(call.request.peer, key.reveal(), grant);
}

RestError not_now(std::string_view why) { return {503, "SERVICE_UNAVAILABLE", std::string(why)}; }
constexpr std::string_view kTooMany = "Too many tokens are being made just now: try again";
constexpr std::string_view kNotWritten = "The tokens cannot be written just now: try again later";

std::string json_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

void answer_token(const Call& call) {
    const auto place = place_of(call);
    if (const auto* error = std::get_if<RestError>(&place))
        return call.exchange->respond(rest_answer(*error));
    const auto token = call.api.token_store.of_place(std::get<TokenPlace>(place));
    if (token)
        call.api.audit.note(actor_of(call, std::get<TokenPlace>(place)),
                            act::TokenRead{shown(token->text), token->grant.masked});
    call.exchange->respond(token ? rest_answer("{\"token\":" + json_text(token->text) + "}")
                                 : rest_answer(no_such_object(kType)));
}

void answer_token_creation(const Call& call) {
    const auto place = place_of(call);
    if (const auto* error = std::get_if<RestError>(&place))
        return call.exchange->respond(rest_answer(*error));
    const auto lifetime = expiration_of(call.request.body);
    if (const auto* error = std::get_if<RestError>(&lifetime))
        return call.exchange->respond(rest_answer(*error));
    const bool submitted = call.api.token_writer.create(
        std::get<TokenPlace>(place), std::get<std::optional<Duration>>(lifetime), call.reactor,
        [&audit = call.api.audit, actor = actor_of(call, std::get<TokenPlace>(place)),
         exchange = call.exchange](const Result<Token>& token) {
            if (!token) return exchange->respond(rest_answer(not_now(kNotWritten)));
            audit.note(actor, act::TokenCreate{shown(token->text), token->grant.masked});
            exchange->respond(rest_answer(json_text(token->text)));
        });
    if (!submitted) call.exchange->respond(rest_answer(not_now(kTooMany)));
}

void answer_token_deletion(const Call& call) {
    const auto place = place_of(call);
    if (const auto* error = std::get_if<RestError>(&place))
        return call.exchange->respond(rest_answer(*error));
    const auto token = call.api.token_store.of_place(std::get<TokenPlace>(place));
    const bool submitted = call.api.token_writer.revoke(
        std::get<TokenPlace>(place), call.reactor,
        [&audit = call.api.audit, actor = actor_of(call, std::get<TokenPlace>(place)),
         ended = token ? shown(token->text) : "", exchange = call.exchange](const Result<bool>& revoked) {
            if (!revoked) return exchange->respond(rest_answer(not_now(kNotWritten)));
            if (*revoked) audit.note(actor, act::TokenDelete{ended});
            exchange->respond(*revoked ? rest_answer("null") : rest_answer(no_such_object(kType)));
        });
    if (!submitted) call.exchange->respond(rest_answer(not_now(kTooMany)));
}

}  // namespace callboard::ovh_rest
