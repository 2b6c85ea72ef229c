#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/directory.hpp"
#include "event/exchange_signal.hpp"
#include "sources/asterisk/ami_frame.hpp"
#include "sources/asterisk/asterisk_channels.hpp"

namespace callboard {

/// Who a queue member is, the same in all queues: his extension where his interfaces tell it.
struct AgentName {
    std::string agent;   ///< `201`, else the member's name, else the interface as written
    std::string device;  ///< extension or user of his phone; empty: nothing tells it
};
AgentName agent_name(std::string_view interface, std::string_view state_interface,
                     std::string_view member_name, const KnowsName& knows);

/// The members of queues: who is available, on a break or gone (`agent-status-change`), and what each does
/// (`agent-state-change`). Pure. One thread.
///
/// Asterisk keeps a pause for each membership, the protocol a status for each agent: a change in one queue is
/// told as the agent's, once, however many queues repeat it.
class AsteriskMembers {
  public:
    explicit AsteriskMembers(KnowsName knows) : knows_(std::move(knows)) {}

    /// QueueMemberAdded, -Removed, -Pause, -Status and their like.
    void on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    /// What an agent does: `Waiting`, `Receiving`, `In a queue call`. Told when it is something else.
    void set_state(const AgentName& agent, std::string_view queue, std::string_view state,
                   std::string_view event, AmiTimes times, std::vector<ExchangeSignal>& out);

    void on_snapshot_begins();
    /// A QueueMember entry of QueueStatus.
    void on_listed(const AmiFrame& frame);
    void on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out);

    static constexpr std::size_t kMost = 20'000;  ///< memberships; further ones are not followed

  private:
    struct Membership {
        std::string status;
        bool listed = false;
    };
    struct Agent {
        AgentName name;
        std::string status, state;
        std::map<std::pair<std::string, std::string>, Membership> memberships;  ///< by queue and interface
    };
    using Key = std::pair<std::string, std::string>;

    Agent& agent_of(const AmiFrame& frame, std::string_view interface);
    bool learn(Agent& agent, Key key, std::string_view status);
    static std::string status_over_all(const Agent& agent);
    void tell_status(Agent& agent, const std::string& queue, std::string_view status, std::string_view event,
                     AmiTimes times, std::vector<ExchangeSignal>& out);

    KnowsName knows_;
    StringMap<Agent> agents_;  // by AgentName::agent
    std::size_t memberships_ = 0;
};

}  // namespace callboard
