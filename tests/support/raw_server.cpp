#include "tests/support/raw_server.hpp"

#include <netinet/in.h>
#include <poll.h>

#include <array>
#include <utility>

namespace callboard::test {

RawServer::RawServer(Conversation conversation) : conversation_(std::move(conversation)) {
    socket_ = *bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
    ::listen(socket_.get(), 16);
    port_ = local_address(socket_.get()).port();
    thread_ = std::thread([this] { run(); });
}

RawServer::~RawServer() {
    over_ = true;
    thread_.join();
}

bool RawServer::request(int fd) {
    std::string read;
    while (!over_ && read.find("\r\n\r\n") == std::string::npos) {
        pollfd waiting{fd, POLLIN, 0};
        if (::poll(&waiting, 1, 5) == 0) continue;
        std::array<char, 4096> part{};
        const auto count = ::recv(fd, part.data(), part.size(), 0);
        if (count <= 0) return false;
        read.append(part.data(), static_cast<std::size_t>(count));
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(read));
    return !over_;
}

std::vector<std::string> RawServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void RawServer::say(int fd, std::string_view bytes) { ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

void RawServer::hang(int fd) const {
    while (!over_) {
        pollfd waiting{fd, POLLIN | POLLRDHUP, 0};
        if (::poll(&waiting, 1, 5) > 0 && (waiting.revents & POLLRDHUP) != 0) return;
    }
}

void RawServer::run() {
    while (!over_) {
        pollfd waiting{socket_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 5) == 0) continue;
        const Descriptor connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection) continue;
        ++connections_;
        if (request(connection.get())) conversation_(connection.get());
    }
}

}  // namespace callboard::test
