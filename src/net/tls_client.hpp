#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;
typedef struct bio_st BIO;

namespace callboard {

/// The client's side of a TLS conversation (1.2 or newer), without the socket: bytes go in and out, whoever
/// has the connection moves them. One thread.
class TlsClient {
  public:
    /// For a server that has to prove that it is `host`, by an authority of `authorities` (PEM file), or of
    /// this system's when that is empty. Error: the file cannot be read.
    static Result<TlsClient> to(const std::string& host, const std::string& authorities);

    /// What a step brought: bytes for the other side, and what it said.
    struct Step {
        std::string to_send, plain;
        bool ended = false;  ///< the other side said that nothing more comes
    };
    /// The first step, once.
    Step begin();
    /// Bytes came. Error `denied`: the other side is not who it should be; `unavailable`: it does not speak
    /// TLS, or broke off.
    Result<Step> take(std::string_view bytes);
    /// Whether encrypted() may be called: the other side has proved who it is.
    bool ready() const;
    std::string encrypted(std::string_view plain);

  private:
    struct Free {
        void operator()(SSL_CTX* context) const;
        void operator()(SSL* session) const;
    };
    TlsClient() = default;
    std::string outgoing();

    std::string host_;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> session_;
    BIO* in_ = nullptr;  // the session's
    BIO* out_ = nullptr;
};

}  // namespace callboard
