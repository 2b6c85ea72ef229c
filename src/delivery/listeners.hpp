#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "delivery/audit.hpp"

namespace callboard {

/// One who gets events under a token: tells the audit when that begins, and when the last owner lets go of
/// it. Any thread.
class Listening {
  public:
    /// `audit` and `clock` must outlive it.
    Listening(Audit& audit, const Clock& clock, Actor actor, std::string transport, bool masked);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    void got(std::uint64_t events) { events_.fetch_add(events, std::memory_order_relaxed); }
    /// It asks again: what lasts ends with the last time that it did.
    void asks_again();

  private:
    static constexpr auto kNever = std::chrono::steady_clock::time_point::min();

    Audit& audit_;
    const Clock& clock_;
    const Actor actor_;
    const std::string transport_;
    const bool masked_;
    const std::chrono::steady_clock::time_point begun_;
    std::atomic<std::chrono::steady_clock::time_point> asked_{kNever};
    std::atomic<std::uint64_t> events_{0};
};

/// Those who listen. A connection that stays is one of them as long as it lasts; whoever asks again and again
/// is one until nothing was heard of it for kAbsence. Any thread.
class Listeners {
  public:
    /// Both must outlive it, and everything that it gives out.
    Listeners(Audit& audit, const Clock& clock) : audit_(audit), clock_(clock) {}

    /// A connection: whoever keeps what is returned listens. Null: there is no audit.
    std::shared_ptr<Listening> connected(std::string_view peer, std::string_view token, const Grant& grant,
                                         std::string_view transport);
    /// A request of one that comes back. It is known again by its transport, its token, and `name`: the
    /// session, or where there is none the address. Null: there is no audit.
    std::shared_ptr<Listening> asked(std::string_view peer, std::string_view token, const Grant& grant,
                                     std::string_view transport, std::string_view name);
    /// Lets those go of whom nothing was heard. To be called now and then.
    void expire();

    /// Longer than a poll may take.
    static constexpr std::chrono::seconds kAbsence{120};

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    struct Known {
        std::shared_ptr<Listening> listening;
        SteadyTime heard{};
    };
    using Key = std::tuple<std::string, std::string, std::string>;  // transport, token, name

    Audit& audit_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<Key, Known, std::less<>> known_;
};

}  // namespace callboard
