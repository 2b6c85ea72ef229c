#include "api/ovh/access.hpp"

#include <algorithm>
#include <string>

#include "api/ovh/signature.hpp"
#include "base/text.hpp"

namespace callboard::ovh_rest {
namespace {

Refusal guessed(RestError error) { return {std::move(error), true}; }

/// Whole seconds and nothing else, not far from now.
bool is_timely(std::string_view timestamp, Time now) {
    const auto seconds = number_in<std::int64_t>(timestamp);
    if (!seconds) return false;
    const std::int64_t ours = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const std::int64_t most = std::chrono::seconds(kMostSkew).count();
    return *seconds >= ours - most && *seconds <= ours + most;
}

std::variant<Caller, Refusal> identify_key(std::string_view authorization, const ApiKeys& keys) {
    const std::string_view given = bearer_token(authorization);
    if (given.empty()) return Refusal{{401, "MISSING_CREDENTIAL", "You must login first"}};
    const ApiKey* const key = keys.find(given);
    if (key == nullptr) return guessed({403, "INVALID_CREDENTIAL", "This credential is not valid"});
    return Caller{nullptr, key};
}

}  // namespace

std::variant<Caller, Refusal> identify(const HttpRequest& request, const ApiClients& clients,
                                       const ApiKeys& keys, std::string_view public_url, Time now) {
    const std::string_view application = request.header("X-Ovh-Application");
    if (application.empty()) return identify_key(request.header("Authorization"), keys);
    const std::string_view consumer = request.header("X-Ovh-Consumer");
    const ApiClients::Found found = clients.find(application, consumer);
    if (!found.application) return guessed({403, "INVALID_KEY", "This application key is invalid"});
    if (consumer.empty()) return Refusal{{401, "MISSING_CREDENTIAL", "You must login first"}};
    if (found.client == nullptr) return guessed({403, "NOT_CREDENTIAL", "This credential does not exist"});
    const std::string_view timestamp = request.header("X-Ovh-Timestamp");
    if (!is_timely(timestamp, now)) return Refusal{{400, "QUERY_TIME_OUT", "Query out of time"}};
    const SignedCall call{request.method, request.target, request.header("Host"), request.body, timestamp};
    if (!is_signed(request.header("X-Ovh-Signature"), found.client->application_secret,
                   found.client->consumer_key, call, public_url))
        return guessed({400, "INVALID_SIGNATURE", "Invalid signature"});
    if (clients.logged_out(*found.client))
        return Refusal{{403, "INVALID_CREDENTIAL", "This credential is not valid"}};
    return Caller{found.client, nullptr};
}

bool is_granted(const std::vector<AccessRule>& rules, std::string_view method, std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const std::string with_slash = std::string(path) + '/';
    const std::string_view as = method == "HEAD" ? "GET" : method;
    return std::any_of(rules.begin(), rules.end(), [&](const AccessRule& rule) {
        return rule.allows(as, path) || rule.allows(as, with_slash);
    });
}

}  // namespace callboard::ovh_rest
