#pragma once

#include <cstddef>
#include <string_view>

namespace callboard {

/// One event or signal of a list (RFC 3435 §3.2.2.16): `L/hd(N)`, `G/rt@A3F0(to=20)`, `D/5`.
struct MgcpEvent {
    std::string_view package;     ///< `L`; empty: the endpoint's own
    std::string_view name;        ///< `hd`
    std::string_view connection;  ///< behind the @
    std::string_view parameters;  ///< within the first parentheses, as written

    bool is(std::string_view wanted) const;
};

/// Takes the first element off a list separated by commas, trimmed; commas in quotes or parentheses separate
/// nothing. `list` becomes what stands behind the comma, or empty.
std::string_view next_element(std::string_view& list);
/// Whether quotes and parentheses pair up.
bool is_balanced(std::string_view list);
MgcpEvent event_of(std::string_view element);

/// Calls `visit(const MgcpEvent&)` for each event of R, S or O, in order.
template <typename Visit>
void for_each_event(std::string_view list, Visit visit) {
    while (!list.empty())
        if (const std::string_view element = next_element(list); !element.empty()) visit(event_of(element));
}

/// Whether the event is a key of the telephone (RFC 3660 §2.1; in PacketCable's line package L as well): a
/// single digit, `*`, `#` or A to D.
bool is_key(const MgcpEvent& event);

/// Who calls, as the signal `L/ci(time,number,name)` says it (RFC 3660 §2.2).
struct MgcpCallerId {
    std::string_view number;  ///< as written; empty: not known, or withheld
    bool withheld = false;    ///< the number is `P`, private
};
MgcpCallerId caller_id(std::string_view parameters);

}  // namespace callboard
