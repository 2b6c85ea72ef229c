#pragma once

#include <chrono>
#include <memory>

#include "base/result.hpp"
#include "net/socket.hpp"
#include "net/stream.hpp"
#include "net/watches.hpp"

namespace callboard {

/// How a reactor waits, and how the bytes of its streams move. On the reactor's thread alone.
class Engine {
  public:
    virtual ~Engine() = default;
    /// Sends off what was written, waits until something happens, at most so long, and tells whom it
    /// concerns.
    virtual void turn(std::chrono::milliseconds longest) = 0;
    /// Takes a connected, non-blocking socket. `owner` must outlive the stream.
    virtual std::unique_ptr<Stream> open(Descriptor socket, StreamOwner& owner) = 0;
};

/// One system call for each read and each write; on every Linux. `wake_up` is an eventfd that ends a wait.
std::unique_ptr<Engine> epoll_engine(Watches& watches, int wake_up);

/// io_uring(7): everything that was written in one turn is handed to the kernel by one system call, and what
/// came in comes without any. To be made on the thread that uses it. Error `unavailable`: this kernel is
/// older than 6.1, or does not let this process (containers often do not).
Result<std::unique_ptr<Engine>> uring_engine(Watches& watches, int wake_up);

}  // namespace callboard
