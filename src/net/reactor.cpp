#include "net/reactor.hpp"

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/precedence.hpp"
#include "net/engine.hpp"
#include "net/watches.hpp"

namespace callboard {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr std::chrono::milliseconds kLongestWait = std::chrono::seconds(60);
constexpr int kRounds = 2;  // of posted calls in one turn

}  // namespace

struct Reactor::Impl {
    Impl(const Clock& the_clock, Moving the_moving)
        : clock(the_clock), moving(the_moving), wake_up(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    void ring() const { ::eventfd_write(wake_up.get(), 1); }  // full means awake already

    void begin() {
        if (moving != Moving::epoll) {
            auto made = uring_engine(watches, wake_up.get());
            if (made)
                engine = *std::move(made);
            else
                spdlog::log(moving == Moving::io_uring ? spdlog::level::warn : spdlog::level::debug,
                            "net: {}; epoll is used instead", made.error().what);
        }
        if (!engine) engine = epoll_engine(watches, wake_up.get());
    }

    /// How long the next turn may wait. While it does, post() has to ring.
    std::chrono::milliseconds fall_asleep() {
        {
            const std::lock_guard lock(mutex);
            asleep = posted.empty();
            if (!asleep) return std::chrono::milliseconds(0);
        }
        if (timers.empty()) return kLongestWait;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(timers.begin()->first.first - clock.steady());
        return std::clamp(left, std::chrono::milliseconds(0), kLongestWait);
    }

    /// What the calls post themselves is of the same turn as well, once: the sockets come before more of it.
    void run_posted() {
        for (int round = 0; round < kRounds; ++round) {
            std::vector<std::function<void()>> calls;
            {
                const std::lock_guard lock(mutex);
                asleep = false;
                calls.swap(posted);
            }
            if (calls.empty()) return;
            for (auto& call : calls) call();
        }
    }

    void run_timers() {
        const auto now = clock.steady();
        const TimerId newest = last_timer;  // a timer that sets itself again at once waits for the next turn
        while (!timers.empty() && timers.begin()->first.first <= now &&
               timers.begin()->first.second <= newest) {
            auto timer = timers.extract(timers.begin());
            timer_times.erase(timer.key().second);
            timer.mapped()();
        }
    }

    const Clock& clock;
    const Moving moving;
    const Descriptor wake_up;
    std::atomic<bool> stopped{false};

    // Guarded by mutex.
    std::mutex mutex;
    std::vector<std::function<void()>> posted;
    bool asleep = false;  // it waits, or is about to, and knows of nothing posted

    // Of the reactor's thread.
    Watches watches;
    std::unique_ptr<Engine> engine;  // while it runs
    std::map<std::pair<SteadyTime, TimerId>, std::function<void()>> timers;
    std::unordered_map<TimerId, SteadyTime> timer_times;
    TimerId last_timer = 0;
};

Reactor::Reactor(const Clock& clock, Moving moving) : impl_(std::make_unique<Impl>(clock, moving)) {}
Reactor::~Reactor() = default;

const Clock& Reactor::clock() const { return impl_->clock; }

void Reactor::run() {
    be_prompt();
    impl_->begin();
    while (!impl_->stopped.load(std::memory_order_acquire)) {
        impl_->engine->turn(impl_->fall_asleep());
        impl_->run_posted();
        impl_->run_timers();
    }
    impl_->run_posted();
}

void Reactor::stop() {
    impl_->stopped.store(true, std::memory_order_release);
    impl_->ring();
}

void Reactor::post(std::function<void()> call) {
    bool asleep = false;
    {
        const std::lock_guard lock(impl_->mutex);
        asleep = std::exchange(impl_->asleep, false);
        impl_->posted.push_back(std::move(call));
    }
    if (asleep) impl_->ring();
}

Reactor::TimerId Reactor::after(std::chrono::milliseconds delay, std::function<void()> call) {
    const TimerId id = ++impl_->last_timer;
    const auto time = impl_->clock.steady() + delay;
    impl_->timers.emplace(std::make_pair(time, id), std::move(call));
    impl_->timer_times.emplace(id, time);
    return id;
}

void Reactor::cancel(TimerId timer) {
    const auto found = impl_->timer_times.find(timer);
    if (found == impl_->timer_times.end()) return;
    impl_->timers.erase({found->second, timer});
    impl_->timer_times.erase(found);
}

void Reactor::watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> ready) {
    impl_->watches.watch(fd, events, std::move(ready));
}
void Reactor::rewatch(int fd, std::uint32_t events) { impl_->watches.rewatch(fd, events); }
void Reactor::unwatch(int fd) { impl_->watches.unwatch(fd); }

std::unique_ptr<Stream> Reactor::open(Descriptor socket, StreamOwner& owner) {
    return impl_->engine->open(std::move(socket), owner);
}

}  // namespace callboard
