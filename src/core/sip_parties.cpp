#include "core/sip_parties.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "event/sip_text.hpp"

namespace callboard {
namespace {

bool is_anonymous(const SipUri& uri) {
    static constexpr std::array<std::string_view, 5> kNames = {"anonymous", "restricted", "unavailable",
                                                               "unknown", "private"};
    const std::string user = lowered(unescaped(uri.user));
    return user.empty() || uri.host == "anonymous.invalid" ||
           std::find(kNames.begin(), kNames.end(), user) != kNames.end();
}

}  // namespace

std::string user_of(const SipUri& uri) { return unescaped(uri.user.substr(0, uri.user.find(';'))); }

void name_parties(SipCall& call, const Directory& directory, Numbering& numbering) {
    if (std::exchange(call.named, true)) return;
    for (std::string* party : {&call.identity, &call.calling, &call.dialed})
        if (*party != kAnonymous) *party = std::string(numbering.party(directory, *party));
}

const Service* line_of(const SipUri& uri, const Directory& directory, Numbering& numbering) {
    if (uri.user.empty()) return nullptr;
    const Service* service = numbering.resolve(directory, user_of(uri));
    return service != nullptr && !service->is_queue() ? service : nullptr;
}

CallerIdentity caller_identity(const SipMessage& invite) {
    CallerIdentity caller;
    const SipUri* shown = &invite.from.uri;
    if (invite.asserted_identity && !is_anonymous(invite.asserted_identity->uri))
        shown = &invite.asserted_identity->uri;
    else if (invite.remote_party && !is_anonymous(invite.remote_party->uri))
        shown = &invite.remote_party->uri;
    const bool from_hidden = is_anonymous(invite.from.uri) && !invite.from.uri.user.empty();
    caller.withheld = invite.privacy || invite.remote_party_private || from_hidden || is_anonymous(*shown);
    caller.user = is_anonymous(*shown) ? std::string(kAnonymous) : user_of(*shown);
    return caller;
}

std::string dialled_user(const SipMessage& invite) {
    if (invite.history_first) return user_of(invite.history_first->uri);
    if (invite.diversion_last) return user_of(invite.diversion_last->uri);
    if (invite.via_count > 1 && !invite.to.uri.user.empty()) return user_of(invite.to.uri);
    return user_of(invite.request_uri);
}

}  // namespace callboard
