#pragma once

#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "api/api_keys.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

namespace callboard {

/// An application that signs its calls (OVH protocol §6.3), and what it may call.
struct ApiClient {
    Secret application_key;     ///< `X-Ovh-Application`
    Secret application_secret;  ///< signs, and is never sent
    Secret consumer_key;        ///< `X-Ovh-Consumer`
    std::vector<AccessRule> allow;
};

/// The clients of one configuration. Immutable but for those that logged out, thread-safe.
class ApiClients {
  public:
    ApiClients() = default;
    /// `since`: when this configuration came into force.
    ApiClients(std::vector<ApiClient> clients, Time since);

    struct Found {
        bool application = false;           ///< some client has this application key
        const ApiClient* client = nullptr;  ///< the one with this consumer key too
    };
    /// Looks at every key whatever matches, so that time tells nothing.
    Found find(std::string_view application_key, std::string_view consumer_key) const;

    /// Ends a client for as long as this configuration is in force: what it may be given out again by is the
    /// configuration alone. Precondition: `client` is one of ours.
    void log_out(const ApiClient& client) const;
    bool logged_out(const ApiClient& client) const;

    Time since() const { return since_; }

  private:
    std::vector<ApiClient> clients_;
    std::unique_ptr<std::atomic<bool>[]> logged_out_;  // NOLINT: one for each of clients_
    Time since_{};
};

}  // namespace callboard
