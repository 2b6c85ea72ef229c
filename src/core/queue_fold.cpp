#include "core/queue_fold.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace callboard {
namespace {

/// Epoch seconds as mod_callcenter writes them, `1780000000`. Nothing when absent, zero or no number.
std::optional<Time> time_of(const QueueData& data, std::string_view name) {
    const auto seconds = number_in<std::int64_t>(data.get(name));
    constexpr std::int64_t kLatest = 9'000'000'000;  // fits nanoseconds
    if (!seconds || *seconds <= 0 || *seconds > kLatest) return std::nullopt;
    return Time(std::chrono::seconds(*seconds));
}

/// The number in `agent_<number>_<id>`, else `Agent`.
std::string number_of_agent(const QueueData& data, std::string_view name) {
    constexpr std::string_view kPrefix = "agent_";
    const std::size_t id = name.rfind('_');
    if (name.starts_with(kPrefix) && id > kPrefix.size())
        return std::string(name.substr(kPrefix.size(), id - kPrefix.size()));
    return std::string(data.get("Agent"));
}

/// One event of one queue, with what it is about looked up.
class QueueStep {
  public:
    QueueStep(Queue& queue, const Event& event, const QueueData& data, Time timestamp)
        : queue_(queue),
          source_(event.source),
          data_(data),
          now_(timestamp),
          uuid_(data.get("QueueMemberUUID")),
          agent_(data.get("QueueAgent")) {}

    void member_queue_start() {
        if (!uuid_.empty() && waiting() == queue_.waiting.end()) join();
    }

    /// A caller who had hung up takes the old place again.
    void member_queue_resume() {
        const auto lost = std::find(queue_.lost.begin(), queue_.lost.end(), uuid_);
        if (lost != queue_.lost.end()) {
            queue_.lost.erase(lost);
            --queue_.counters.lost;
            --queue_.counters.offered;
        }
        member_queue_start();
    }

    /// Nobody waits any more: lets those go whose end was not seen. They may still turn out answered or lost,
    /// and then count as offered again.
    void members_count() {
        if (data_.get("Count") != "0" || data_.get("QueueSelection") == "All-Queues") return;
        queue_.counters.offered -= std::min<std::uint64_t>(queue_.counters.offered, queue_.waiting.size());
        queue_.waiting.clear();
    }

    void agent_offering() {
        if (uuid_.empty()) return;
        if (waiting() == queue_.waiting.end()) join();
        if (agent_.empty()) return;
        waiting()->agent = std::string(agent_);
        set_agent("", "Receiving");
    }

    void bridge_agent_start() {
        if (!uuid_.empty()) answered();
        set_agent("", "In a queue call");
    }

    void bridge_agent_end() { set_agent("", "Waiting"); }

    void bridge_agent_fail() {
        const auto caller = waiting();
        if (caller != queue_.waiting.end() && caller->agent == agent_) caller->agent.reset();
        const auto agent = queue_.agents.find(std::string(agent_));
        if (agent != queue_.agents.end() && agent->second.state == "Receiving") set_agent("", "Waiting");
    }

    void member_queue_end() {
        if (uuid_.empty()) return;
        if (data_.get("QueueCause") == "Cancel")
            lost();
        else if (waiting() != queue_.waiting.end())
            answered();  // the bridge was not seen
    }

    /// Empty: stays as it was.
    void set_agent(std::string_view status, std::string_view state) {
        if (agent_.empty()) return;
        auto found = queue_.agents.find(std::string(agent_));
        if (found == queue_.agents.end()) {
            if (queue_.agents.size() >= State::kMostAgents) return;
            found = queue_.agents.emplace(std::string(agent_), QueueAgent{}).first;
            found->second.name = agent_;
            found->second.number = number_of_agent(data_, agent_);
            found->second.since = now_;
        }
        QueueAgent& agent = found->second;
        const bool same =
            (status.empty() || agent.status == status) && (state.empty() || agent.state == state);
        if (same) return;
        if (!status.empty()) agent.status = status;
        if (!state.empty()) agent.state = state;
        agent.since = now_;
    }

    bool knows_agent() const { return queue_.agents.contains(std::string(agent_)); }

  private:
    std::vector<WaitingCaller>::iterator waiting() {
        return std::find_if(queue_.waiting.begin(), queue_.waiting.end(),
                            [this](const WaitingCaller& caller) { return caller.uuid == uuid_; });
    }

