#pragma once

#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "base/work_queue.hpp"
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
    bool submit(Work work) { return waiting_.push(std::move(work)); }
    /// What has not begun is dropped.
    void stop();
    bool stopping() const { return waiting_.stopping(); }

    static constexpr std::size_t kMostWaiting = 200;

  private:
    void run();

    HistoryStore& store_;
    WorkQueue<Work> waiting_{kMostWaiting};
    std::vector<std::thread> threads_;
};

}  // namespace callboard
