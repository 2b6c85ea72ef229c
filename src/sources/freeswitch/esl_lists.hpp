#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/exchange_signal.hpp"

namespace callboard {

/// Rows of what FreeSWITCH answers to commands that list something. All functions are pure, and bounded by
/// the answer they read.

/// One row of `name|status|…` tables (mod_callcenter), by column.
class EslTable {
  public:
    /// Error `invalid`: the answer is an error of FreeSWITCH (`-ERR …`), in its words. An answer without rows
    /// is none.
    static Result<EslTable> read(std::string_view answer);

    std::size_t rows() const { return rows_.size(); }
    /// Empty when there is no such column, or the row is too short.
    std::string_view get(std::size_t row, std::string_view column) const;

  private:
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// One of `show channels as json` that is not hanging up, as the signal that lists it. Its Call-ID is not in
/// the list.
struct ListedChannel {
    ExchangeSignal signal;
    bool has_phone = false;  ///< a SIP channel that is some user's
};
/// Error `invalid`: no such list; what FreeSWITCH said instead.
Result<std::vector<ListedChannel>> read_channels(std::string_view json, Time now);

struct ListedRegistration {
    std::string user, contact;
};
/// Of `show registrations as json`.
Result<std::vector<ListedRegistration>> read_registrations(std::string_view json);

/// A row of `callcenter_config queue list members`: somebody who waits, or talks with an agent. Nothing for
/// who has given up.
std::optional<ExchangeSignal> listed_caller(const EslTable& members, std::size_t row, std::string_view queue,
                                            Time now);

}  // namespace callboard