    void join() {
        if (queue_.waiting.size() >= State::kMostWaiting) {
            queue_.waiting.erase(queue_.waiting.begin());
            --queue_.counters.offered;  // and counts again when it turns out answered or lost
        }
        queue_.waiting.push_back(
            {std::string(uuid_), std::string(data_.get("Calling")), now_, std::nullopt, source_});
        ++queue_.counters.offered;
    }

    void leave() {
        const auto caller = waiting();
        if (caller == queue_.waiting.end())
            ++queue_.counters.offered;  // came before we listened
        else
            queue_.waiting.erase(caller);
    }

    Duration wait() {
        const auto joined = time_of(data_, "QueueMemberJoinedTime");
        const auto answer = time_of(data_, "QueueAgentAnsweredTime");
        const auto caller = waiting();
        Duration wait{};
        if (joined && answer)
            wait = *answer - *joined;
        else if (caller != queue_.waiting.end())
            wait = now_ - caller->joined;
        constexpr Duration kLongest = std::chrono::hours(24);  // more is a wrong clock
        return wait < Duration::zero() || wait > kLongest ? Duration::zero() : wait;
    }

    void answered() {
        const Duration waited = wait();
        leave();
        QueueCounters& counters = queue_.counters;
        ++counters.answered;
        if (waited <= kServiceLevelThreshold) ++counters.answered_in_time;
        counters.total_wait += waited;
        counters.longest_wait = std::max(counters.longest_wait, waited);
    }

    /// Told twice it counts once, unless the caller came back in between.
    void lost() {
        const bool before = std::find(queue_.lost.begin(), queue_.lost.end(), uuid_) != queue_.lost.end();
        if (before && waiting() == queue_.waiting.end()) return;
        leave();
        ++queue_.counters.lost;
        if (before) return;
        if (queue_.lost.size() >= State::kMostLost) queue_.lost.pop_front();
        queue_.lost.emplace_back(uuid_);
    }

    Queue& queue_;
    const std::string& source_;
    const QueueData& data_;
    Time now_;
    std::string_view uuid_, agent_;
};

using Action = void (QueueStep::*)();
constexpr std::array<std::pair<std::string_view, Action>, 8> kActions = {{
    {"member-queue-start", &QueueStep::member_queue_start},
    {"member-queue-resume", &QueueStep::member_queue_resume},
    {"members-count", &QueueStep::members_count},
    {"agent-offering", &QueueStep::agent_offering},
    {"bridge-agent-start", &QueueStep::bridge_agent_start},
    {"bridge-agent-end", &QueueStep::bridge_agent_end},
    {"bridge-agent-fail", &QueueStep::bridge_agent_fail},
    {"member-queue-end", &QueueStep::member_queue_end},
}};

/// An agent's own status and state belong to no one queue: they hold in each that knows the agent, and in the
/// one that the event names.
void apply_agent(State& state, const Event& event, const QueueData& data, Time timestamp) {
    const std::string_view status = data.get("QueueAgentStatus");
    const std::string_view activity = data.get("QueueAgentState");
    for (auto& [number, queue] : state.queues) {
        QueueStep step(queue, event, data, timestamp);
        if (number == event.ressource || step.knows_agent()) step.set_agent(status, activity);
    }
}

}  // namespace

void restart_counters(Queue& queue, Time since) {
    queue.counters = {};
    queue.counters.offered = queue.waiting.size();
    queue.counters.since = since;
    queue.lost.clear();
}

void apply_queue(State& state, const Event& event, const QueueData& data, Time timestamp) {
    const auto* action = std::find_if(kActions.begin(), kActions.end(),
                                      [&](const auto& known) { return known.first == event.name; });
    const bool of_agent = event.name == "agent-status-change" || event.name == "agent-state-change" ||
                          event.name == "agent-add";
    if (action == kActions.end() && !of_agent) return;
    // Some tell an agent's state under the number of the agent's line: that makes no queue of it.
    if (!of_agent || data.get("Queue") == event.ressource) {
        const auto [queue, is_new] = state.queues.try_emplace(event.ressource);
        if (is_new) restart_counters(queue->second, std::max(state.began, state.day_begin));
        if (!of_agent) (QueueStep(queue->second, event, data, timestamp).*action->second)();
    }
    if (of_agent) apply_agent(state, event, data, timestamp);
}

}  // namespace callboard
