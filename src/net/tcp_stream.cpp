#include "net/tcp_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace callboard {
namespace {

constexpr std::size_t kReadSize = 64 << 10;

Error broken(std::string_view why) {
    return {Error::Kind::unavailable, "the connection broke: " + std::string(why)};
}

}  // namespace

TcpStream::Outcome TcpStream::wait(short events, milliseconds patience) const {
    std::array<pollfd, 2> waiting{{{socket_.get(), events, 0}, {interrupt_, POLLIN, 0}}};
    int ready = 0;
    do ready = ::poll(waiting.data(), waiting.size(), static_cast<int>(patience.count()));
    while (ready < 0 && errno == EINTR);
    if (waiting[1].revents != 0) return Outcome::interrupted;
    return ready > 0 ? Outcome::bytes : Outcome::silent;
}

Result<TcpStream> TcpStream::connect(std::string_view address, milliseconds patience, int interrupt) {
    const auto to = parse_address(address);
    if (!to) return to.error();
    const auto unreachable = [&](std::string_view why) {
        return Error{Error::Kind::unavailable,
                     std::string(address).append(" cannot be reached: ").append(why) +
                         "; is the server running there?"};
    };
    TcpStream stream(Descriptor(::socket(to->family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
                     interrupt);
    if (!stream.socket_) return Error{Error::Kind::unavailable, "no socket: " + system_error(errno)};
    const int on = 1;
    setsockopt(stream.socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(stream.socket_.get(), to->raw(), to->length) == 0) return stream;
    if (errno != EINPROGRESS) return unreachable(system_error(errno));
    const auto outcome = stream.wait(POLLOUT, patience);
    if (outcome == Outcome::interrupted) return unreachable("interrupted");
    if (outcome != Outcome::bytes) return unreachable(system_error(ETIMEDOUT));
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(stream.socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return unreachable(system_error(error));
    return stream;
}

Result<void> TcpStream::send(std::string_view bytes, milliseconds patience) const {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
        if (sent >= 0 || errno == EINTR) continue;
        if (errno != EAGAIN) return broken(system_error(errno));
        const auto outcome = wait(POLLOUT, patience);
        if (outcome == Outcome::interrupted) return broken("interrupted");
        if (outcome != Outcome::bytes) return broken("the other side takes nothing");
    }
    return {};
}

TcpStream::Read TcpStream::read(milliseconds patience) const {
    if (const auto outcome = wait(POLLIN, patience); outcome != Outcome::bytes) return {outcome, {}};
    std::string bytes(kReadSize, '\0');
    const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {Outcome::bytes, {}};
    if (count <= 0) return {Outcome::ended, {}};
    bytes.resize(static_cast<std::size_t>(count));
    return {Outcome::bytes, std::move(bytes)};
}

}  // namespace callboard
