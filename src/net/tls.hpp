#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "net/reactor.hpp"
#include "net/stream.hpp"

typedef struct ssl_ctx_st SSL_CTX;

namespace callboard {

/// A server's certificate and key, and the connections that speak TLS 1.2 or 1.3 with them. Thread-safe.
class TlsContext {
  public:
    /// PEM files; the certificate's file has the chain behind it. Error: which file is wrong, and how.
    static Result<std::shared_ptr<TlsContext>> load(std::string certificate, std::string key);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    /// Reads the files again; connections from now on get what they hold. Error: nothing is changed.
    Result<void> reload();

    /// As Reactor::open(), with TLS around it.
    std::unique_ptr<Stream> open(Reactor& reactor, Descriptor socket, StreamOwner& owner);

  private:
    TlsContext(std::string certificate, std::string key)
        : certificate_(std::move(certificate)), key_(std::move(key)) {}

    const std::string certificate_, key_;
    std::mutex mutex_;
    std::shared_ptr<SSL_CTX> context_;  // connections keep theirs over a reload
};

}  // namespace callboard
