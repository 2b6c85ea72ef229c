#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "sources/asterisk/asterisk_names.hpp"
#include "sources/source.hpp"

namespace callboard {

/// Listens to an Asterisk through its manager interface (AMI over TCP), with one thread of its own. Comes
/// again when the connection breaks: after a moment that grows with each attempt, and slowly when the name or
/// secret is refused. Up while it is logged in.
class AsteriskSource final : public Source {
  public:
    struct Settings {
        std::string name;     ///< labels metrics and logs
        std::string address;  ///< `127.0.0.1:5038`
        std::string username;
        Secret secret;
        /// Which names mean a line of ours; called on the source's thread.
        KnowsName knows;
    };

    /// `sink`, `clock` and `metrics` must outlive the source.
    AsteriskSource(Settings settings, ExchangeSink& sink, const Clock& clock, Metrics& metrics);
    ~AsteriskSource() override;

    /// Error: never; an Asterisk that is not there yet may come.
    Result<void> start() override;
    void stop() override;
    SourceHealth health() const override;

    /// How long it waits after a refused login: somebody has to correct something, and Asterisk writes each
    /// attempt to its log.
    static constexpr std::chrono::seconds kAfterRefusal{60};

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
