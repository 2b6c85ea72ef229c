#pragma once

#include <chrono>
#include <string_view>
#include <variant>

#include "api/api_keys.hpp"
#include "api/ovh/answers.hpp"
#include "api/ovh/clients.hpp"
#include "base/clock.hpp"
#include "net/http.hpp"

namespace callboard::ovh_rest {

/// How far the clock of a client may be from ours, either way. Some clients ask `/auth/time` and correct
/// theirs, others do not. A call that was heard on its way can be sent again for this long: the scheme has
/// nothing against that.
inline constexpr std::chrono::minutes kMostSkew{5};

/// Who calls: a client of `[[api.client]]`, or a key of `[[api.key]]`. Never neither.
struct Caller {
    const ApiClient* client = nullptr;
    const ApiKey* key = nullptr;

    const std::vector<AccessRule>& rules() const { return client != nullptr ? client->allow : key->allow; }
};

/// Why a call is not answered.
struct Refusal {
    RestError error;
    bool guessed = false;  ///< keys or signature were wrong: slow the address down
};

/// Tells who calls, by signature (`X-Ovh-Application` and the rest) or by `Authorization: Bearer`. What it
/// gives out lives in `clients` and `keys`. Pure.
std::variant<Caller, Refusal> identify(const HttpRequest& request, const ApiClients& clients,
                                       const ApiKeys& keys, std::string_view public_url, Time now);

/// Whether one of the rules allows the call. `path` is without `/1.0` or `/v1`; a slash at its end makes no
/// difference, so
/// `/telephony/*` allows `/telephony` too. HEAD is allowed where GET is.
bool is_granted(const std::vector<AccessRule>& rules, std::string_view method, std::string_view path);

}  // namespace callboard::ovh_rest
