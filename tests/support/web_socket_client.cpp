#include "tests/support/web_socket_client.hpp"

#include <utility>

#include "tests/support/inflate.hpp"

namespace callboard::test {
namespace {

using websocket::Opcode;

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::uint32_t kMask = 0x37FA213D;
constexpr std::chrono::milliseconds kLook{5};

}  // namespace

WebSocketClient::WebSocketClient(std::uint16_t port, std::string_view target)
    : WebSocketClient(port, target, Options{}) {}

WebSocketClient::WebSocketClient(std::uint16_t port, std::string_view target, Options options)
    : options_(std::move(options)), http_(port, options_.receive_buffer) {
    http_.send_get(target,
                   "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: " +
                       std::string(kKey) + "\r\n" + options_.headers);
    if (const auto head = http_.head()) handshake_ = *head;
    if (open()) thread_ = std::thread([this] { run(); });
}

WebSocketClient::~WebSocketClient() { drop(); }

void WebSocketClient::drop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    http_.close();
}

std::optional<WebSocketClient::Said> WebSocketClient::read(std::chrono::milliseconds within) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, within, [this] { return !said_.empty() || ended_ || !thread_.joinable(); });
    if (said_.empty()) return std::nullopt;
    Said first = std::move(said_.front());
    said_.pop_front();
    changed_.notify_all();
    return first;
}

void WebSocketClient::send(std::string_view bytes) {
    const std::lock_guard lock(sending_);
    http_.send(bytes);
}

void WebSocketClient::send(Opcode opcode, std::string_view payload, bool final) {
    std::string frame;
    append_masked_frame(frame, opcode, payload, kMask, final);
    send(frame);
}

void WebSocketClient::say_goodbye(std::uint16_t code) {
    {
        const std::lock_guard lock(mutex_);
        said_goodbye_ = true;
    }
    send(Opcode::close, websocket::close_payload(code, ""));
}

std::size_t WebSocketClient::pings() const {
    const std::lock_guard lock(mutex_);
    return pings_;
}

std::optional<std::string> WebSocketClient::pong(std::chrono::milliseconds within) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, within, [this] { return pong_ || ended_; });
    return std::exchange(pong_, std::nullopt);
}

void WebSocketClient::run() {
    websocket::FrameReader reader(websocket::FrameReader::Sender::server, 64 << 20,
                                  handshake_.headers.contains("sec-websocket-extensions"));
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || said_.size() < options_.most_unread; });
            if (stopping_) return;
        }
        const auto bytes = http_.some(kLook);
        if (!bytes) continue;
        if (bytes->empty()) return end({1006, "the connection broke"});
        reader.feed(*bytes);
        while (const auto message = reader.next())
            if (!take(*message)) return;
        if (reader.failure() != 0) return end({reader.failure(), "the server broke the protocol"});
    }
}

bool WebSocketClient::take(const websocket::FrameReader::Message& message) {
    switch (message.opcode) {
        case Opcode::ping: {
            {
                const std::lock_guard lock(mutex_);
                ++pings_;
            }
            if (options_.answers_pings) send(Opcode::pong, message.payload);
            return true;
        }
        case Opcode::close: {
            bool answered = false;
            {
                const std::lock_guard lock(mutex_);
                answered = said_goodbye_;
            }
            if (!answered) send(Opcode::close, message.payload);
            end(websocket::close_of(message.payload));
            return false;
        }
        case Opcode::text: {
            const auto text = message.compressed ? inflated(message.payload) : message.payload;
            const std::lock_guard lock(mutex_);
            said_.push_back({text.value_or("what cannot be unpacked"), std::nullopt});
            changed_.notify_all();
            return true;
        }
        case Opcode::pong: {
            const std::lock_guard lock(mutex_);
            pong_ = message.payload;
            changed_.notify_all();
            return true;
        }
        default:
            return true;
    }
}

void WebSocketClient::end(websocket::Close close) {
    const std::lock_guard lock(mutex_);
    said_.push_back({{}, std::move(close)});
    ended_ = true;
    changed_.notify_all();
}

}  // namespace callboard::test
