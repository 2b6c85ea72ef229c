#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "event/event.hpp"
#include "event/time_zone.hpp"

namespace callboard {

/// One token that a session reads under.
struct Subscription {
    std::string token;
    Sequence start = 0;  ///< what the session gets under it comes after this
    friend bool operator==(const Subscription&, const Subscription&) = default;
};
using Subscriptions = std::vector<Subscription>;

/// All that is known of a session of version 2 (OVH protocol §2), as it lies on the disk. Copying it is
/// cheap.
struct SessionRecord {
    std::string id;  ///< 12 characters, `[A-Za-z0-9]`
    Time creation{};
    Time last_update{};         ///< of the subscriptions
    Time last_connection{};     ///< when a client last came to read
    std::uint64_t epoch = 0;    ///< of the journal that all places here are in
    Sequence acknowledged = 0;  ///< the session's place: its client has everything up to here
    bool replaced = false;      ///< the journal was another one before, and its client has not been told
    bool bereft = false;        ///< it had tokens, and all of them died
    std::string address;        ///< of the client that made it
    /// In the order of subscription. Never null.
    std::shared_ptr<const Subscriptions> subscriptions = std::make_shared<const Subscriptions>();

    /// Where its client goes on: what comes before is acknowledged, or older than every subscription.
    Sequence place() const;
};

/// `{"id":…,"creation":…,"lastUpdate":…,"lastConnection":…}`, times in `zone`. Tokens are secrets and not
/// shown.
std::string session_json(const SessionRecord& session, const TimeZone& zone);

/// The record as bytes, for SessionFile.
std::string packed(const SessionRecord& session);
/// Nothing when the bytes are not those of packed().
std::optional<SessionRecord> unpacked(std::string_view bytes);

/// A new id, from the system's random bytes; empty when it has none.
std::string random_session_id();

}  // namespace callboard
