#include "core/sip_call.hpp"

#include <algorithm>

namespace callboard {

Hop* hop_of(SipCall& call, std::string_view branch) {
    if (branch.empty()) return nullptr;
    const auto found = std::find_if(call.hops.begin(), call.hops.end(),
                                    [branch](const Hop& hop) { return hop.branch == branch; });
    return found == call.hops.end() ? nullptr : &*found;
}

bool is_first_hop(const SipCall& call, const Hop& hop) {
    if (hop.from_phone) return true;
    return std::none_of(call.hops.begin(), call.hops.end(), [&hop](const Hop& other) {
        return &other != &hop &&
               (other.via_count < hop.via_count || (other.via_count == hop.via_count && !other.over));
    });
}

}  // namespace callboard
