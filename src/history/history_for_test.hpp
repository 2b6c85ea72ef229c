#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/fold_for_test.hpp"
#include "history/fold.hpp"

namespace callboard::test {

/// The fold with what it yielded so far, by `started`.
class Told {
  public:
    explicit Told(Time begun = kNoon) : now(begun) {}

    void tell(const Event& event) {
        fold.apply(event, "office", now);
        collect();
        now += Duration(1);
    }
    void pass(Duration time) { now += time; }
    /// Only what is stored survives.
    void restart() {
        std::vector<HistoryRow> unfinished;
        for (const auto& [started, row] : rows)
            if (row.stage != HistoryRow::Stage::closed) unfinished.push_back(row);
        fold = HistoryFold(std::move(unfinished));
    }
    const HistoryRow& at(std::size_t index) const {
        return std::next(rows.begin(), static_cast<long>(index))->second;
    }

    Time now;
    HistoryFold fold;
    std::map<Time, HistoryRow> rows;

  private:
    void collect() {
        for (HistoryRow& row : fold.take_changed()) rows[row.started] = std::move(row);
    }
};

inline Event reasoned(Event event, std::string reason) {
    std::get<LineData>(event.data).relevant_info = std::move(reason);
    return event;
}

/// An event of a caller in a queue.
inline Event visit_event(const char* name, const char* member, Members more = {}) {
    Event event = queue_event(name, more);
    auto& data = std::get<QueueData>(event.data);
    data.set("QueueMemberUUID", member);
    if (data.get("Calling").empty()) data.set("Calling", "0033612345678");
    return event;
}

inline constexpr const char* kAgent = "agent_0033972000001_42";

}  // namespace callboard::test
