#include "delivery/audit.hpp"

#include "base/secret.hpp"

namespace callboard {

Actor actor_of(std::string_view peer, std::string_view token, const Grant& grant) {
    std::string place = grant.service;
    if (!grant.agent.empty()) place.append(" agent ").append(grant.agent);
    return {std::string(peer), shown(token), grant.account, std::move(place)};
}

}  // namespace callboard
