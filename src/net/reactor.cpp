#include "net/reactor.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace callboard {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr int kBatch = 256;
constexpr std::chrono::milliseconds kLongestWait = std::chrono::seconds(60);

}  // namespace

struct Reactor::Impl {
    explicit Impl(const Clock& the_clock)
        : clock(the_clock),
          epoll(epoll_create1(EPOLL_CLOEXEC)),
          wake_up(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = static_cast<std::uint32_t>(wake_up);
        epoll_ctl(epoll, EPOLL_CTL_ADD, wake_up, &event);
    }
    ~Impl() {
        close(wake_up);
        close(epoll);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    /// What is watched at one descriptor. The generation tells an event of an earlier descriptor with the
    /// same number.
    struct Watch {
        std::uint32_t generation = 0;
        std::shared_ptr<std::function<void(std::uint32_t)>> ready;
    };

    void ring() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(wake_up, &one, sizeof one);  // full means awake already
    }

    void control(int operation, int fd, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.u64 = std::uint64_t{watches[static_cast<std::size_t>(fd)].generation} << 32 |
                         static_cast<std::uint32_t>(fd);
        epoll_ctl(epoll, operation, fd, &event);
    }

    int wait_ms() const {
        if (timers.empty()) return static_cast<int>(kLongestWait.count());
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(timers.begin()->first.first - clock.steady());
        return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), kLongestWait).count());
    }

    void run_posted() {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard lock(mutex);
            calls.swap(posted);
        }
        for (auto& call : calls) call();
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

    void dispatch(const epoll_event& event) {
        const auto fd = static_cast<std::uint32_t>(event.data.u64);
        if (static_cast<int>(fd) == wake_up) {
            std::uint64_t count = 0;
            [[maybe_unused]] const auto taken = read(wake_up, &count, sizeof count);
            return;
        }
        if (fd >= watches.size() || watches[fd].generation != event.data.u64 >> 32 || !watches[fd].ready)
            return;
        const auto ready = watches[fd].ready;  // it may unwatch itself
        (*ready)(event.events);
    }

    const Clock& clock;
    int epoll;
    int wake_up;
    std::atomic<bool> stopped{false};

    // Guarded by mutex.
    std::mutex mutex;
    std::vector<std::function<void()>> posted;

    // Of the reactor's thread.
    std::vector<Watch> watches;  // by descriptor
    std::map<std::pair<SteadyTime, TimerId>, std::function<void()>> timers;
    std::unordered_map<TimerId, SteadyTime> timer_times;
    TimerId last_timer = 0;
};

Reactor::Reactor(const Clock& clock) : impl_(std::make_unique<Impl>(clock)) {}
Reactor::~Reactor() = default;

const Clock& Reactor::clock() const { return impl_->clock; }

void Reactor::run() {
    std::array<epoll_event, kBatch> events{};
    while (!impl_->stopped.load(std::memory_order_acquire)) {
        const int count = epoll_wait(impl_->epoll, events.data(), kBatch, impl_->wait_ms());
        for (int i = 0; i < count; ++i) impl_->dispatch(events[static_cast<std::size_t>(i)]);
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
    bool first = false;
    {
        const std::lock_guard lock(impl_->mutex);
        first = impl_->posted.empty();
        impl_->posted.push_back(std::move(call));
    }
    if (first) impl_->ring();
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
    const auto index = static_cast<std::size_t>(fd);
    if (impl_->watches.size() <= index) impl_->watches.resize(index + 1);
    auto& watch = impl_->watches[index];
    ++watch.generation;
    watch.ready = std::make_shared<std::function<void(std::uint32_t)>>(std::move(ready));
    impl_->control(EPOLL_CTL_ADD, fd, events);
}

void Reactor::rewatch(int fd, std::uint32_t events) { impl_->control(EPOLL_CTL_MOD, fd, events); }

void Reactor::unwatch(int fd) {
    epoll_ctl(impl_->epoll, EPOLL_CTL_DEL, fd, nullptr);
    auto& watch = impl_->watches[static_cast<std::size_t>(fd)];
    ++watch.generation;
    watch.ready.reset();
}

}  // namespace callboard
