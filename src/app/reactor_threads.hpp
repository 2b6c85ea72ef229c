#pragma once

#include <list>
#include <thread>
#include <vector>

#include "net/reactor.hpp"

namespace callboard {

/// Reactors, each with its thread.
class ReactorThreads {
  public:
    /// `count` 0: one per core.
    ReactorThreads(unsigned count, const Clock& clock, Reactor::Moving moving);
    ~ReactorThreads() { stop(); }
    ReactorThreads(const ReactorThreads&) = delete;
    ReactorThreads& operator=(const ReactorThreads&) = delete;

    const std::vector<Reactor*>& reactors() const { return all_; }
    /// Ends the threads. The reactors stay, and take calls that nobody runs.
    void stop();

  private:
    std::list<Reactor> reactors_;
    std::vector<Reactor*> all_;
    std::vector<std::thread> threads_;
};

}  // namespace callboard
