#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "event/directory.hpp"

namespace callboard {

/// Makes guessing tokens slow: who sends wrong ones waits longer for each answer, doubling up to five
/// seconds, forgotten after ten minutes. Right tokens are never slowed, also from the same address.
/// Thread-safe.
class WrongTokens {
  public:
    /// Counts one more from this address: how long its answer is to be held back.
    std::chrono::milliseconds seen(std::string_view address, std::chrono::steady_clock::time_point now);

    /// A place among the answers that are held back, given back with the last copy; null when all are taken.
    std::shared_ptr<void> hold();

    static constexpr std::size_t kMostHeld = 10'000;
    static constexpr std::size_t kMostAddresses = 100'000;
    static constexpr unsigned kFree = 3;  ///< mistakes that cost nothing
    static constexpr std::chrono::milliseconds kFirst{100};
    static constexpr std::chrono::milliseconds kLongest{5'000};
    static constexpr std::chrono::minutes kMemory{10};

  private:
    struct Mistakes {
        unsigned count = 0;
        std::chrono::steady_clock::time_point last{};
    };
    std::mutex mutex_;
    StringMap<Mistakes> addresses_;
    std::deque<std::string> order_;
    std::shared_ptr<std::atomic<std::size_t>> held_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace callboard
