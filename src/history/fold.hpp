#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.hpp"
#include "history/row.hpp"

namespace callboard {

/// Events → rows of the history: one for each call as each of our lines sees it, one for each visit of a
/// caller to a queue. docs/decisions/history-rows.md says why.
///
/// All that it knows is in the rows that are not closed: a fold that is made of these goes on exactly where
/// the one that yielded them was. Pure; one thread. Bounded by kMostOpen rows, kMostEnded of those that may
/// go on, and kLongest.
class HistoryFold {
  public:
    /// `unfinished`: the rows that were not closed, as they were last taken; in any order.
    explicit HistoryFold(std::vector<HistoryRow> unfinished = {});

    /// The fold's one step. `timestamp` rises from event to event. An event that says nothing of calls
    /// changes nothing.
    void apply(const Event& event, std::string_view account, Time timestamp);
    /// What follows is another journal, or comes after a gap: what goes on now will not be seen to end.
    void forget_open();
    /// Rows that are new or changed since the last call, each once, as they are now.
    std::vector<HistoryRow> take_changed();

    /// Rows that are not closed.
    std::size_t unfinished() const { return rows_.size(); }

    static constexpr std::size_t kMostOpen = 100'000;  ///< the one that began first ends as unknown
    static constexpr std::size_t kMostEnded = 1'000;   ///< then what ended first is closed
    static constexpr Duration kLongest = std::chrono::hours(24);  ///< older ones are closed, ended or not

  private:
    friend class LineHistory;
    friend class QueueHistory;
    using Key = std::pair<std::string, std::string>;  // Call-ID or member, then line or queue

    HistoryRow* find(std::string_view call_id, std::string_view service);
    HistoryRow& begin(HistoryRow row);
    void touch(const HistoryRow& row) { changed_.insert(row.started); }
    void close(HistoryRow& row);
    void may_go_on(HistoryRow& row);
    void go_on(HistoryRow& row);
    void let_old_ones_go(Time now);
    /// The visit that was last offered to the agent of this line, and waits or is answered there. Null: none.
    const HistoryRow* offered_to(std::string_view line) const;
    void note_offer(const HistoryRow& visit, const AgentOffer& offer);
    void forget_offer(const AgentOffer& offer);
    void waits_no_more(const HistoryRow& visit);

    std::map<Time, HistoryRow> rows_;  // not closed
    std::map<Key, Time, std::less<>> keys_;
    std::deque<Time> ended_;  // that may go on, in the order in which they ended
    // The line of an agent → when it was offered a visit, of those offers that wait or were taken → which.
    std::map<std::string, std::map<Time, Time>, std::less<>> offered_to_;
    std::map<std::string, std::set<Time>, std::less<>> waiting_;  // queue → visits that nobody answered yet
    std::set<Time> changed_;                                      // of rows_
    std::vector<HistoryRow> closed_;                              // since the last take_changed()
};

}  // namespace callboard
