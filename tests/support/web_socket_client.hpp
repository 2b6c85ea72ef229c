#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "delivery/websocket/frame.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {

/// A client of a WebSocket as libraries are: a thread of its own reads, answers pings and the server's close
/// frame. It stops reading while nobody takes what it has read, so that a test can be slow.
class WebSocketClient {
  public:
    struct Options {
        std::string headers = {};      ///< more of the request, each with its CR LF
        std::size_t most_unread = 64;  ///< messages that nobody took; then it reads no more
        int receive_buffer = 0;
        bool answers_pings = true;
    };
    /// What the server said: a text, or how the connection ended. 1006: without a close frame.
    struct Said {
        std::string text;
        std::optional<websocket::Close> close;
    };

    WebSocketClient(std::uint16_t port, std::string_view target);
    WebSocketClient(std::uint16_t port, std::string_view target, Options options);
    /// Drops the connection.
    ~WebSocketClient();
    WebSocketClient(const WebSocketClient&) = delete;
    WebSocketClient& operator=(const WebSocketClient&) = delete;

    /// Of the handshake; 0 when there was none.
    const HttpAnswer& handshake() const { return handshake_; }
    bool open() const { return handshake_.status == 101; }

    /// The next thing that the server said. Nothing: it said nothing in time, or its end was taken before.
    std::optional<Said> read(std::chrono::milliseconds within = HttpClient::kPatience);
    /// Drops the connection; what was read before can still be taken.
    void drop();

    void send(std::string_view bytes);
    void send(websocket::Opcode opcode, std::string_view payload, bool final = true);
    /// Says that it goes; the server's answer comes as what it said.
    void say_goodbye(std::uint16_t code = 1000);
    /// How many pings it has seen.
    std::size_t pings() const;
    /// What the server's last pong held; nothing when none came in time.
    std::optional<std::string> pong(std::chrono::milliseconds within = HttpClient::kPatience);

  private:
    void run();
    bool take(const websocket::FrameReader::Message& message);
    void end(websocket::Close close);

    const Options options_;
    HttpClient http_;
    HttpAnswer handshake_;
    std::mutex sending_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Said> said_;
    std::size_t pings_ = 0;
    std::optional<std::string> pong_;
    bool ended_ = false, stopping_ = false;
    bool said_goodbye_ = false;
    std::thread thread_;
};

}  // namespace callboard::test
