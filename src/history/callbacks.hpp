#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "history/store.hpp"

namespace callboard {

/// A caller whom nobody answered.
struct Callback {
    Time through{};  ///< `started` of the last attempt: names the entry
    std::string number;
    std::string line, queue;  ///< that the last attempt went to; empty: not a line, not a queue
    Time first{}, last{};     ///< when they called
    std::uint64_t attempts = 0;
    Duration longest_wait{};
    std::optional<CallbackTick> done;
    friend bool operator==(const Callback&, const Callback&) = default;
};

/// Callers who were not answered, and since then neither called back nor answered when they called again.
/// docs/history.md has the rule. Pure; rows of one account in any order. One thread.
class CallbackList {
  public:
    /// Attempts count from `from` on and before `to`; answers whenever they came. `is_ours`: whether a number
    /// is of one of our own lines, which nobody has to call back.
    CallbackList(Time from, Time to, std::vector<CallbackTick> ticks,
                 std::function<bool(std::string_view)> is_ours);

    void add(const HistoryRow& row);
    /// There would be more than kMostNumbers callers: further ones are not added.
    bool full() const { return callers_.size() >= kMostNumbers; }
    /// The last attempt first.
    std::vector<Callback> entries() const;

    static constexpr std::size_t kMostNumbers = 50'000;
    static constexpr std::size_t kMostAttempts = 100;  ///< of a caller; further ones are not counted

  private:
    struct Attempt {
        Time at{};
        std::string call_id, line, queue;
        Duration waited{};
    };
    struct Caller {
        std::vector<Attempt> attempts;
        Time answered{};  ///< last spoken with
    };
    Caller* caller(const std::string& number);
    std::optional<Callback> entry(const std::string& number, const Caller& caller) const;

    const Time from_, to_;
    const std::function<bool(std::string_view)> is_ours_;
    std::map<std::string, CallbackTick> ticks_;  // by number
    std::map<std::string, Caller> callers_;
};

}  // namespace callboard
