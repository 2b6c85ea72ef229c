#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "net/http.hpp"
#include "net/http_connection.hpp"

namespace callboard::fuzz {

/// One connection of an HTTP server whose other end is the fuzzer: what it sends is bytes in memory, and it
/// takes every answer at once.
class Conversation final : public HttpShard {
  public:
    /// References must outlive the conversation.
    Conversation(Reactor& reactor, const HttpServer::Settings& settings, const HttpHandler& handler);
    ~Conversation();

    void send(std::string_view bytes);
    /// Takes what was written, and lets the server go on behind it.
    void take_answers();
    /// The client closes its side, then the connection.
    void end();
    bool closed() const { return connection_->closed(); }

    // What the connection asks for.
    Reactor& reactor() override { return reactor_; }
    const HttpServer::Settings& settings() const override { return settings_; }
    void handle(const HttpRequest& request, Exchange exchange) override;
    void forget(HttpConnection&) override {}

  private:
    class End;  // of the bytes' way
    Reactor& reactor_;
    const HttpServer::Settings& settings_;
    const HttpHandler& handler_;
    std::shared_ptr<std::size_t> backlog_ = std::make_shared<std::size_t>(0);
    std::shared_ptr<HttpConnection> connection_;
};

}  // namespace callboard::fuzz
