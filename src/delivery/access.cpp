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

bool concerns_agent(const Record& record, std::string_view agent) {
    if (record.protocol != Protocol::queues || agent.empty()) return false;
    const std::string_view name = member(record.data, R"("QueueAgent":")");
    if (name == agent || member(record.data, R"("Agent":")") == agent) return true;
    return name.size() > agent.size() + 1 && name.ends_with(agent) &&
           name[name.size() - agent.size() - 1] == '_';
}

}  // namespace callboard
