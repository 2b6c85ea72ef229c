#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Listens to a FreeSWITCH over its event socket, with one thread of its own. Comes back with a back-off when
/// the connection is lost, and tells the sink that the exchange is gone and what it lists when it is back.
class FreeswitchSource final : public Source {
  public:
    struct Settings {
        std::string name;     ///< labels metrics and logs
        std::string address;  ///< `127.0.0.1:8021`
        Secret password;
        std::chrono::milliseconds connect_within = std::chrono::seconds(3);
        std::chrono::milliseconds send_within = std::chrono::seconds(10);
        /// A wrong password will not be right soon, and FreeSWITCH logs every attempt.
        std::chrono::milliseconds refused_wait = std::chrono::seconds(60);
    };

    /// `sink`, `clock` and `metrics` must outlive the source. The sink is called on the source's thread.
    FreeswitchSource(Settings settings, ExchangeSink& sink, const Clock& clock, Metrics& metrics);
    ~FreeswitchSource() override;

    /// Never fails for what may heal: an exchange that is not there yet is waited for.
    Result<void> start() override;
    void stop() override;
    SourceHealth health() const override;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
