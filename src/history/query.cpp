#include "history/query.hpp"

#include <algorithm>

namespace callboard {
namespace {

RowClass class_of(HistoryRow::Kind kind, bool incoming, CallOutcome outcome) {
    return static_cast<int>(kind) * 32 + (incoming ? 16 : 0) + static_cast<int>(outcome);
}

bool is_or_any(const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
}

bool is_agent(std::string_view name, std::string_view agent) {
    if (name == agent) return true;
    if (name.size() > agent.size() + 1 && name.ends_with(agent) &&
        name[name.size() - agent.size() - 1] == '_')
        return true;
    const std::string number = "agent_" + std::string(agent) + '_';
    return name.starts_with(number);
}

}  // namespace

bool is_of_agent(const HistoryRow& row, std::string_view agent) {
    return is_agent(row.agent, agent) ||
           std::any_of(row.offers.begin(), row.offers.end(),
                       [agent](const AgentOffer& offer) { return is_agent(offer.agent, agent); });
}

bool HistoryQuery::matches(const HistoryRow& row) const {
    const auto is_party = [&row](const std::string& number) {
        return number == row.calling || number == row.called || number == row.dialed;
    };
    return row.account == account && is_or_any(service, row.service()) &&
           (agent_of_service.empty() || is_of_agent(row, agent_of_service)) &&
           (numbers.empty() || std::any_of(numbers.begin(), numbers.end(), is_party)) &&
           is_or_any(line, row.line) && is_or_any(queue, row.queue) && is_or_any(agent, row.agent) &&
           (outcomes.empty() || outcomes.contains(row.outcome)) && (!incoming || *incoming == row.incoming) &&
           (!kind || *kind == row.kind) && row.started >= from && row.started < to;
}

RowClass class_of(const HistoryRow& row) { return class_of(row.kind, row.incoming, row.outcome); }

std::vector<RowClass> classes_of(const HistoryQuery& query) {
    std::vector<RowClass> all;
    for (const auto kind : {HistoryRow::Kind::call, HistoryRow::Kind::visit})
        for (const bool incoming : {true, false})
            for (std::size_t i = 0; i < kCallOutcomes; ++i) {
                const auto outcome = static_cast<CallOutcome>(i);
                if (kind == HistoryRow::Kind::visit && !incoming) continue;  // queues do not call
                if (query.kind && *query.kind != kind) continue;
                if (query.incoming && *query.incoming != incoming) continue;
                if (!query.outcomes.empty() && !query.outcomes.contains(outcome)) continue;
                all.push_back(class_of(kind, incoming, outcome));
            }
    return all;
}

}  // namespace callboard
