#include "sources/hep/hep_tcp.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace callboard {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kMostAccepted = 64;  // before the connections there are get their turn

/// A sender that vanished without a word is found out after about two minutes.
void keep_alive(int fd) {
    const int on = 1, idle_s = 60, interval_s = 20, probes = 3;
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

}  // namespace

HepTcp::HepTcp(Descriptor listener, std::size_t most_connections, Reactor& reactor, HepIntake& intake)
    : listener_(std::move(listener)),
      most_connections_(most_connections),
      reactor_(reactor),
      intake_(intake) {
    reactor_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept(); });
}

HepTcp::~HepTcp() {
    for (const auto& [fd, connection] : connections_) reactor_.unwatch(fd);
    reactor_.unwatch(listener_.get());
}

void HepTcp::accept() {
    for (int i = 0; i < kMostAccepted; ++i) {
        SocketAddress peer;
        peer.length = sizeof peer.storage;
        Descriptor socket(accept4(listener_.get(), peer.raw(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) {
            add(std::move(socket), peer);
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN) return;
        if (const auto count = accept_log_.hit(reactor_.clock().steady()))
            spdlog::error(
                "source {}: cannot accept connections ({}), {} times; raise the limit of open files",
                intake_.source(), system_error(errno), *count);
        reactor_.rewatch(listener_.get(), 0);
        resting_ = true;
        return;
    }
}

void HepTcp::add(Descriptor socket, const SocketAddress& peer) {
    if (connections_.size() >= most_connections_ && !make_room()) {
        if (const auto count = full_log_.hit(reactor_.clock().steady()))
            spdlog::warn("source {}: {} connections refused, the last of {}: all {} places are taken",
                         intake_.source(), *count, peer.text(), most_connections_);
        return;
    }
    const int fd = socket.get();
    keep_alive(fd);
    auto& connection = connections_[fd];
    connection.socket = std::move(socket);
    connection.peer = peer;
    connection.heard = reactor_.clock().steady();
    reactor_.watch(fd, EPOLLIN, [this, fd](std::uint32_t) { read(fd); });
}

/// Closes the connection that has been waiting longest for its first packet. False: all have sent one.
bool HepTcp::make_room() {
    auto longest = connections_.end();
    for (auto it = connections_.begin(); it != connections_.end(); ++it)
        if (!it->second.proven && (longest == connections_.end() || it->second.heard < longest->second.heard))
            longest = it;
    if (longest == connections_.end()) return false;
    close(longest->first);
    return true;
}

/// One read for each call: who sends much waits for the others' turn.
void HepTcp::read(int fd) {
    Connection& connection = connections_.at(fd);
    const auto room = connection.stream.room();
    const ssize_t count = ::read(fd, room.data(), room.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return close(fd);
    intake_.begin_batch();
    connection.heard = reactor_.clock().steady();
    connection.stream.filled(static_cast<std::size_t>(count));
    while (const auto packet = connection.stream.next()) {
        intake_.take(*packet, connection.peer);
        connection.proven = true;
    }
    if (static_cast<std::size_t>(count) < room.size())
        intake_.pause();
    else
        intake_.pause_if_due();
    if (!connection.stream.broken()) return;
    intake_.count_broken_stream(connection.peer);
    close(fd);
}

void HepTcp::close(int fd) {
    reactor_.unwatch(fd);
    connections_.erase(fd);
}

void HepTcp::tick() {
    if (std::exchange(resting_, false)) reactor_.rewatch(listener_.get(), EPOLLIN);
    const SteadyTime now = reactor_.clock().steady();
    std::erase_if(connections_, [&](const auto& entry) {
        const auto& [fd, connection] = entry;
        const bool waiting = !connection.proven || connection.stream.within_packet();
        if (!waiting || now - connection.heard < kPatience) return false;
        reactor_.unwatch(fd);
        return true;
    });
}

}  // namespace callboard
