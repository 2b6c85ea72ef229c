#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "api/ovh/access.hpp"
#include "api/route_match.hpp"
#include "api/routes.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard::ovh_rest {

struct Route;

/// One call that may be answered. Views and references are valid during the handler only.
struct Call {
    const Api& api;
    Reactor& reactor;
    const HttpRequest& request;
    const Route& route;
    const PathParameters& parameters;
    const Exchange& exchange;
    const ApiClients& clients;
    Caller caller;  ///< nobody where the route is open
};

/// Who may call.
enum class Needs {
    nothing,
    credential,  ///< a valid one: tells about the caller alone
    grant,       ///< and a rule that allows the call
};

/// One method of one path, beside `/1.0`, `/v1` and the root.
struct Route {
    std::string_view method;  ///< GET also answers HEAD
    std::string_view path;
    Needs needs;
    void (*handle)(const Call&);
};

/// All of them.
std::span<const Route> route_table();

/// Answers a call of the REST side; false, and nothing is done: `path` (without a slash at its end) is not of
/// it.
bool answer(const Api& api, Reactor& reactor, const HttpRequest& request, std::string_view path,
            const Exchange& exchange);

/// `GET /auth/time`: seconds since 1970, alone.
void answer_time(const Call&);
/// `POST /auth/credential`: keys come from the configuration, and from nowhere else.
void answer_credential_request(const Call&);
/// `GET /auth/currentCredential`
void answer_current_credential(const Call&);
/// `GET /auth/details`
void answer_details(const Call&);
/// `POST /auth/logout`: ends the consumer key until the configuration is read again.
void answer_logout(const Call&);
/// `GET /me`
void answer_me(const Call&);
/// `GET /telephony`
void answer_accounts(const Call&);
/// `GET /telephony/{billingAccount}`
void answer_account(const Call&);
/// `GET /telephony/{billingAccount}/service`
void answer_services(const Call&);
/// `GET /telephony/{billingAccount}/service/{serviceName}`
void answer_service(const Call&);
/// `GET /telephony/{billingAccount}/line`
void answer_lines(const Call&);
/// `GET /telephony/{billingAccount}/line/{serviceName}`
void answer_line(const Call&);
/// `GET …/eventToken` of each of the six places
void answer_token(const Call&);
/// `POST …/eventToken`
void answer_token_creation(const Call&);
/// `DELETE …/eventToken`
void answer_token_deletion(const Call&);

}  // namespace callboard::ovh_rest
