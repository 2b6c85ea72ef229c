#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "net/socket.hpp"
#include "net/stream.hpp"

namespace callboard {

/// One thread that waits for sockets, timers and calls from other threads.
///
/// run() is the thread's function; everything but post() and stop() is for that thread alone.
class Reactor {
  public:
    using TimerId = std::uint64_t;
    /// How bytes move; see net/engine.hpp.
    enum class Moving {
        automatic,  ///< io_uring where the kernel lets us, else epoll
        epoll,
        io_uring,  ///< epoll, with a warning, where the kernel does not let us
    };

    explicit Reactor(const Clock& clock, Moving moving = Moving::epoll);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Serves until stop(); then returns, with the calls posted before it done. All streams must be gone
    /// before the reactor is destroyed.
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

    /// Moves the bytes of a connected, non-blocking socket. `owner` must outlive the stream. Only while run()
    /// serves.
    std::unique_ptr<Stream> open(Descriptor socket, StreamOwner& owner);

    const Clock& clock() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
