#include "app/packet_sender.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "sources/hep/hep_packet.hpp"

namespace callboard {
namespace {

constexpr int kPatienceMs = std::chrono::milliseconds(PacketSender::kPatience).count();

bool writable_in_time(int fd) {
    pollfd waiting{fd, POLLOUT, 0};
    return ::poll(&waiting, 1, kPatienceMs) == 1;
}

/// 0 once connected, else the reason as errno.
int connect_in_time(int fd, const SocketAddress& address) {
    if (::connect(fd, address.raw(), address.length) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!writable_in_time(fd)) return ETIMEDOUT;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

}  // namespace

Result<PacketSender> PacketSender::open(std::string_view to) {
    const bool stream = to.starts_with("tcp:");
    if (!stream && !to.starts_with("udp:"))
        return Error{Error::Kind::invalid,
                     fmt::format("\"{}\" has to begin with udp: or tcp:, as in udp:127.0.0.1:9060", to)};
    const auto address = parse_address(to.substr(4));
    if (!address) return address.error();
    const int type = stream ? SOCK_STREAM : SOCK_DGRAM;
    Descriptor socket(::socket(address->family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return Error{Error::Kind::unavailable, "no socket: " + system_error(errno)};
    if (const int error = connect_in_time(socket.get(), *address); error != 0)
        return Error{Error::Kind::unavailable,
                     fmt::format("{} cannot be reached: {}; is the collector running there?", to,
                                 system_error(error))};
    return PacketSender(std::move(socket), std::string(to), stream);
}

Result<void> PacketSender::send(std::string_view packet) {
    if (stream_ && hep3_length(packet) != packet.size())
        return Error{Error::Kind::invalid,
                     "the recording has packets of HEP 1 or 2, which TCP cannot carry; "
                     "send it to a udp: address"};
    do {
        const auto sent = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
        if (sent >= 0) packet.remove_prefix(static_cast<std::size_t>(sent));
        if (sent >= 0 || errno == EINTR) continue;
        if (errno == EAGAIN && writable_in_time(socket_.get())) continue;
        const int error = errno == EAGAIN ? ETIMEDOUT : errno;
        return Error{
            Error::Kind::unavailable,
            fmt::format("{} takes nothing: {}; is the collector running there?", to_, system_error(error))};
    } while (!packet.empty());
    return {};
}

}  // namespace callboard
