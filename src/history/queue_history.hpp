#pragma once

#include "history/fold.hpp"

namespace callboard {

/// The number in `agent_<number>_<id>`; empty when the name has another form.
std::string_view line_of_agent(std::string_view agent);

/// One event of one queue, as the history's fold takes it.
class QueueHistory {
  public:
    QueueHistory(HistoryFold& fold, const Event& event, const QueueData& data, std::string_view account,
                 Time now)
        : fold_(fold),
          event_(event),
          data_(data),
          account_(account),
          now_(now),
          agent_(data.get("QueueAgent")),
          row_(fold.find(data.get("QueueMemberUUID"), event.ressource)) {}

    void apply();

  private:
    void member_queue_start();
    void members_count();
    void agent_offering();
    void bridge_agent_start();
    void bridge_agent_end();
    void bridge_agent_fail();
    void member_queue_end();

    HistoryRow& known_or_begun();
    void answer();
    void take_back_answer();
    void end(CallOutcome outcome);
    void end_offers(bool of_all);
    Duration between(std::string_view from, std::string_view to, Duration otherwise) const;

    HistoryFold& fold_;
    const Event& event_;
    const QueueData& data_;
    std::string_view account_;
    Time now_;
    std::string_view agent_;
    HistoryRow* row_;  // null: not known
};

}  // namespace callboard
