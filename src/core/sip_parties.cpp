#include "core/sip_parties.hpp"

#include <algorithm>
#include <array>

#include "event/sip_text.hpp"

namespace callboard {
namespace {

bool is_anonymous(const SipUri& uri) {
    static constexpr std::array<std::string_view, 5> kNames = {"anonymous", "restricted", "unavailable",
                                                               "unknown", "private"};
    std::string user = unescaped(uri.user);
    std::transform(user.begin(), user.end(), user.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return user.empty() || uri.host == "anonymous.invalid" ||
           std::find(kNames.begin(), kNames.end(), user) != kNames.end();
}

}  // namespace

std::string party_of(const SipUri& uri, const Directory& directory, Numbering& numbering) {
    return std::string(numbering.party(directory, unescaped(uri.user.substr(0, uri.user.find(';')))));
}

const Service* line_of(const SipUri& uri, const Directory& directory, Numbering& numbering) {
    if (uri.user.empty()) return nullptr;
    const Service* service = numbering.resolve(directory, unescaped(uri.user.substr(0, uri.user.find(';'))));
    return service != nullptr && !service->is_queue() ? service : nullptr;
}

CallerIdentity caller_identity(const SipMessage& invite, const Directory& directory, Numbering& numbering) {
    CallerIdentity caller;
    const SipUri* shown = &invite.from.uri;
    if (invite.asserted_identity && !is_anonymous(invite.asserted_identity->uri))
        shown = &invite.asserted_identity->uri;
    else if (invite.remote_party && !is_anonymous(invite.remote_party->uri))
        shown = &invite.remote_party->uri;
    const bool from_hidden = is_anonymous(invite.from.uri) && !invite.from.uri.user.empty();
    caller.withheld = invite.privacy || invite.remote_party_private || from_hidden || is_anonymous(*shown);
    caller.number = is_anonymous(*shown) ? std::string(kAnonymous) : party_of(*shown, directory, numbering);
    return caller;
}

std::string dialled_number(const SipMessage& invite, const Directory& directory, Numbering& numbering) {
    if (invite.history_first) return party_of(invite.history_first->uri, directory, numbering);
    if (invite.diversion_last) return party_of(invite.diversion_last->uri, directory, numbering);
    if (invite.via_count > 1 && !invite.to.uri.user.empty())
        return party_of(invite.to.uri, directory, numbering);
    return party_of(invite.request_uri, directory, numbering);
}

}  // namespace callboard
