#include <string>
#include <string_view>

#include "api/ovh/objects.hpp"
#include "api/ovh/routes.hpp"
#include "delivery/refusal.hpp"

namespace callboard::ovh_rest {

void answer_time(const Call& call) {
    const auto now = std::chrono::floor<std::chrono::seconds>(call.api.clock.now());
    call.exchange->respond(rest_answer(std::to_string(now.time_since_epoch().count())));
}

void answer_credential_request(const Call& call) {
    const std::string_view application = call.request.header("X-Ovh-Application");
    // An error, not a key that waits to be validated: clients would wait with it, and nobody could ever do
    // so.
    if (call.clients.find(application, {}).application)
        return call.exchange->respond(
            rest_answer(RestError{403, "FORBIDDEN",
                                  "Consumer keys of this installation come from its configuration: ask its "
                                  "operator for one ([[api.client]])"}));
    const HttpResponse unknown =
        rest_answer(RestError{403, "INVALID_KEY", "This application key is invalid"});
    if (application.empty()) return call.exchange->respond(unknown);
    refuse(call.reactor, call.api.readers.wrong_tokens, call.request.peer, call.exchange, unknown);
}

void answer_current_credential(const Call& call) {
    const Caller& caller = call.caller;
    call.exchange->respond(rest_answer(
        caller.client != nullptr
            ? credential_json(caller.client->application_key.reveal(), caller.client->consumer_key.reveal(),
                              caller.rules(), call.clients.since())
            : credential_json(caller.key->name, caller.key->name, caller.rules(), call.clients.since())));
}

void answer_details(const Call& call) {
    call.exchange->respond(
        rest_answer(details_json(call.caller.client != nullptr ? "" : call.caller.key->name)));
}

void answer_logout(const Call& call) {
    if (call.caller.client == nullptr)
        return call.exchange->respond(rest_answer(RestError{
            403, "FORBIDDEN",
            "This is a key of [[api.key]], which has no session: take it out of the configuration"}));
    call.clients.log_out(*call.caller.client);
    call.exchange->respond(rest_answer("null"));
}

}  // namespace callboard::ovh_rest
