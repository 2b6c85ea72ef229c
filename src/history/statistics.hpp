#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "event/time_span.hpp"
#include "history/row.hpp"

namespace callboard {

/// What is asked of the statistics.
struct StatisticsQuestion {
    enum class By { queue, agent, line, account };
    By by = By::queue;
    Time from{}, to{};                              ///< from `from` on, before `to`
    std::optional<Interval> interval;               ///< nothing: the whole time at once
    Duration threshold = std::chrono::seconds(20);  ///< of the service level
    std::string key;                                ///< this one alone; empty: every one
};

/// Figures of one queue, agent, line or account in one interval; docs/history.md has the formula of each.
struct StatisticsRow {
    std::string key;
    TimeSpan span;
    std::uint64_t offered = 0, answered = 0, lost = 0;
    std::uint64_t answered_in_time = 0;
    std::uint64_t talks = 0;  ///< calls that talked, in both directions
    Duration total_wait{}, longest_wait{}, talk{};
    std::optional<Time> busiest;  ///< begin of the quarter of an hour in which most was offered

    std::optional<double> service_level() const;  ///< 0 … 1; nothing when nothing was answered
    Duration average_wait() const;
    Duration average_talk() const;
    friend bool operator==(const StatisticsRow&, const StatisticsRow&) = default;
};

/// Rows of the history → figures. Pure; in any order of rows, quickest in the order of time. One thread.
class Statistics {
  public:
    Statistics(StatisticsQuestion question, TimeZone zone)
        : question_(std::move(question)), zone_(std::move(zone)) {}

    void add(const HistoryRow& row);
    /// There would be more than kMostRows figures: nothing more is added.
    bool full() const { return rows_.size() >= kMostRows; }
    /// By key, then time; intervals in which nothing was are left out.
    std::vector<StatisticsRow> rows() const;
    /// Share of the interval, as far as it lies between `from` and `to`, in which a line or agent talked: at
    /// most 1. Nothing for queues and accounts, which may talk to many at once.
    std::optional<double> occupancy(const StatisticsRow& row) const;
    const StatisticsQuestion& question() const { return question_; }

    static constexpr std::size_t kMostRows = 50'000;

  private:
    /// Something that was offered to somebody.
    struct Contact {
        Time at{};
        bool answered = false, lost = false;
        Duration waited{}, talked{};
    };
    struct Bucket {
        StatisticsRow row;
        std::map<Time, std::uint64_t> quarters;
    };
    void add_offers(const HistoryRow& row);
    void offered(const std::string& key, const Contact& contact);
    void talked(const std::string& key, Time at, Duration talk);
    Bucket* bucket(const std::string& key, Time at);
    TimeSpan span_of(Time at);

    const StatisticsQuestion question_;
    const TimeZone zone_;
    TimeSpan last_span_;
    std::map<std::pair<std::string, Time>, Bucket> rows_;
};

}  // namespace callboard
