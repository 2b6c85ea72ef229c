#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address_range.hpp"

namespace callboard {

/// Where requests to servers of others may lead: to every public address, and to what the operator names.
/// Whoever may make a webhook could otherwise ask servers that only this machine reaches. Immutable,
/// thread-safe.
class Destinations {
  public:
    Destinations() = default;
    /// Each a host name, an address or a block of addresses: `crm.internal`, `127.0.0.1`, `10.0.0.0/8`.
    explicit Destinations(const std::vector<std::string>& allowed);

    /// Whether this very name was allowed, wherever it leads. Lower case.
    bool names(std::string_view host) const;
    /// Whether a connection may be made to `address`, as it was resolved.
    bool allows(std::string_view address) const { return is_public(address) || contains(ranges_, address); }

    /// Nothing when `entry` is one of the three, else the sentence of the error.
    static std::optional<std::string> wrong(std::string_view entry);

  private:
    std::vector<std::string> names_;
    std::vector<AddressRange> ranges_;
};

}  // namespace callboard
