#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace callboard {

/// Whether the threads that everything depends on still answer. One thread asks.
class Pulse {
  public:
    /// Has a thread call `answered` soon, on that thread. False: it cannot be asked just now.
    using Ask = std::function<bool(std::function<void()> answered)>;

    /// One for each thread.
    explicit Pulse(std::vector<Ask> threads);

    /// Whether every thread has answered since this was asked last; and asks again. False the first time.
    bool beats();

  private:
    struct Thread {
        Ask ask;
        std::shared_ptr<std::atomic<bool>> answered;
    };
    std::vector<Thread> threads_;
    bool begun_ = false;
};

}  // namespace callboard
