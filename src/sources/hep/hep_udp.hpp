#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "base/throttle.hpp"
#include "net/reactor.hpp"
#include "net/socket.hpp"
#include "sources/hep/hep_intake.hpp"
#include "sources/hep/hep_listener.hpp"

namespace callboard {

/// HEP over UDP: reads datagrams by the batch into room taken once.
class HepUdp final : public HepListener {
  public:
    /// `socket` is bound; `receive_buffer` bytes are asked of the kernel for it. References must outlive
    /// this.
    HepUdp(Descriptor socket, int receive_buffer, Reactor& reactor, HepIntake& intake);
    ~HepUdp() override;

    void tick() override;

  private:
    void read();
    /// One batch. False: nothing more waits.
    bool read_batch();
    void count_dropped();

    Descriptor socket_;
    Reactor& reactor_;
    HepIntake& intake_;
    std::unique_ptr<char[]> bytes_;
    std::vector<SocketAddress> senders_;
    std::vector<iovec> pieces_;
    std::vector<mmsghdr> headers_;
    std::uint32_t dropped_ = 0;  // as the kernel counts; wraps around
    bool resting_ = false;       // after an error, until the next tick
    Throttle error_log_;
};

}  // namespace callboard
