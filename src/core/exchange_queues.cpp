#include "core/exchange_queues.hpp"

#include <algorithm>
#include <cctype>

#include "core/exchange_legs.hpp"
#include "core/sip_parties.hpp"

namespace callboard {
namespace {

constexpr std::string_view kPrefix = "agent_";
/// What is longer is no name or number, and would only fill memory.
constexpr std::size_t kLongestText = 256;

std::string seconds_of(Time time) { return std::to_string(nanoseconds_since_epoch(time) / 1'000'000'000); }

bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The number in `agent_<number>_<id>`; empty when the name has another form.
std::string_view number_in(std::string_view name) {
    const std::size_t id = name.rfind('_');
    if (!name.starts_with(kPrefix) || id == std::string_view::npos || id <= kPrefix.size()) return {};
    return is_digits(name.substr(id + 1)) ? name.substr(kPrefix.size(), id - kPrefix.size())
                                          : std::string_view();
}

/// What clients match with `\w+`.
std::string word_of(std::string_view text) {
    std::string word(text.substr(0, text.find('@')));
    for (char& c : word)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    return word.empty() ? "unknown" : word;
}

bool is_of_agent(std::string_view action) {
    return action.starts_with("agent-") && action != "agent-offering";
}

Event event_of(std::string_view name, const std::string& ressource, QueueData data, bool native = false) {
    Event event;
    event.name = name;
    event.protocol = Protocol::queues;
    event.ressource = ressource;
    event.native = native;
    event.data = std::move(data);
    return event;
}

}  // namespace

const Service* ExchangeQueues::queue_of(const Directory& directory, std::string_view raw) {
    const Service* service = numbering_.resolve(directory, raw);
    if (service == nullptr) service = numbering_.resolve(directory, raw.substr(0, raw.find('@')));
    return service != nullptr && service->is_queue() ? service : nullptr;
}

// Agents

/// His line, by his name as configured, then by the number in it, by his phone, and by the phone that rings
/// for him now.
void ExchangeQueues::name_agent(Agent& agent, std::string_view raw, const Directory& directory) {
    const Service* line = nullptr;
    const std::string_view inside = number_in(raw);
    for (const std::string_view name :
         {raw, raw.substr(0, raw.find('@')), inside, std::string_view(agent.device)}) {
        if (line != nullptr || name.empty()) continue;
        line = numbering_.resolve(directory, name);
        if (line != nullptr && line->is_queue()) line = nullptr;
    }
    if (line != nullptr) {
        agent.line = agent.number = line->number;
        agent.qualified = inside.empty() ? std::string(kPrefix) + line->number + '_' +
                                               (line->id.empty() ? std::string("0") : line->id)
                                         : std::string(raw);
        return;
    }
    const std::string_view shown = !inside.empty()         ? inside
                                   : !agent.device.empty() ? std::string_view(agent.device)
                                                           : raw.substr(0, raw.find('@'));
    agent.number = numbering_.canonical(shown);
    agent.qualified = inside.empty() ? std::string(kPrefix) + word_of(agent.number) + "_0" : std::string(raw);
}

ExchangeQueues::Agent& ExchangeQueues::agent_of(const ExchangeQueueAction& action,
                                                const Directory& directory) {
    if (agents_.size() >= kMostAgents && !agents_.contains(action.agent)) agents_.clear();
    Agent& agent = agents_[action.agent];
    if (!action.agent_device.empty()) agent.device = action.agent_device;
    if (agent.device.empty() && !action.agent_channel.empty())
        if (const ExchangeCall* call = calls_.find(action.agent_channel)) agent.device = call->leg.device;
    name_agent(agent, action.agent, directory);
    return agent;
}

// Events

std::string ExchangeQueues::caller_of(const ExchangeQueueAction& action, const Directory& directory) {
    if (action.caller_withheld) return std::string(kAnonymous);
    if (!action.caller_channel.empty())
        if (const ExchangeCall* call = calls_.find(action.caller_channel)) {
            const ExchangeLeg& leg = call->leg;
            if (leg.withheld) return std::string(kAnonymous);
            if (leg.is_ours() && !call->internal) return leg.line;
        }
    const auto known = callers_.find(action.fields.get("QueueMemberUUID"));
    if (known != callers_.end() && known->second.calling == kAnonymous) return std::string(kAnonymous);
    if (!action.caller.empty())
        return ExchangeLegs::is_anonymous(action.caller)
                   ? std::string(kAnonymous)
                   : std::string(numbering_.party(directory, action.caller));
    return known == callers_.end() ? std::string() : known->second.calling;
}

std::size_t ExchangeQueues::waiting(std::string_view queue) const {
    const auto known = waiting_.find(queue);
    return known == waiting_.end() ? 0 : known->second;
}

void ExchangeQueues::forget(StringMap<Caller>::iterator caller) {
    if (!caller->second.with_agent) --waiting_[caller->second.queue];
    callers_.erase(caller);
}

QueueData ExchangeQueues::data_of(const ExchangeSignal& signal, std::string_view action,
                                  const std::string& queue) const {
    QueueData data = signal.queue.fields;
    data.set("Action", std::string(action));
    data.set("Queue", queue);
    data.set("Protocol", "sip");
    data.set("Ts", seconds_of(signal.captured));
    return data;
}

void ExchangeQueues::on_action(const ExchangeSignal& signal, const Directory& directory,
                               std::vector<Event>& out) {
    const ExchangeQueueAction& action = signal.queue;
    if (action.action.empty() || action.agent.size() > kLongestText) return;
    if (is_of_agent(action.action)) return on_agent_action(signal, directory, out);
    const Service* queue = queue_of(directory, action.queue);
    if (queue == nullptr) return;
    QueueData data = data_of(signal, action.action, queue->number);
    if (!action.agent.empty()) {
        Agent& agent = agent_of(action, directory);
        agent.queues.insert(queue->number);
        data.set("QueueAgent", agent.qualified);
        data.set("Agent", agent.number);
    }
    if (const std::string caller = caller_of(action, directory); !caller.empty()) {
        data.set("Calling", caller);
        // A withheld number is shown nowhere.
        if (caller == kAnonymous)
            for (const char* name : {"QueueMemberCIDNumber", "QueueMemberCIDName"})
                if (!data.get(name).empty()) data.set(name, std::string(kAnonymous));
    }
    // Before somebody joins, after somebody has left (OVH protocol §4.1).
    const bool joins = action.action == "member-queue-start" || action.action == "member-queue-resume";
    if (!joins) keep_book(action, queue->number, data, signal.collected);
    if (data.get("Count").empty()) data.set("Count", std::to_string(waiting(queue->number)));
    if (joins) keep_book(action, queue->number, data, signal.collected);
    out.push_back(event_of(action.action, queue->number, std::move(data)));
}

void ExchangeQueues::keep_book(const ExchangeQueueAction& action, const std::string& queue,
                               const QueueData& data, Time now) {
    const std::string_view uuid = data.get("QueueMemberUUID");
    if (uuid.empty() || uuid.size() > kLongestText) return;
    if (action.action == "member-queue-end") {
        if (left_.size() >= kMostLeft) left_.clear();
        left_[std::string(uuid)] = now;
        if (const auto known = callers_.find(uuid); known != callers_.end()) forget(known);
        return;
    }
    auto known = callers_.find(uuid);
    if (known == callers_.end()) {
        // The end of a conversation is no beginning; all else shows a caller whose beginning was missed.
        if (action.action == "bridge-agent-end" || action.action == "bridge-agent-fail") return;
        if (callers_.size() >= kMostCallers) return;
        known = callers_.emplace(std::string(uuid), Caller{}).first;
        known->second.queue = queue;
        known->second.order = ++last_order_;
        ++waiting_[queue];
    }
    Caller& caller = known->second;
    caller.calling = data.get("Calling");
    for (const char* name :
         {"QueueMemberUUID", "QueueMemberSessionUUID", "QueueMemberCIDName", "QueueMemberCIDNumber",
          "QueueMemberJoinedTime", "QueueAgentCalledTime", "QueueAgentAnsweredTime", "QueueAgentUUID"})
        if (const std::string_view value = data.get(name); !value.empty())
            caller.fields.set(name, std::string(value.substr(0, kLongestText)));
    if (action.action != "bridge-agent-start" || caller.with_agent) return;
    caller.with_agent = true;
    caller.agent = action.agent;
    --waiting_[caller.queue];
}

/// An agent's own status and state are of no queue: told once, under the number of his line. His queues have
/// them in native events, so that who follows one queue alone sees its agents.
void ExchangeQueues::on_agent_action(const ExchangeSignal& signal, const Directory& directory,
                                     std::vector<Event>& out) {
    const ExchangeQueueAction& action = signal.queue;
    if (action.agent.empty()) return;
    Agent& agent = agent_of(action, directory);
    if (const Service* queue = queue_of(directory, action.queue)) agent.queues.insert(queue->number);
    const std::string_view status = action.fields.get("QueueAgentStatus");
    const std::string_view state = action.fields.get("QueueAgentState");
    if (!status.empty()) agent.status = status;
    if (!state.empty()) agent.state = state;
    // That somebody asked is nothing that happened.
    const bool asked = action.action.ends_with("-get");
    const std::string* under = !agent.line.empty()    ? &agent.line
                               : agent.queues.empty() ? nullptr
                                                      : &*agent.queues.begin();
    if (!asked && under != nullptr) {
        const bool of_queue = agent.line.empty();
        QueueData data = data_of(signal, action.action, of_queue ? *under : std::string());
        data.set("QueueAgent", agent.qualified);
        data.set("Agent", agent.number);
        out.push_back(event_of(action.action, *under, std::move(data)));
        if (of_queue) said_[*under + ' ' + action.agent] = {agent.status, agent.state};
    }
    tell_natively(action.agent, agent, signal.captured, directory, out);
}

void ExchangeQueues::tell_natively(const std::string& name, Agent& agent, Time captured,
                                   const Directory& directory, std::vector<Event>& out) {
    for (const auto& queue : agent.queues) {
        if (directory.by_number(queue) == nullptr) continue;
        if (said_.size() >= kMostAgents) said_.clear();
        Said& said = said_[queue + ' ' + name];
        const auto say = [&](std::string_view action, const char* field, const std::string& value) {
            QueueData data;
            data.set("Action", std::string(action));
            data.set("Queue", queue);
            data.set("Protocol", "sip");
            data.set("Ts", seconds_of(captured));
            data.set("Agent", agent.number);
            data.set("QueueAgent", agent.qualified);
            data.set(field, value);
            out.push_back(event_of(action, queue, std::move(data), true));
        };
        if (said.status != agent.status) say("agent-status-change", "QueueAgentStatus", agent.status);
        if (said.state != agent.state) say("agent-state-change", "QueueAgentState", agent.state);
        said = {agent.status, agent.state};
    }
}

// Reconciliation

void ExchangeQueues::adopt(const std::string& queue, const std::string& uuid, const std::string& calling) {
    if (uuid.empty() || callers_.size() >= kMostCallers || callers_.contains(uuid)) return;
    Caller caller;
    caller.queue = queue;
    caller.calling = calling;
    caller.order = ++last_order_;
    callers_.emplace(uuid, std::move(caller));
    ++waiting_[queue];
}

void ExchangeQueues::begin_snapshot() {
    for (auto& [uuid, caller] : callers_) caller.listed = false;
}

void ExchangeQueues::on_caller_listed(const ExchangeSignal& signal, const Directory& directory,
                                      std::vector<Event>& out) {
    const std::string_view uuid = signal.queue.fields.get("QueueMemberUUID");
    if (uuid.empty()) return;
    if (const auto known = callers_.find(uuid); known != callers_.end()) {
        known->second.listed = true;
        return;
    }
    if (const auto left = left_.find(uuid);
        left != left_.end() && left->second + kLateList > signal.collected)
        return;
    ExchangeSignal joined = signal;
    joined.queue.action = "member-queue-start";
    joined.queue.agent.clear();
    on_action(joined, directory, out);
    if (const auto made = callers_.find(uuid); made != callers_.end()) made->second.listed = true;
    if (signal.queue.agent.empty()) return;
    joined.queue.action = "bridge-agent-start";
    joined.queue.agent = signal.queue.agent;
    on_action(joined, directory, out);
}

void ExchangeQueues::on_agent_listed(const ExchangeSignal& signal, const Directory& directory,
                                     std::vector<Event>& out) {
    if (signal.queue.agent.empty() || signal.queue.agent.size() > kLongestText) return;
    ExchangeSignal read = signal;
    read.queue.action = "agent-status-get";
    on_agent_action(read, directory, out);
}

void ExchangeQueues::leave(const Caller& caller, std::string_view uuid, Time captured,
                           const Directory& directory, std::vector<Event>& out) {
    ExchangeSignal left;
    left.captured = left.collected = captured;
    left.queue.queue = caller.queue;
    left.queue.fields = caller.fields;
    left.queue.fields.set("QueueMemberUUID", std::string(uuid));
    left.queue.fields.set("QueueMemberLeavingTime", seconds_of(captured));
    left.queue.action = "member-queue-end";
    if (!caller.with_agent) {
        left.queue.fields.set("QueueCause", "Cancel");
        left.queue.fields.set("QueueCancelReason", "NONE");
        return on_action(left, directory, out);
    }
    left.queue.agent = caller.agent;
    ExchangeSignal parted = left;
    parted.queue.action = "bridge-agent-end";
    parted.queue.fields.set("QueueBridgeTerminatedTime", seconds_of(captured));
    on_action(parted, directory, out);
    left.queue.fields.set("QueueCause", "Terminated");
    on_action(left, directory, out);
}

std::size_t ExchangeQueues::leave_if(const std::function<bool(const Caller&)>& gone, Time captured,
                                     const Directory& directory, std::vector<Event>& out) {
    std::vector<std::pair<std::string, Caller>> leaving;
    for (const auto& [uuid, caller] : callers_)
        if (gone(caller)) leaving.emplace_back(uuid, caller);
    std::sort(leaving.begin(), leaving.end(),
              [](const auto& a, const auto& b) { return a.second.order < b.second.order; });
    for (const auto& [uuid, caller] : leaving) {
        leave(caller, uuid, captured, directory, out);
        if (const auto known = callers_.find(uuid); known != callers_.end())
            forget(known);  // its queue is none of ours any more
    }
    return leaving.size();
}

std::size_t ExchangeQueues::end_snapshot(Time now, const Directory& directory, std::vector<Event>& out) {
    return leave_if([](const Caller& one) { return !one.listed; }, now, directory, out);
}

std::size_t ExchangeQueues::end_all(Time now, const Directory& directory, std::vector<Event>& out) {
    return leave_if([](const Caller&) { return true; }, now, directory, out);
}

}  // namespace callboard
