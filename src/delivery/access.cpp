#include "delivery/access.hpp"

namespace callboard {
namespace {

/// The text of a member of `Data`. Inside another text its quotes would be escaped, so it is not found there.
/// A text with escapes ends at the first: names of agents have none.
std::string_view member(std::string_view data, std::string_view opened) {
    const std::size_t at = data.find(opened);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = data.substr(at + opened.size());
    return rest.substr(0, rest.find_first_of("\"\\"));
}

}  // namespace

bool is_agent(std::string_view name, std::string_view number, std::string_view agent) {
    if (agent.empty()) return false;
    if (name == agent || number == agent) return true;
    return name.size() > agent.size() + 1 && name.ends_with(agent) &&
           name[name.size() - agent.size() - 1] == '_';
}

bool concerns_agent(const Record& record, std::string_view agent) {
    return record.protocol == Protocol::queues &&
           is_agent(member(record.data, R"("QueueAgent":")"), member(record.data, R"("Agent":")"), agent);
}

}  // namespace callboard
