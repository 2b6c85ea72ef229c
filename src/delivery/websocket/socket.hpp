#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "delivery/session/live_sessions.hpp"
#include "delivery/session/session_reader.hpp"
#include "delivery/websocket/frame.hpp"
#include "delivery/websocket/web_socket.hpp"

namespace callboard {

/// One client. Kept alive by its connection, and by the audience while it is in there.
class Socket final : public SessionReader {
  public:
    /// Is told what becomes of the socket, on its thread.
    class Owner {
      public:
        virtual ~Owner() = default;
        /// Something was written that is to be acknowledged: ask() in a while.
        virtual void wrote(Socket& socket) = 0;
        virtual void ended(Socket& socket) = 0;
    };

    /// `owner` and `settings` must outlive it. `compressed`: as the handshake agreed.
    Socket(LiveSessions& live, Owner& owner, const WebSocket::Settings& settings, Exchange exchange,
           std::string_view peer, bool compressed);

    /// The connection speaks WebSocket from now on: reads the session, or says that there is none.
    void begin(std::string_view id);
    void received(std::string_view bytes);
    /// The connection is gone.
    void lost();

    /// Asks for acknowledgement of what was written.
    void ask(const SharedBytes& ping);
    /// Sees whether the client still answers, and asks again; ends it when it does not.
    void probe(const SharedBytes& ping);
    /// What a ping has to name.
    Sequence written() const { return live().place(*this); }

    SharedBytes bytes(std::span<const Told> all) const override;
    bool deliver(const SharedBytes& bytes, Sequence through) override;
    bool deliver_found(std::span<const Told> all, Sequence through, std::string_view gap) override;
    bool falls_behind() const override;
    void when_written(std::function<void()> call) override;
    void refused() override;
    void failed(std::string_view why) override;
    void stop() override;
    void taken_over() override;
    void session_removed() override;

  private:
    void ask_later();
    void take(const websocket::FrameReader::Message& message);
    void on_pong(std::string_view payload);
    void on_close(std::string_view payload);
    void close(std::uint16_t code, std::string_view reason);
    void finish();
    void write(std::string bytes);
    bool compressed() const { return transport() == Transport::compressed_websocket; }

    Owner& owner_;
    const WebSocket::Settings& settings_;
    Exchange exchange_;
    websocket::FrameReader reader_;
    Sequence asked_ = 0;           // the furthest place that a ping named
    std::uint8_t unanswered_ = 0;  // probes
    bool to_be_asked_ = false;
    bool closing_ = false;  // a close frame was sent
    bool ended_ = false;
    std::optional<Sequence> gap_told_at_;  // the place behind what is gone
};

}  // namespace callboard
