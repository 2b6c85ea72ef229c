#include "sources/asterisk/asterisk_members.hpp"

#include <algorithm>

namespace callboard {
namespace {

constexpr std::string_view kAvailable = "Available", kOnBreak = "On Break", kLoggedOut = "Logged Out";
constexpr std::string_view kWaiting = "Waiting", kInCall = "In a queue call";

/// Device states (ast_device_state) of a phone that nobody can be reached at.
constexpr std::string_view kInvalid = "4", kUnavailable = "5";

std::string_view status_of(const AmiFrame& frame) {
    const std::string_view device = frame.get("Status");
    if (device == kInvalid || device == kUnavailable) return kLoggedOut;
    return frame.get("Paused") == "1" ? kOnBreak : kAvailable;
}

ExchangeSignal action_of(ExchangeSignalKind kind, std::string_view action, const AgentName& agent,
                         std::string_view queue, std::string_view event, AmiTimes times) {
    ExchangeSignal signal;
    signal.kind = kind;
    signal.captured = times.captured;
    signal.collected = times.collected;
    signal.name = event;
    signal.queue.action = action;
    signal.queue.queue = queue;
    signal.queue.agent = agent.agent;
    signal.queue.agent_device = agent.device;
    return signal;
}

}  // namespace

AgentName agent_name(std::string_view interface, std::string_view state_interface,
                     std::string_view member_name, const KnowsName& knows) {
    const std::string_view user = dialled_user(interface), state_user = dialled_user(state_interface);
    AgentName name;
    name.device = device_of(user, state_user, knows);
    if (name.device.empty() && knows && !member_name.empty() && knows(member_name)) name.device = member_name;
    if (name.device.empty()) name.device = user;
    const bool number = !device_of(name.device, {}, knows).empty();
    name.agent = number || member_name.empty() ? name.device : std::string(member_name);
    if (name.agent.empty()) name.agent = interface;
    return name;
}

AsteriskMembers::Agent& AsteriskMembers::agent_of(const AmiFrame& frame, std::string_view interface) {
    const std::string_view given = frame.get("MemberName");
    AgentName name =
        agent_name(interface, frame.get("StateInterface"), given.empty() ? frame.get("Name") : given, knows_);
    Agent& agent = agents_[name.agent];
    agent.name = std::move(name);
    return agent;
}

/// Whether the membership was known, and its status another.
bool AsteriskMembers::learn(Agent& agent, Key key, std::string_view status) {
    const auto known = agent.memberships.find(key);
    if (known == agent.memberships.end()) {
        if (memberships_ >= kMost) return false;
        ++memberships_;
        agent.memberships.emplace(std::move(key), Membership{std::string(status), true});
        return false;
    }
    known->second.listed = true;
    if (known->second.status == status) return false;
    known->second.status = status;
    return true;
}

std::string AsteriskMembers::status_over_all(const Agent& agent) {
    for (const std::string_view status : {kAvailable, kOnBreak})
        for (const auto& [key, membership] : agent.memberships)
            if (membership.status == status) return std::string(status);
    return std::string(kLoggedOut);
}

void AsteriskMembers::tell_status(Agent& agent, const std::string& queue, std::string_view status,
                                  std::string_view event, AmiTimes times, std::vector<ExchangeSignal>& out) {
    if (agent.status == status) return;
    agent.status = status;
    out.push_back(
        action_of(ExchangeSignalKind::queue_action, "agent-status-change", agent.name, queue, event, times));
    out.back().queue.fields.set("QueueAgentStatus", agent.status);
}

void AsteriskMembers::on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out) {
    const std::string_view event = frame.event(), interface = frame.get("Interface");
    Key key(frame.get("Queue"), interface);
    if (key.first.empty() || interface.empty()) return;
    if (agents_.size() >= kMost) agents_.clear(), memberships_ = 0;
    Agent& agent = agent_of(frame, interface);
    if (event == "QueueMemberRemoved") {
        memberships_ -= agent.memberships.erase(key);
        tell_status(agent, key.first, status_over_all(agent), event, times, out);
        if (agent.memberships.empty()) agents_.erase(std::string(agent.name.agent));
        return;
    }
    const bool first = agent.memberships.empty();
    const std::string_view status = status_of(frame);
    const std::string queue = key.first;
    const bool changed = learn(agent, std::move(key), status);
    if (changed || first || event == "QueueMemberAdded") tell_status(agent, queue, status, event, times, out);
}

void AsteriskMembers::set_state(const AgentName& name, std::string_view queue, std::string_view state,
                                std::string_view event, AmiTimes times, std::vector<ExchangeSignal>& out) {
    if (agents_.size() >= kMost && !agents_.contains(name.agent)) agents_.clear(), memberships_ = 0;
    Agent& agent = agents_[name.agent];
    if (agent.name.agent.empty()) agent.name = name;
    if (agent.state == state) return;
    agent.state = state;
    out.push_back(
        action_of(ExchangeSignalKind::queue_action, "agent-state-change", agent.name, queue, event, times));
    out.back().queue.fields.set("QueueAgentState", agent.state);
}

void AsteriskMembers::on_snapshot_begins() {
    for (auto& [name, agent] : agents_)
        for (auto& [key, membership] : agent.memberships) membership.listed = false;
}

void AsteriskMembers::on_listed(const AmiFrame& frame) {
    const std::string_view interface = frame.get("Location");
    Key key(frame.get("Queue"), interface);
    if (key.first.empty() || interface.empty() || agents_.size() >= kMost) return;
    Agent& agent = agent_of(frame, interface);
    const std::string_view status = status_of(frame);
    // A change that was missed is the agent's, as if it had been seen.
    if (learn(agent, std::move(key), status)) agent.status = status;
    if (frame.get("InCall") == "1") agent.state = kInCall;
}

void AsteriskMembers::on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out) {
    for (auto& [name, agent] : agents_) {
        if (whole) {
            const auto before = agent.memberships.size();
            memberships_ -=
                std::erase_if(agent.memberships, [](const auto& entry) { return !entry.second.listed; });
            if (agent.memberships.size() != before) agent.status.clear();
        }
        if (agent.status.empty()) agent.status = status_over_all(agent);
        if (agent.state.empty()) agent.state = kWaiting;
        for (const auto& [key, membership] : agent.memberships) {
            out.push_back(
                action_of(ExchangeSignalKind::agent_listed, {}, agent.name, key.first, "QueueMember", times));
            out.back().queue.fields.set("QueueAgentStatus", agent.status);
            out.back().queue.fields.set("QueueAgentState", agent.state);
        }
    }
}

}  // namespace callboard
