#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "net/http_parser.hpp"
#include "net/http_server.hpp"
#include "net/reactor.hpp"
#include "net/stream.hpp"

namespace callboard {

class HttpConnection;

/// What the connections of one reactor share. On the reactor's thread alone.
class HttpShard {
  public:
    virtual Reactor& reactor() = 0;
    virtual const HttpServer::Settings& settings() const = 0;
    /// Hands a complete request to whoever answers it.
    virtual void handle(const HttpRequest& request, Exchange exchange) = 0;
    /// The connection is closed: lets go of it.
    virtual void forget(HttpConnection& connection) = 0;

    /// Parsers are lent while a request is being received: connections that wait hold none.
    std::unique_ptr<HttpParser> lend_parser();
    void take_back(std::unique_ptr<HttpParser> parser);
    /// The one request that is being handed over; its headers keep their memory.
    HttpRequest& request() { return request_; }

  protected:
    ~HttpShard() = default;

  private:
    std::vector<std::unique_ptr<HttpParser>> parsers_;
    HttpRequest request_;
};

/// The answer to one request of a connection; harmless when that is gone.
class ConnectionExchange;
class ConnectionReceipt;

/// One client: receives requests one after the other, has them answered, and keeps to its deadlines. Owned by
/// its shard, on the reactor's thread.
class HttpConnection final : public StreamOwner, public std::enable_shared_from_this<HttpConnection> {
  public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// `peer`: the address of the other side.
    HttpConnection(HttpShard& shard, std::string peer);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    /// Once, before anything else: the bytes' way. The connection is its owner.
    void use(std::unique_ptr<Stream> stream) { stream_ = std::move(stream); }

    /// Ends what has taken too long.
    void sweep(SteadyTime now);
    /// Answers what is being answered, then closes.
    void wind_up();
    void close();
    bool closed() const { return closed_; }
    const std::string& peer() const { return peer_; }
    /// Where the shard keeps it.
    std::size_t place = 0;

    void on_bytes(std::string_view bytes) override;
    void on_input_end() override;
    void on_broken() override { close(); }
    void on_drained() override;

  private:
    friend class ConnectionExchange;
    friend class ConnectionReceipt;
    enum class Phase : std::uint8_t { idle, receiving, answering, streaming, upgraded, closing, lingering };

    // For the exchange.
    void answer(ConnectionExchange& exchange, SharedBytes bytes);
    void respond(SharedBytes bytes, bool keep_alive);
    void begin_stream(const HttpResponse& head);
    void begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received);
    void write(SharedBytes bytes);
    void end_stream();

    std::size_t backlog() const { return stream_ ? stream_->backlog() : 0; }
    bool acknowledged() const { return !closed_ && stream_->acknowledged(); }
    void settle_receipts(bool arrived);
    void take(std::string_view bytes);
    void advance(HttpParser::Progress progress);
    void hand_over();
    void refuse(int status);
    bool may_begin() const;
    void write_answers_in_order();
    void serve_waiting();
    void finish();
    void settle_and_close();
    void begin_receiving();
    bool stalled(SteadyTime now);

    HttpShard& shard_;
    std::unique_ptr<Stream> stream_;
    std::string peer_;
    std::unique_ptr<HttpParser> parser_;                      // while a request is being received or answered
    std::shared_ptr<ConnectionExchange> exchange_;            // of the request that is being answered
    std::vector<std::shared_ptr<ConnectionExchange>> ahead_;  // of requests before it that are not answered
    std::vector<std::shared_ptr<ConnectionReceipt>> receipts_;  // of answers, until their fate is known
    std::function<void(std::string_view)> received_;            // of the protocol that was upgraded to
    SteadyTime deadline_{};
    SteadyTime stalled_since_{};
    std::uint64_t taken_seen_ = 0;
    std::uint64_t mark_ = 0;
    Phase phase_ = Phase::idle;
    bool keep_alive_ = true;
    bool head_only_ = false;
    bool in_handler_ = false;
    bool next_waits_ = false;  // another request is complete in the parser
    bool input_ended_ = false;
    bool refused_ = false;
    bool paused_ = false;  // reading
    bool closed_ = false;
};

}  // namespace callboard
