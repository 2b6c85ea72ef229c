#include "net/watches.hpp"

#include <sys/epoll.h>

#include <array>
#include <utility>

namespace callboard {
namespace {

constexpr int kBatch = 256;

}  // namespace

Watches::Watches() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

void Watches::control(int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = std::uint64_t{watches_[static_cast<std::size_t>(fd)].generation} << 32 |
                     static_cast<std::uint32_t>(fd);
    epoll_ctl(epoll_.get(), operation, fd, &event);
}

void Watches::watch(int fd, std::uint32_t events, Ready ready) {
    const auto index = static_cast<std::size_t>(fd);
    if (watches_.size() <= index) watches_.resize(index + 1);
    auto& watch = watches_[index];
    ++watch.generation;
    watch.ready = std::make_shared<Ready>(std::move(ready));
    control(EPOLL_CTL_ADD, fd, events);
}

void Watches::rewatch(int fd, std::uint32_t events) { control(EPOLL_CTL_MOD, fd, events); }

void Watches::unwatch(int fd) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    auto& watch = watches_[static_cast<std::size_t>(fd)];
    ++watch.generation;
    watch.ready.reset();
}

void Watches::wait(std::chrono::milliseconds longest) {
    std::array<epoll_event, kBatch> events{};
    const int count = epoll_wait(epoll_.get(), events.data(), kBatch, static_cast<int>(longest.count()));
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        const auto fd = static_cast<std::uint32_t>(event.data.u64);
        if (watches_[fd].generation != event.data.u64 >> 32 || !watches_[fd].ready) continue;
        const auto ready = watches_[fd].ready;  // it may unwatch itself
        (*ready)(event.events);
    }
}

}  // namespace callboard
