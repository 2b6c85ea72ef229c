#pragma once

#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "delivery/audit.hpp"

namespace callboard::test {

/// An audit in memory. Any thread.
class NotedActs final : public Audit {
  public:
    void note(const Actor& actor, const Act& act) override {
        const std::lock_guard lock(mutex_);
        noted_.emplace_back(actor, act);
    }
    /// Those of one kind, in order.
    template <typename One>
    std::vector<One> all() const {
        const std::lock_guard lock(mutex_);
        std::vector<One> found;
        for (const auto& [actor, act] : noted_)
            if (const auto* one = std::get_if<One>(&act)) found.push_back(*one);
        return found;
    }
    /// Who did each act.
    std::vector<Actor> actors() const {
        const std::lock_guard lock(mutex_);
        std::vector<Actor> found;
        for (const auto& [actor, act] : noted_) found.push_back(actor);
        return found;
    }
    void forget() {
        const std::lock_guard lock(mutex_);
        noted_.clear();
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::pair<Actor, Act>> noted_;
};

}  // namespace callboard::test
