#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/contract/readers.hpp"
#include "tests/support/web_socket_client.hpp"

namespace callboard::test {

/// What a client of version 2 does before it reads. A cursor of the installation makes a session that stands
/// there already; the id of a session is used; anything else asks for a new session.
class SessionClient {
  public:
    SessionClient(World& world, const std::string& token, const std::string& cursor);

    const std::string& id() const { return id_; }
    /// The token was not taken.
    bool refused() const { return refused_; }
    Sequence place() const;
    std::string path(std::string_view rest = {}) const { return "/v2/session/" + id_ + std::string(rest); }

  private:
    World& world_;
    std::string id_;
    bool refused_ = false;
};

/// One event of version 2 in a batch, or what came instead of it.
void read_event(Batch& batch, std::string_view json, std::string_view token);

/// A client of version 2 that polls.
class SessionPollReader {
  public:
    static constexpr bool kNatives = false, kServerKeepsPlace = true, kMayRepeat = false;

    SessionPollReader(World& world, std::string token, const std::string& cursor = {});
    void ask();
    std::optional<Batch> read(std::chrono::milliseconds within = HttpClient::kPatience);
    const std::string& cursor() const { return session_.id(); }
    Sequence place() const { return session_.place(); }
    Batch leave();

  private:
    World& world_;
    std::string token_;
    SessionClient session_;
    std::optional<HttpClient> client_;
    bool asked_ = false;
};

/// A client of version 2 on a WebSocket. It comes back to its session when events are gone for good.
class WebSocketReader {
  public:
    static constexpr bool kNatives = false, kServerKeepsPlace = true, kMayRepeat = true;

    WebSocketReader(World& world, std::string token, const std::string& cursor = {},
                    WebSocketClient::Options options = {});
    void ask() {}
    std::optional<Batch> read(std::chrono::milliseconds within = HttpClient::kPatience);
    const std::string& cursor() const { return session_.id(); }
    Sequence place() const { return session_.place(); }
    Batch leave();

    /// Not when the token was refused.
    bool connected() const { return client_ != nullptr; }
    WebSocketClient& client() { return *client_; }
    /// With what the server closed last; 0 while it has not.
    std::uint16_t closed_with() const { return closed_with_; }

  private:
    void connect();
    void take(Batch& batch, const WebSocketClient::Said& said);

    World& world_;
    std::string token_;
    WebSocketClient::Options options_;
    SessionClient session_;
    std::unique_ptr<WebSocketClient> client_;
    std::uint16_t closed_with_ = 0;
};

/// The same with every message compressed.
class CompressedWebSocketReader : public WebSocketReader {
  public:
    CompressedWebSocketReader(World& world, std::string token, const std::string& cursor = {});
};

}  // namespace callboard::test
