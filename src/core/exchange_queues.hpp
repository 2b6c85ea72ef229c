#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/exchange_table.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/exchange_signal.hpp"
#include "event/numbering.hpp"

namespace callboard {

/// What an exchange says of its queues, as queue events of the OVH protocol (§4): queues and agents by their
/// numbers, agents in the form `agent_<number>_<id>`, callers as events name them. Remembers who waits and
/// who serves, so that a reconciliation can put right what was missed. One thread.
class ExchangeQueues {
  public:
    ExchangeQueues(ExchangeTable& calls, Numbering& numbering) : calls_(calls), numbering_(numbering) {}

    void on_action(const ExchangeSignal& signal, const Directory& directory, std::vector<Event>& out);

    /// Somebody waited before a restart.
    void adopt(const std::string& queue, const std::string& uuid, const std::string& calling);

    // A snapshot: what is listed between begin and end is all there is.
    void begin_snapshot();
    void on_caller_listed(const ExchangeSignal& signal, const Directory& directory, std::vector<Event>& out);
    /// What differs from what is known is told in native events, one for each queue of the agent.
    void on_agent_listed(const ExchangeSignal& signal, const Directory& directory, std::vector<Event>& out);
    /// Callers that were known before the snapshot and are not listed leave: lost when they waited, answered
    /// and over when they were with an agent. Returns how many.
    std::size_t end_snapshot(Time now, const Directory& directory, std::vector<Event>& out);
    /// Everybody leaves: the exchange is gone for good.
    std::size_t end_all(Time now, const Directory& directory, std::vector<Event>& out);

    std::size_t callers() const { return callers_.size(); }

    static constexpr std::size_t kMostCallers = 20'000;  ///< further ones are told of and not remembered
    static constexpr std::size_t kMostAgents = 20'000;
    static constexpr std::size_t kMostLeft = 20'000;
    /// A list may still have who left just before it came.
    static constexpr Duration kLateList = std::chrono::seconds(10);

  private:
    /// A caller's place in a queue.
    struct Caller {
        std::string queue;  ///< number
        QueueData fields;   ///< of member-queue-start: who it is
        std::string calling;
        bool with_agent = false;
        std::string agent;  ///< key of agents_, when with one
        std::uint64_t order = 0;
        bool listed = true;  // by the snapshot that is under way, or known only since it began
    };
    struct Agent {
        std::string qualified;  ///< `agent_<number>_<id>`
        std::string number;     ///< as `Agent` names him
        std::string line;       ///< number of his line, when it is one of ours
        std::string device;     ///< raw
        std::string status, state;
        std::set<std::string> queues;  ///< numbers of those that he serves
    };
    /// What a queue's native events have said of an agent last.
    struct Said {
        std::string status, state;
    };

    const Service* queue_of(const Directory& directory, std::string_view raw);
    Agent& agent_of(const ExchangeQueueAction& action, const Directory& directory);
    void name_agent(Agent& agent, std::string_view raw, const Directory& directory);
    std::string caller_of(const ExchangeQueueAction& action, const Directory& directory);
    std::size_t waiting(std::string_view queue) const;
    void forget(StringMap<Caller>::iterator caller);
    void keep_book(const ExchangeQueueAction& action, const std::string& queue, const QueueData& data,
                   Time now);
    void on_agent_action(const ExchangeSignal& signal, const Directory& directory, std::vector<Event>& out);
    void tell_natively(const std::string& name, Agent& agent, Time captured, const Directory& directory,
                       std::vector<Event>& out);
    QueueData data_of(const ExchangeSignal& signal, std::string_view action, const std::string& queue) const;
    void leave(const Caller& caller, std::string_view uuid, Time captured, const Directory& directory,
               std::vector<Event>& out);
    std::size_t leave_if(const std::function<bool(const Caller&)>& gone, Time captured,
                         const Directory& directory, std::vector<Event>& out);

    ExchangeTable& calls_;
    Numbering& numbering_;
    StringMap<Caller> callers_;       // by QueueMemberUUID
    StringMap<std::size_t> waiting_;  // by queue
    StringMap<Time> left_;            // by QueueMemberUUID: when they left
    StringMap<Agent> agents_;         // by the exchange's name
    StringMap<Said> said_;            // by queue and agent
    std::uint64_t last_order_ = 0;
};

}  // namespace callboard
