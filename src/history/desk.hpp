#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "history/store.hpp"

namespace callboard {

/// Answers questions of the history on threads of its own, so that no client waits for another's disk. A long
/// question occupies one of them; the others go on with what is short.
class HistoryDesk {
  public:
    /// Gets a reader of its own thread, or why there is none. Looks at stopping() now and then when it takes
    /// long.
    using Work = std::function<void(const Result<HistoryReader*>&)>;

    /// `store` must outlive it.
    explicit HistoryDesk(HistoryStore& store, unsigned threads = 2);
    /// Stops as stop() does.
    ~HistoryDesk();
    HistoryDesk(const HistoryDesk&) = delete;
    HistoryDesk& operator=(const HistoryDesk&) = delete;

    /// False: stopped, or too many wait. Any thread.
    bool submit(Work work);
    /// What has not begun is dropped.
    void stop();
    bool stopping() const { return stopping_; }

    static constexpr std::size_t kMostWaiting = 200;

  private:
    void run();

    HistoryStore& store_;
    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<Work> waiting_;
    std::atomic<bool> stopping_{false};
    std::vector<std::thread> threads_;
};

}  // namespace callboard
