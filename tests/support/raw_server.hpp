#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/socket.hpp"

namespace callboard::test {

/// A server that says what it is told to, byte by byte, whatever it is asked. One connection after the other.
class RawServer {
  public:
    /// What to do with one connection after its first request; it is closed afterwards.
    using Conversation = std::function<void(int fd)>;

    explicit RawServer(Conversation conversation);
    ~RawServer();
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    int connections() const { return connections_; }
    bool over() const { return over_; }
    /// Reads until the headers of a request have come; false when the client is gone, or the test is over.
    bool request(int fd);
    /// What was asked until now, with headers.
    std::vector<std::string> requests() const;
    static void say(int fd, std::string_view bytes);
    /// Keeps the connection open, silent, until the client or the test is done with it.
    void hang(int fd) const;

  private:
    void run();

    const Conversation conversation_;
    Descriptor socket_;
    std::uint16_t port_ = 0;
    std::atomic<bool> over_{false};
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace callboard::test
