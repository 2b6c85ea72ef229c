#pragma once

#include <string>
#include <string_view>

#include "event/directory.hpp"
#include "event/numbering.hpp"
#include "event/sip_message.hpp"

namespace callboard {

inline constexpr std::string_view kAnonymous = "anonymous";

/// Who calls, as an INVITE says it.
struct CallerIdentity {
    std::string
        number;  ///< P-Asserted-Identity, else Remote-Party-ID, else From; `anonymous` when it shows none
    bool withheld =
        false;  ///< shown to nobody: Privacy, Remote-Party-ID privacy, or an anonymous From (RFC 3323, 3325)
};
CallerIdentity caller_identity(const SipMessage& invite, const Directory& directory, Numbering& numbering);

/// What the caller dialled: the first History-Info entry (RFC 7044), the last Diversion (RFC 5806), else the
/// Request-URI; of an INVITE that a proxy has sent on, where the Request-URI is a device's Contact, the To.
std::string dialled_number(const SipMessage& invite, const Directory& directory, Numbering& numbering);

/// A party's number as events name it, from a URI; empty when it has no user.
std::string party_of(const SipUri& uri, const Directory& directory, Numbering& numbering);

/// The line (no queue) that a URI's user means; null when it is none of ours.
const Service* line_of(const SipUri& uri, const Directory& directory, Numbering& numbering);

}  // namespace callboard
