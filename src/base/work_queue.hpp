#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace callboard {

/// Work that waits, in order and up to a bound, for threads that may be kept waiting by a disk. Any thread.
template <typename Work>
class WorkQueue {
  public:
    explicit WorkQueue(std::size_t most) : most_(most) {}

    /// False: stopped, or too much waits.
    bool push(Work work) {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_ || waiting_.size() >= most_) return false;
            waiting_.push_back(std::move(work));
        }
        changed_.notify_one();
        return true;
    }
    /// Waits for the next; nothing: stopped.
    std::optional<Work> next() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return std::nullopt;
        std::optional<Work> work(std::move(waiting_.front()));
        waiting_.pop_front();
        return work;
    }
    /// What has not begun is dropped.
    void stop() {
        std::deque<Work> dropped;
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            dropped.swap(waiting_);
        }
        changed_.notify_all();
    }
    bool stopping() const { return stopping_; }

  private:
    const std::size_t most_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Work> waiting_;
    std::atomic<bool> stopping_{false};
};

}  // namespace callboard
