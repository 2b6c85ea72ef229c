#include "sources/hep/hep_udp.hpp"

#include <linux/sock_diag.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

namespace callboard {
namespace {

constexpr std::size_t kBatch = 128;
constexpr int kMostBatches = 16;  // before timers and stop() get their turn
constexpr std::size_t kLongestDatagram = 65'536;
/// Not a power of two apart, so that the datagrams' beginnings do not contend for the same cache lines.
constexpr std::size_t kStride = kLongestDatagram + 17 * 64;

void ask_for_buffer(int fd, int bytes, const std::string& source) {
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) == 0) return;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    int got = 0;
    socklen_t length = sizeof got;
    getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &length);
    if (got / 2 < bytes)  // the kernel doubles what is asked, for its own bookkeeping
        spdlog::warn(
            "source {}: the receive buffer is {} bytes instead of {}; set sysctl net.core.rmem_max={} "
            "against "
            "losses under load",
            source, got / 2, bytes, bytes);
}

}  // namespace

HepUdp::HepUdp(Descriptor socket, int receive_buffer, Reactor& reactor, HepIntake& intake)
    : socket_(std::move(socket)),
      reactor_(reactor),
      intake_(intake),
      bytes_(std::make_unique_for_overwrite<char[]>(kBatch * kStride)),
      senders_(kBatch),
      pieces_(kBatch),
      headers_(kBatch) {
    ask_for_buffer(socket_.get(), receive_buffer, intake.source());
    for (std::size_t i = 0; i < kBatch; ++i) {
        pieces_[i] = {bytes_.get() + i * kStride, kLongestDatagram};
        headers_[i] = {};
        headers_[i].msg_hdr.msg_iov = &pieces_[i];
        headers_[i].msg_hdr.msg_iovlen = 1;
        headers_[i].msg_hdr.msg_name = senders_[i].raw();
    }
    reactor_.watch(socket_.get(), EPOLLIN, [this](std::uint32_t) { read(); });
}

HepUdp::~HepUdp() { reactor_.unwatch(socket_.get()); }

void HepUdp::read() {
    for (int i = 0; i < kMostBatches; ++i) {
        if (!read_batch()) return intake_.pause();
        intake_.pause_if_due();
    }
}

bool HepUdp::read_batch() {
    for (auto& header : headers_) header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int count = recvmmsg(socket_.get(), headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (count < 0) {
        if (errno == EAGAIN || errno == EINTR) return false;
        if (const auto times = error_log_.hit(reactor_.clock().steady()))
            spdlog::error("source {}: cannot read datagrams ({}), {} times; trying again", intake_.source(),
                          system_error(errno), *times);
        reactor_.rewatch(socket_.get(), 0);
        resting_ = true;
        return false;
    }
    intake_.begin_batch();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        senders_[i].length = headers_[i].msg_hdr.msg_namelen;
        intake_.take({static_cast<const char*>(pieces_[i].iov_base), headers_[i].msg_len}, senders_[i]);
    }
    return static_cast<std::size_t>(count) == kBatch;
}

void HepUdp::tick() {
    if (std::exchange(resting_, false)) reactor_.rewatch(socket_.get(), EPOLLIN);
    count_dropped();
}

void HepUdp::count_dropped() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t length = sizeof memory;
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) return;
    const std::uint32_t dropped = memory[SK_MEMINFO_DROPS];
    if (dropped != dropped_) intake_.count_dropped(dropped - dropped_);
    dropped_ = dropped;
}

}  // namespace callboard
