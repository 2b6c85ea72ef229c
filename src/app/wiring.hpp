#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "api/token_store.hpp"
#include "app/config.hpp"
#include "base/result.hpp"

namespace callboard {

/// A configuration, running: every part of the server in the order of the path of an event. One thread
/// starts, reloads and stops it.
class Installation {
  public:
    /// Builds and starts everything. `clock` must outlive it. Error: what keeps it from starting (port taken,
    /// data directory not writable or in use …) and what to do; nothing is left running then.
    static Result<std::unique_ptr<Installation>> start(const Config& config, const Clock& clock);
    /// Stops as stop() does.
    ~Installation();
    Installation(const Installation&) = delete;
    Installation& operator=(const Installation&) = delete;

    /// Takes in nothing more, appends what came, answers those who wait with what they have, closes.
    /// Returns within kStopWithin.
    void stop();
    /// Puts the accounts, services and API keys of another configuration in force. Calls in progress stay.
    void reload(const Config& config);

    /// Whether the hub and every reactor have answered since this was asked last; see Pulse.
    bool beats();

    TokenStore& tokens();
    /// Where HTTP is really bound, with ports: `127.0.0.1:8080`.
    std::vector<std::string> http_addresses() const;
    /// The same of each HEP input, in the order of the configuration: `udp:127.0.0.1:9060`.
    std::vector<std::string> hep_addresses() const;

    static constexpr std::chrono::milliseconds kStopWithin{3'000};

  private:
    class Parts;
    explicit Installation(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace callboard
