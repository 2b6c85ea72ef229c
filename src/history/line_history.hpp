#pragma once

#include "history/fold.hpp"

namespace callboard {

/// One event of one line, as the history's fold takes it.
class LineHistory {
  public:
    LineHistory(HistoryFold& fold, const Event& event, const LineData& data, std::string_view account,
                Time now)
        : fold_(fold),
          event_(event),
          data_(data),
          account_(account),
          now_(now),
          row_(fold.find(data.call_id, event.ressource)) {}

    void apply();

  private:
    void start_ringing();
    void end_ringing();
    void start_calling();
    void end_calling();
    void call_failed();

    HistoryRow& known_or_begun();
    void name_parties(HistoryRow& row) const;
    void come_from_queue(HistoryRow& row);
    void come_from_transfer(HistoryRow& row);
    bool went_on(const HistoryRow& row) const;

    HistoryFold& fold_;
    const Event& event_;
    const LineData& data_;
    std::string_view account_;
    Time now_;
    HistoryRow* row_;  // null: not known
};

}  // namespace callboard
