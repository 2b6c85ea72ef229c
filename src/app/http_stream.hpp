#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_client.hpp"

namespace callboard {

/// Where a server is, as a person writes it.
struct ServerUrl {
    std::string address;      ///< `127.0.0.1:8080`
    std::string path;         ///< in front of every path of the server: empty, or `/callboard`
    std::string token;        ///< of `?token=T` or `#token=T`, as the demo prints it; else empty
    bool tls = false;         ///< `https://`
    std::string authorities;  ///< file of those whose word on a server's name counts; empty: this system's

    /// Error: not `http://HOST[:PORT][/PATH]` or `https://…`.
    static Result<ServerUrl> parse(std::string_view text);
};

/// An answer without end that is read as it comes: HTTP/1.0, so that nobody on the way cuts it into chunks.
/// Blocking, with a deadline for every wait, and interrupted when `interrupt` becomes readable. One thread.
class HttpStream {
  public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    /// Asks and reads the head of the answer. Error `unavailable`: nobody answers so within kPatience, or it
    /// was interrupted.
    static Result<HttpStream> get(const ServerUrl& server, std::string_view path, const Headers& headers,
                                  int interrupt);

    int status() const { return status_; }

    using Outcome = TcpStream::Outcome;
    using Read = TcpStream::Read;
    /// What came next; waits up to `patience`, then it is `silent`.
    Read read(std::chrono::milliseconds patience);

    static constexpr std::chrono::seconds kPatience{10};

  private:
    explicit HttpStream(TcpStream stream) : stream_(std::move(stream)) {}
    Result<void> begin_tls(const ServerUrl& server);
    Result<void> read_head(const std::string& name);

    TcpStream stream_;
    std::optional<TlsClient> tls_;
    int status_ = 0;
    std::string early_;  // body that came with the head
};

}  // namespace callboard
