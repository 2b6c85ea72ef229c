#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/secret.hpp"
#include "base/throttle.hpp"
#include "net/socket.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/mgcp_scanner.hpp"
#include "sources/hep/sip_scanner.hpp"
#include "sources/mgcp_sink.hpp"
#include "sources/source.hpp"

namespace callboard {

/// What is done with a HEP packet, whichever way it came: decode, check the password, scan the SIP message or
/// the MGCP messages in it, hand them on; and count what was wrong. Allocates nothing per packet. Of the
/// source's thread.
class HepIntake {
  public:
    /// `password` empty: packets need none. References must outlive this.
    HepIntake(std::string source, Secret password, SipSink& sip, MgcpSink& mgcp, const Clock& clock,
              Metrics& metrics);

    /// Reads the clock, once for all packets until the next call.
    void begin_batch();
    /// `sender` is for the log alone.
    void take(std::string_view packet, const SocketAddress& sender);
    /// A stream that is no HEP3 any more, and will be closed.
    void count_broken_stream(const SocketAddress& sender);
    /// Packets that the kernel dropped because we did not come to read them.
    void count_dropped(std::uint64_t packets);

    /// Tells the sinks that nothing more waits.
    void pause();
    /// The same when the last pause is 5 ms ago: for a socket that never runs dry.
    void pause_if_due();

    const std::string& source() const { return source_; }

  private:
    static constexpr std::size_t kHepVerdicts = static_cast<std::size_t>(HepVerdict::compressed) + 1;
    static constexpr std::size_t kSipVerdicts = static_cast<std::size_t>(SipVerdict::truncated) + 1;

    static constexpr std::size_t kMgcpVerdicts = static_cast<std::size_t>(MgcpVerdict::missing_parameter) + 1;

    void take_sip(const SocketAddress& sender);
    void take_mgcp(const SocketAddress& sender);
    void count_hep_error(Counter& counter, std::string_view reason, const SocketAddress& sender);

    std::string source_;
    Secret password_;
    SipSink& sip_sink_;
    MgcpSink& mgcp_sink_;
    const Clock& clock_;
    Counter& packets_;
    Counter& sip_messages_;
    Counter& mgcp_messages_;
    Counter& skipped_;
    Counter& dropped_;
    Counter& wrong_password_;
    Counter& broken_stream_;
    std::array<Counter*, kHepVerdicts> hep_errors_{};
    std::array<Counter*, kSipVerdicts> sip_errors_{};
    std::array<Counter*, kMgcpVerdicts> mgcp_errors_{};
    Throttle hep_log_, sip_log_, mgcp_log_, drop_log_;

    HepPacket packet_;
    SipMessage sip_;  // kept for the room of its contacts
    MgcpMessage mgcp_;
    Time now_{};
    std::chrono::steady_clock::time_point steady_{};
    std::chrono::steady_clock::time_point paused_{};
};

}  // namespace callboard
