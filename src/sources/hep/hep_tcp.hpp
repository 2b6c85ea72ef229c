#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "base/throttle.hpp"
#include "net/reactor.hpp"
#include "net/socket.hpp"
#include "sources/hep/hep_intake.hpp"
#include "sources/hep/hep_listener.hpp"
#include "sources/hep/hep_stream.hpp"

namespace callboard {

/// HEP over TCP: a bounded number of connections, each with at most one packet's worth of memory.
///
/// A connection in the middle of a packet, or that has not sent one yet, is closed after 60 s of silence. One
/// that has sent packets may be silent for as long as there are no calls; TCP's own keep-alive finds out
/// whether its sender is still there. When all places are taken, a newcomer gets that of the connection that
/// has been waiting longest for its first packet, if there is any.
class HepTcp final : public HepListener {
  public:
    /// `listener` listens. References must outlive this.
    HepTcp(Descriptor listener, std::size_t most_connections, Reactor& reactor, HepIntake& intake);
    ~HepTcp() override;

    void tick() override;

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    struct Connection {
        Descriptor socket;
        SocketAddress peer;
        HepStream stream;
        SteadyTime heard{};   // when bytes came last, or when it was made
        bool proven = false;  // has sent a whole packet
    };

    void accept();
    void add(Descriptor socket, const SocketAddress& peer);
    bool make_room();
    void read(int fd);
    void close(int fd);

    Descriptor listener_;
    std::size_t most_connections_;
    Reactor& reactor_;
    HepIntake& intake_;
    std::unordered_map<int, Connection> connections_;  // at most most_connections_
    bool resting_ = false;  // accept() failed: not tried again before the next tick
    Throttle full_log_, accept_log_;
};

}  // namespace callboard
