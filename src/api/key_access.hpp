#pragma once

#include <string_view>

#include "api/routes.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Whether the request's key (`Authorization: Bearer`, `[[api.key]]`) may make this call; answers it when
/// not: 401 without a key of ours, 403 when its allow list has nothing that fits. `rule` is what would, for
/// the advice.
bool allowed_by_key(const Api& api, Reactor& reactor, const HttpRequest& request, const Exchange& exchange,
                    std::string_view rule);

}  // namespace callboard
