#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace callboard {

/// What a notification request makes an endpoint do, and what it shows of the hook (RFC 3660: the packages
/// L, G and H; of others nothing is read).
struct MgcpSignals {
    bool ring = false;                   ///< `rg`, or a distinctive one, `r0` to `r7`
    bool call_waiting = false;           ///< `wt`, `wt1` to `wt4`
    bool ringback = false;               ///< `rt`, `rbk`
    bool dial_tone = false;              ///< `dl`, `sl`
    std::string_view refusal;            ///< which tone says that the call came to nothing; empty: none
    std::optional<std::string> calling;  ///< number of `ci`; empty: it tells none
    bool withheld = false;               ///< `ci` says that it is private

    /// It waits for off-hook and not for on-hook: who accepts that is on-hook (RFC 3435 §4.4.1). And the
    /// other way round.
    bool expects_off_hook = false, expects_on_hook = false;
};
MgcpSignals read_signals(std::string_view signals, std::string_view requested_events);

}  // namespace callboard
