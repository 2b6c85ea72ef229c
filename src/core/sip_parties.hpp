#pragma once

#include <string>
#include <string_view>

#include "core/sip_call.hpp"
#include "event/directory.hpp"
#include "event/numbering.hpp"
#include "event/sip_message.hpp"

namespace callboard {

inline constexpr std::string_view kAnonymous = "anonymous";

/// Who calls, as an INVITE says it.
struct CallerIdentity {
    /// User of P-Asserted-Identity, else Remote-Party-ID, else From; `anonymous` when it shows none.
    std::string user;
    bool withheld =
        false;  ///< shown to nobody: Privacy, Remote-Party-ID privacy, or an anonymous From (RFC 3323, 3325)
};
CallerIdentity caller_identity(const SipMessage& invite);

/// What the caller dialled: the first History-Info entry (RFC 7044), the last Diversion (RFC 5806), else the
/// Request-URI; of an INVITE that a proxy has sent on, where the Request-URI is a device's Contact, the To.
/// The user of that URI.
std::string dialled_user(const SipMessage& invite);

/// The user of a URI without its parameters, unescaped; empty when it has none.
std::string user_of(const SipUri& uri);

/// Names the parties of the call as events do, once: until then they are users as they were written. Most
/// calls of a busy mirror concern no line of ours, and reading a number costs more than all else of a call.
void name_parties(SipCall& call, const Directory& directory, Numbering& numbering);

/// The line (no queue) that a URI's user means; null when it is none of ours.
const Service* line_of(const SipUri& uri, const Directory& directory, Numbering& numbering);

}  // namespace callboard
