#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/throttle.hpp"
#include "event/numbering.hpp"
#include "history/fold.hpp"
#include "history/store.hpp"
#include "hub/hub.hpp"

namespace callboard {

/// Reads every event from the hub, from a place of its own, and keeps the rows that they make in the history.
/// On a thread of its own, so that the history's disk delays nobody, and of low priority: what is delivered
/// comes first where processors are few, and the history catches up afterwards.
///
/// Rows and the place up to which they tell are written together: after a crash it goes on where they end,
/// and no row is lost or made twice. What cannot be written is tried again.
class HistoryFollower final : public Listener {
  public:
    struct Settings {
        std::string region = "FR";  ///< whose national numbers are read
        Duration retention = std::chrono::hours(24 * 400);
        std::size_t page = 2'000;                        ///< events of one transaction
        Duration rest = std::chrono::milliseconds(250);  ///< between two transactions, unless much waits
        Duration retry = std::chrono::seconds(1);        ///< after a failure
        Duration retirement_rest = std::chrono::minutes(1);
    };

    /// All references must outlive it. A store that is not there yet is waited for. Error: it will not become
    /// readable by waiting.
    static Result<std::unique_ptr<HistoryFollower>> start(Hub& hub, HistoryStore& store, const Clock& clock,
                                                          Metrics& metrics, Settings settings);
    /// Stops as stop() does.
    ~HistoryFollower() override;
    HistoryFollower(const HistoryFollower&) = delete;
    HistoryFollower& operator=(const HistoryFollower&) = delete;

    /// Takes in what the hub has told so far, unless that is much or the disk refuses it, then ends the
    /// thread. What is left is read from the journal at the next start.
    void stop();
    /// Waits until everything up to `sequence` is in the history, at most `patience`, without a rest. Any
    /// thread.
    bool reached(Sequence sequence, std::chrono::milliseconds patience);

    void on_announced(Sequence) noexcept override;

  private:
    HistoryFollower(Hub& hub, std::unique_ptr<HistoryWriter> writer, const Clock& clock, Metrics& metrics,
                    Settings settings);
    void run();
    Result<void> begin();
    void find_place();
    Result<bool> take_page();
    void take(const Record& record);
    void retire_if_due();
    void complain(const std::string& what);

    Hub& hub_;
    const std::unique_ptr<HistoryWriter> writer_;
    const Clock& clock_;
    const Settings settings_;

    std::mutex mutex_;
    std::condition_variable work_, progress_;
    bool announced_ = true, stopping_ = false, ended_ = false;
    unsigned asked_ = 0;  // wait in reached()
    Sequence written_ = 0;

    // The thread's own.
    bool begun_ = false;  // the store has told where it stands
    HistoryFold fold_;
    HistoryPlace place_;
    Numbering numbering_;
    std::vector<HistoryRow> unwritten_;  // a transaction that failed
    std::chrono::steady_clock::time_point next_retirement_{};
    Throttle spoken_;
    Counter& rows_;
    Gauge& sequence_;
    std::thread thread_;
};

}  // namespace callboard
