#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace callboard {

/// SIGINT, SIGTERM and SIGHUP as values instead of interruptions; SIGPIPE is ignored. Made on the main thread
/// before any other thread is, so that all of them leave these signals to it. One for the process.
class Signals {
  public:
    Signals();
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// The next signal, or nothing after `patience`.
    std::optional<int> wait(std::chrono::milliseconds patience) const;
    /// Becomes readable when a signal waits; for poll(2). Owned by this.
    int descriptor() const { return descriptor_; }

  private:
    sigset_t set_{}, before_{};
    int descriptor_ = -1;
};

}  // namespace callboard
