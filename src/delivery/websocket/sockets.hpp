#pragma once

#include <chrono>
#include <memory>
#include <unordered_set>
#include <vector>

#include "delivery/websocket/socket.hpp"
#include "delivery/websocket/web_socket.hpp"

namespace callboard {

/// The WebSockets of one reactor, and their pings; on its thread alone.
class WebSocket::Sockets final : public Socket::Owner {
  public:
    Sockets(LiveSessions& live, const Settings& settings);

    void serve(const HttpRequest& request, std::string_view id, const Exchange& exchange);

    void wrote(Socket& socket) override;
    void ended(Socket& socket) override;

  private:
    void ask();
    void probe();
    const SharedBytes& ping(Sequence place);

    LiveSessions& live_;
    const Settings settings_;
    std::unordered_set<Socket*> all_;
    std::unordered_set<Socket*> unacknowledged_;  // of these: wrote something since they were last asked
    bool asking_ = false, probing_ = false;       // a timer is set
    std::chrono::steady_clock::time_point last_asked_{};
    Sequence pinged_ = 0;
    SharedBytes ping_;  // that names pinged_
};

}  // namespace callboard
