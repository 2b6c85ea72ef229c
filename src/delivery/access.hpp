#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"

namespace callboard {

/// Whether `agent`, of a token's place, means the agent of this name (`agent_0033972000001_4242`) and number:
/// it is the name, the number, or the id behind the last `_` of the name.
bool is_agent(std::string_view name, std::string_view number, std::string_view agent);
/// Whether an event of a queue is about this agent: its `QueueAgent` and `Agent`.
bool concerns_agent(const Record& record, std::string_view agent);

/// What the holder of a token may read: all services of an account, one service, or what concerns one agent
/// of a queue.
struct Grant {
    std::string account;
    std::string service;          ///< number; empty: every service of the account
    std::optional<Time> expires;  ///< never when absent
    std::string agent = {};       ///< of the queue `service`: see concerns_agent(); empty: every event
    bool masked = false;          ///< who is outside is shown as Masking shows them

    /// Of a queue an agent may see less than all.
    bool covers(const Service& one) const { return reaches(one.account, one.number); }
    bool covers(const Record& record) const {
        return reaches(record.account, record.ressource) && (agent.empty() || concerns_agent(record, agent));
    }
    friend bool operator==(const Grant&, const Grant&) = default;

  private:
    bool reaches(std::string_view its_account, std::string_view number) const {
        return its_account == account && (service.empty() || number == service);
    }
};

/// Knows tokens. Thread-safe, and quick enough to ask on every request.
class TokenAuthority {
  public:
    virtual ~TokenAuthority() = default;
    /// Nothing when the token is wrong, revoked or expired at `now`.
    virtual std::optional<Grant> find(std::string_view token, Time now) const = 0;
    /// Changes whenever a token is made, revoked or found expired: those who keep a Grant ask again when it
    /// differs.
    virtual std::uint64_t generation() const = 0;
};

}  // namespace callboard
