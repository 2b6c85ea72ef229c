#include "delivery/wrong_tokens.hpp"

#include <algorithm>

namespace callboard {

std::chrono::milliseconds WrongTokens::seen(std::string_view address,
                                            std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    auto [found, fresh] = addresses_.try_emplace(std::string(address));
    if (fresh) {
        order_.emplace_back(address);
        if (order_.size() > kMostAddresses) {
            addresses_.erase(order_.front());
            order_.pop_front();
        }
    }
    Mistakes& mistakes = found->second;
    if (!fresh && now - mistakes.last > kMemory) mistakes.count = 0;
    mistakes.last = now;
    ++mistakes.count;
    if (mistakes.count <= kFree) return std::chrono::milliseconds(0);
    const unsigned doublings = std::min(mistakes.count - kFree - 1, 10U);
    return std::min(kFirst * (1 << doublings), kLongest);
}

std::shared_ptr<void> WrongTokens::hold() {
    if (held_->fetch_add(1) >= kMostHeld) {
        held_->fetch_sub(1);
        return nullptr;
    }
    return {static_cast<void*>(held_.get()), [held = held_](void*) { held->fetch_sub(1); }};
}

}  // namespace callboard
