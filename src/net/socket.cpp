#include "net/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/text.hpp"

namespace callboard {

void Descriptor::reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

std::uint16_t SocketAddress::port() const {
    if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

void SocketAddress::set_port(std::uint16_t port) {
    if (family() == AF_INET6)
        reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port = htons(port);
    else
        reinterpret_cast<sockaddr_in*>(&storage)->sin_port = htons(port);
}

std::string SocketAddress::host() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* address =
        family() == AF_INET6
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr)
            : &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr;
    return inet_ntop(family(), address, text.data(), text.size()) == nullptr ? "" : text.data();
}

std::string SocketAddress::text() const {
    return (family() == AF_INET6 ? "[" + host() + "]" : host()) + ":" + std::to_string(port());
}

Result<SocketAddress> parse_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return Error{Error::Kind::invalid,
                     "\"" + std::string(text) + "\" has no port; write it as 127.0.0.1:8080"};
    const auto port = number_in<std::uint16_t>(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!port || host.empty())
        return Error{Error::Kind::invalid,
                     "\"" + std::string(text) + "\" is no address; write it as 127.0.0.1:8080 or [::1]:8080"};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (const int failed = getaddrinfo(host.c_str(), nullptr, &hints, &found); failed != 0)
        return Error{Error::Kind::invalid, "\"" + host + "\" cannot be resolved: " + gai_strerror(failed)};
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
    SocketAddress address;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.length = found->ai_addrlen;
    address.set_port(*port);
    return address;
}

Result<Descriptor> bound_socket(const SocketAddress& address, int type, bool share) {
    const auto open = [&](bool reuse_port) -> Result<Descriptor> {
        Descriptor fd(::socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const int on = 1;
        if (!fd) return Error{Error::Kind::unavailable, "no socket: " + system_error(errno)};
        if (type == SOCK_STREAM) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (reuse_port) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        if (address.family() == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        if (::bind(fd.get(), address.raw(), address.length) == 0) return fd;
        const int error = errno;
        std::string advice = system_error(error);
        if (error == EADDRINUSE) advice = "another program listens there; stop it, or choose another port";
        if (error == EACCES) advice = "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one";
        if (error == EADDRNOTAVAIL) advice = "this machine has no such address";
        return Error{Error::Kind::unavailable, "cannot listen on " + address.text() + ": " + advice};
    };
    return open(share);
}

SocketAddress local_address(int fd) {
    SocketAddress address;
    address.length = sizeof address.storage;
    getsockname(fd, address.raw(), &address.length);
    return address;
}

std::string system_error(int error) { return std::generic_category().message(error); }

}  // namespace callboard
