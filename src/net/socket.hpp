#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace callboard {

/// Owns a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { reset(); }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void reset();

  private:
    int fd_ = -1;
};

/// An IP address and port as the kernel wants them.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
    int family() const { return storage.ss_family; }
    std::uint16_t port() const;
    void set_port(std::uint16_t port);
    std::string host() const;  ///< `127.0.0.1`, `::1`
    std::string text() const;  ///< `127.0.0.1:8080`, `[::1]:8080`
};

/// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`. Error: what is wrong with the text.
Result<SocketAddress> parse_address(std::string_view text);

/// A non-blocking socket bound to `address`. `share`: several of them may be bound to one port
/// (SO_REUSEPORT), but not beside those of another process. Error: the address is taken, or is none of this
/// machine's.
Result<Descriptor> bound_socket(const SocketAddress& address, int type, bool share);

/// The address that the socket is really bound to.
SocketAddress local_address(int fd);

/// What errno says, for the end of a sentence.
std::string system_error(int error);

}  // namespace callboard
