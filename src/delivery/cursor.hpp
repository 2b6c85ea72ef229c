#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hmac.hpp"
#include "base/secret.hpp"
#include "event/event.hpp"

namespace callboard {

/// A place in a journal, as clients carry it: `Session` of version 1, `id:` of SSE, `cursor` of the snapshot.
struct Cursor {
    std::uint64_t epoch = 0;  ///< of the journal that it is a place in
    Sequence sequence = 0;    ///< everything up to here was read
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// Seals cursors so that they are opaque and cannot be made up: base62-like text of (epoch, sequence,
/// HMAC-SHA256 cut to 64 bits). Valid on every node that has the key and after any restart. Immutable,
/// thread-safe.
class CursorSeal {
  public:
    explicit CursorSeal(const Secret& key) : hmac_(key) {}
    std::string seal(const Cursor& cursor) const;
    /// Nothing when the text is not one of ours or was damaged.
    std::optional<Cursor> open(std::string_view text) const;

  private:
    HmacSha256 hmac_;
};

}  // namespace callboard
