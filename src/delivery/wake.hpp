#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "hub/hub.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Listens to the hub for one reactor: one call on its thread for any number of groups announced meanwhile,
/// and none while nobody waits. The reactor must have ended, or never run, when this is destroyed.
class Wake final : public Listener {
  public:
    Wake(Hub& hub, Reactor& reactor, std::function<void()> call)
        : hub_(hub), reactor_(reactor), call_(std::move(call)) {
        hub_.add(*this);
    }
    ~Wake() override { hub_.remove(*this); }
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    /// Whether somebody waits. On before it is looked whether there is something to wait for: what is
    /// announced after that look calls. On the reactor's thread.
    void listen(bool on) { listening_ = on; }

    void on_announced(Sequence) noexcept override {
        if (!listening_ || pending_.exchange(true)) return;
        reactor_.post([this] {
            pending_ = false;
            call_();
        });
    }

  private:
    Hub& hub_;
    Reactor& reactor_;
    std::function<void()> call_;
    std::atomic<bool> listening_{false};
    std::atomic<bool> pending_{false};
};

}  // namespace callboard
