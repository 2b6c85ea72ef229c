#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "net/socket.hpp"

namespace callboard {

/// Descriptors that are waited for with epoll(7), level-triggered. One thread.
class Watches {
  public:
    using Ready = std::function<void(std::uint32_t)>;  ///< gets the epoll events

    Watches();

    /// The descriptor stays the caller's; unwatch before closing it.
    void watch(int fd, std::uint32_t events, Ready ready);
    void rewatch(int fd, std::uint32_t events);
    void unwatch(int fd);

    /// Waits until something is ready, at most so long, and calls whoever watches it.
    void wait(std::chrono::milliseconds longest);
    /// Readable when wait() would find something.
    int descriptor() const { return epoll_.get(); }

  private:
    /// What is watched at one descriptor. The generation tells an event of an earlier descriptor with the
    /// same number.
    struct Watch {
        std::uint32_t generation = 0;
        std::shared_ptr<Ready> ready;
    };
    void control(int operation, int fd, std::uint32_t events);

    Descriptor epoll_;
    std::vector<Watch> watches_;  // by descriptor
};

}  // namespace callboard
