#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace callboard {

/// Whether a name (extension, user, number) means one of our lines or queues, by number or alias. Any
/// thread.
using KnowsName = std::function<bool(std::string_view)>;

/// `PJSIP/101-0000002a` in its parts. Views into the name.
struct AsteriskChannelName {
    std::string_view technology;  ///< `PJSIP`
    std::string_view resource;    ///< `101`: endpoint, peer, user
    /// No phone or trunk is behind it: a Local channel, or one that the exchange made for its own use.
    bool internal = false;
};
AsteriskChannelName parse_channel_name(std::string_view name);

/// Who is meant by the interface of a queue member (`PJSIP/201`, `Local/201@agents/n`) or by what is dialled
/// (`102@trunk`, `trunk/sip:102@pbx.example`, `PJSIP/trunk/0612345678`): `201`, `102`, `0612345678`.
std::string_view dialled_user(std::string_view interface);

/// Whose phone is at the end of a channel: the endpoint when it means a line of ours, else the number
/// (caller's or dialled) when that does, as behind a trunk to the phones' registrar; else an endpoint that is
/// an extension (digits, `+`, `*`, `#`). Empty: a trunk.
std::string device_of(std::string_view endpoint, std::string_view number, const KnowsName& knows);

/// A number as Asterisk writes it, `<unknown>` and such as empty.
std::string_view number_or_nothing(std::string_view number);

/// Whether a presentation (`32 (Presentation Prohibited, Not Screened)`, `prohib_not_screened`) keeps the
/// number from being shown; RFC 3325 and Q.951 call it restricted or unavailable.
bool is_withheld(std::string_view presentation);

}  // namespace callboard
