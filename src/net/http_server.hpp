#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "net/address_range.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

class TlsContext;

/// One request and what it was answered, for an access log. Views die with the call.
struct HttpAccess {
    std::string_view peer, method;
    std::string_view target;  ///< as sent: may hold a token
    std::string_view bearer;  ///< the token or key of the Authorization header; empty: none
    int status = 0;
    std::size_t bytes = 0;  ///< of the body; 0 for a stream, which begins here
    std::chrono::steady_clock::duration took{};
};

/// HTTP/1.1 on any number of addresses and reactors: each reactor has its own listening socket
/// (SO_REUSEPORT), and a connection stays on the reactor that accepted it.
///
/// Limits keep what a stranger can cost small; what exceeds them is answered (400, 408, 413, 414, 431) and
/// closed.
class HttpServer {
  public:
    struct Settings {
        std::vector<std::string> listen = {};      ///< `127.0.0.1:8080`, `[::1]:8080`; port 0: any
        std::size_t most_header_bytes = 16 << 10;  ///< request line and headers
        std::size_t most_body_bytes = 8 << 20;
        std::chrono::milliseconds request_within =
            std::chrono::seconds(15);                               ///< from its first byte to its last
        std::chrono::milliseconds idle = std::chrono::seconds(75);  ///< between two requests
        std::chrono::milliseconds write_within =
            std::chrono::seconds(30);  ///< without the client taking a byte
        std::size_t most_connections = 100'000;
        /// Of one address. This machine's own and trusted proxies have no such limit: many clients come
        /// through them.
        std::size_t most_connections_per_address = 1'000;
        /// Proxies whose word on who their client is counts (X-Forwarded-For).
        std::vector<AddressRange> trusted_proxies = {};
        std::shared_ptr<TlsContext> tls = {};  ///< null: plain
        /// Called for every answer, on the reactor's thread.
        std::function<void(const HttpAccess&)> answered = {};
    };

    /// `reactors`, `metrics` must outlive the server. Binding happens here.
    static Result<std::unique_ptr<HttpServer>> listen(std::vector<Reactor*> reactors, Settings settings,
                                                      HttpHandler handler, Metrics& metrics);
    virtual ~HttpServer() = default;

    /// Addresses really bound, with their ports.
    virtual std::vector<std::string> addresses() const = 0;
    /// Accepts no more; idle connections close; waiting exchanges are told on_gone after they had their
    /// chance to answer. Call on any other thread, while the reactors run; returns when all connections are
    /// closed, those that are left after `within` by force.
    virtual void stop(std::chrono::milliseconds within) = 0;
};

}  // namespace callboard
