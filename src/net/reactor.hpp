#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.hpp"

namespace callboard {

/// One thread that waits for sockets, timers and calls from other threads (epoll).
///
/// run() is the thread's function; everything but post() and stop() is for that thread alone.
class Reactor {
  public:
    using TimerId = std::uint64_t;

    explicit Reactor(const Clock& clock);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Serves until stop(); then returns, with the calls posted before it done.
    void run();
    /// Any thread.
    void stop();
    /// Runs `call` on the reactor's thread, in the order of posting. Any thread.
    void post(std::function<void()> call);

    /// Calls once after `delay`; never early, resolution 1 ms.
    TimerId after(std::chrono::milliseconds delay, std::function<void()> call);
    void cancel(TimerId timer);

    /// Calls `ready` with the epoll events whenever the descriptor is ready (level-triggered). The descriptor
    /// stays the caller's; unwatch before closing it.
    void watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> ready);
    void rewatch(int fd, std::uint32_t events);
    void unwatch(int fd);

    const Clock& clock() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
