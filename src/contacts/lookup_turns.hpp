#pragma once

#include <chrono>
#include <compare>
#include <deque>
#include <optional>
#include <set>
#include <string>

namespace callboard {

/// Whose name somebody of an account wants to know.
struct LookupQuestion {
    std::string account;
    std::string number;  ///< `0033612345678`
    auto operator<=>(const LookupQuestion&) const = default;
};

/// Whose turn it is to be asked for, and whether the directory is asked at all: after some failures in a row
/// it is left alone for a while, and then tried with one question. Pure; one thread, or its owner's lock.
class LookupTurns {
  public:
    using Steady = std::chrono::steady_clock::time_point;
    using seconds = std::chrono::seconds;

    /// Puts a question in line, unless it is there or under way already. False: it will not be asked, because
    /// too many wait or the directory is left alone.
    bool want(const LookupQuestion& question, Steady now);
    /// Whether there is one to ask now.
    bool has_next(Steady now) const;
    /// The next to ask, which is under way from now on. Nothing: there is none.
    std::optional<LookupQuestion> next(Steady now);
    /// `failed`: the directory gave no answer that can be used.
    void answered(const LookupQuestion& question, bool failed, Steady now);

    std::size_t waiting() const { return line_.size(); }
    /// Since when the directory has been left alone, until when. Nothing: it is asked.
    std::optional<Steady> left_alone_until(Steady now) const;

    static constexpr std::size_t kMostAtOnce = 8, kMostWaiting = 1'000;
    static constexpr int kFailures = 5;  ///< in a row
    static constexpr seconds kFirstRest{30}, kLongestRest{600};

  private:
    std::deque<LookupQuestion> line_;
    std::set<LookupQuestion> known_;  // in line or under way
    std::size_t under_way_ = 0;
    int failures_ = 0;
    seconds rest_ = kFirstRest;
    Steady rests_until_ = Steady::min();
};

}  // namespace callboard
