#include "contacts/lookup_turns.hpp"

#include <algorithm>

namespace callboard {

std::optional<LookupTurns::Steady> LookupTurns::left_alone_until(Steady now) const {
    if (now >= rests_until_) return std::nullopt;
    return rests_until_;
}

bool LookupTurns::want(const LookupQuestion& question, Steady now) {
    if (known_.count(question) > 0) return true;
    if (left_alone_until(now) || line_.size() >= kMostWaiting) return false;
    known_.insert(question);
    line_.push_back(question);
    return true;
}

bool LookupTurns::has_next(Steady now) const {
    const std::size_t most = failures_ >= kFailures ? 1 : kMostAtOnce;
    return !line_.empty() && under_way_ < most && !left_alone_until(now);
}

std::optional<LookupQuestion> LookupTurns::next(Steady now) {
    if (!has_next(now)) return std::nullopt;
    LookupQuestion question = std::move(line_.front());
    line_.pop_front();
    ++under_way_;
    return question;
}

void LookupTurns::answered(const LookupQuestion& question, bool failed, Steady now) {
    known_.erase(question);
    --under_way_;
    if (!failed) {
        failures_ = 0;
        rest_ = kFirstRest;
        return;
    }
    // Those that were under way when it was left alone say nothing new.
    if (++failures_ < kFailures || left_alone_until(now)) return;
    rests_until_ = now + rest_;
    rest_ = std::min(2 * rest_, kLongestRest);
    // Whoever still wants to know asks again.
    for (const LookupQuestion& one : line_) known_.erase(one);
    line_.clear();
}

}  // namespace callboard
