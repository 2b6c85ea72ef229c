#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "sources/mgcp_sink.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Listens for SIP and MGCP mirrored as HEP (version 1 to 3) on one UDP or TCP address, with one thread of
/// its own.
class HepSource final : public Source {
  public:
    struct Settings {
        std::string name;                    ///< labels metrics and logs
        std::string listen;                  ///< `udp:127.0.0.1:9060` or `tcp:…`; port 0: any
        Secret password;                     ///< HEP auth chunk; empty: packets need none
        int receive_buffer = 8 << 20;        ///< bytes asked of the kernel (SO_RCVBUF)
        std::size_t most_connections = 256;  ///< TCP
    };

    /// The sinks, `clock` and `metrics` must outlive the source.
    HepSource(Settings settings, SipSink& sip, MgcpSink& mgcp, const Clock& clock, Metrics& metrics);
    ~HepSource() override;

    Result<void> start() override;
    void stop() override;
    SourceHealth health() const override;
    /// The address really bound, with its port, as `udp:127.0.0.1:9060`. After start().
    std::string address() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
