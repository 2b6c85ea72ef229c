#include "app/pulse.hpp"

#include <utility>

namespace callboard {

Pulse::Pulse(std::vector<Ask> threads) {
    for (Ask& ask : threads) threads_.push_back({std::move(ask), std::make_shared<std::atomic<bool>>(true)});
}

bool Pulse::beats() {
    bool all = std::exchange(begun_, true);
    for (const auto& [ask, answered] : threads_) {
        // One that has not answered is not asked twice: what is handed to a thread that hangs stays there.
        if (!answered->exchange(false)) {
            all = false;
        } else if (!ask([flag = answered] { flag->store(true); })) {
            answered->store(true);
            all = false;
        }
    }
    return all;
}

}  // namespace callboard
