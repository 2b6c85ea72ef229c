#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace callboard {

/// A block of IP addresses (RFC 4632): `10.0.0.0/8`, `127.0.0.1`, `fd00::/8`. IPv4 also matches as
/// IPv6-mapped.
class AddressRange {
  public:
    /// Error: what is wrong with the text.
    static Result<AddressRange> parse(std::string_view text);
    /// `address`: without port; a text that is none is in no range.
    bool contains(std::string_view address) const;

  private:
    std::array<std::uint8_t, 16> prefix_{};  // IPv4 as mapped IPv6
    unsigned bits_ = 0;
};

/// Whether one of them has the address.
bool contains(const std::vector<AddressRange>& ranges, std::string_view address);

/// `127.0.0.0/8` and `::1`.
bool is_loopback(std::string_view address);

/// Whether the address may be anyone's on the internet (the IANA registries of special-purpose addresses, RFC
/// 6890): not of this machine, of a private network or a provider's inner one, of a link, a group, a
/// documentation, nor any form of IPv6 that hides such an IPv4 address. A text that is none is not.
bool is_public(std::string_view address);

/// Who the client is when `peer` is the other end of the connection: itself, or, behind trusted proxies, the
/// last address of X-Forwarded-For that is none of theirs. What stands before it anyone may have written.
std::string_view client_behind(const std::vector<AddressRange>& proxies, std::string_view peer,
                               std::string_view forwarded_for);

}  // namespace callboard
