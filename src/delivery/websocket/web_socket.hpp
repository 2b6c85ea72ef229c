#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "delivery/session/session_service.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// `GET /v2/session/{id}/events/websocket` (OVH protocol §2; RFC 6455): one event a text message, in the form
/// of version 2. What clients say is ignored.
///
/// Pings behind what was written ask for acknowledgement: a session's place is that of the last pong, so what
/// a broken connection swallowed is told again to the next client of the session. A client that leaves too
/// much unread gets the rest from the journal at its own pace.
///
/// Closed with: 4403 no token is in force any more (after a text that says so), 4404 there is no such session
/// (after the text `Session not found`), 4409 another connection reads the session, 4410 events are gone for
/// good: the reason says how many, and the session goes on behind them; 1001 the server stops, 1013 try
/// again.
class WebSocket {
  public:
    struct Settings {
        std::chrono::milliseconds ping = std::chrono::seconds(30);  ///< after two without a pong: closed
        /// So often at most a client is asked to acknowledge what was written.
        std::chrono::milliseconds ask_every = std::chrono::seconds(1);
        std::chrono::milliseconds close_within = std::chrono::seconds(2);  ///< for the client's close frame
        std::size_t most_backlog = 1 << 20;   ///< bytes unread by a slow client; then it reads at its pace
        std::size_t most_message = 64 << 10;  ///< bytes of a message of a client
        bool compression = false;             ///< agree on permessage-deflate with those who offer it
    };

    /// `sessions` and the reactors must outlive this; the reactors have ended when it is destroyed.
    WebSocket(SessionService& sessions, std::vector<Reactor*> reactors, Settings settings);
    ~WebSocket();
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    /// Upgrades one request, or says why not. On `reactor`'s thread, one of those given.
    void serve(Reactor& reactor, const HttpRequest& request, std::string_view id, const Exchange& exchange);

  private:
    class Sockets;  // of one reactor
    const std::vector<Reactor*> reactors_;
    std::vector<std::unique_ptr<Sockets>> sockets_;  // in the same order
};

}  // namespace callboard
