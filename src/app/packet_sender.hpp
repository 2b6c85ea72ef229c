#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/socket.hpp"

namespace callboard {

/// Sends packets to a HEP collector, as a mirror does. One thread.
class PacketSender {
  public:
    /// `to`: `udp:127.0.0.1:9060` or `tcp:…`. Error `invalid`: the text is no such address; `unavailable`:
    /// nobody accepts the connection within kPatience.
    static Result<PacketSender> open(std::string_view to);

    /// Error: nobody listens there, the other side has closed or takes nothing for kPatience; or a packet
    /// that carries no length of its own (HEP 1 and 2), over TCP.
    Result<void> send(std::string_view packet);

    static constexpr std::chrono::seconds kPatience{10};

  private:
    PacketSender(Descriptor socket, std::string to, bool stream)
        : socket_(std::move(socket)), to_(std::move(to)), stream_(stream) {}

    Descriptor socket_;
    std::string to_;
    bool stream_;
};

}  // namespace callboard
