#include "net/http_connection.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace callboard {
namespace {

/// Bytes of further requests that are taken while one is being answered.
constexpr std::size_t kMostPipelined = 256 << 10;
/// Bytes of answers that a client leaves unread before no further request of it is looked at.
constexpr std::size_t kMostUnread = 1 << 20;
/// How long a client that was refused in mid-request may still send, so that it reads why: closing at once
/// would reset the connection under the answer. As long is waited for the acknowledgement of an answer that
/// somebody has a receipt for.
constexpr std::chrono::milliseconds kLinger{2'000};
/// Requests of one client that are handled before the first of them is answered.
constexpr std::size_t kMostAhead = 64;
constexpr std::size_t kMostParsers = 64;
/// A parser that has grown beyond this is not kept.
constexpr std::size_t kLargestParser = 64 << 10;

}  // namespace

std::unique_ptr<HttpParser> HttpShard::lend_parser() {
    if (parsers_.empty())
        return std::make_unique<HttpParser>(
            HttpParser::Limits{settings().most_header_bytes, settings().most_body_bytes, 100});
    auto parser = std::move(parsers_.back());
    parsers_.pop_back();
    return parser;
}

void HttpShard::take_back(std::unique_ptr<HttpParser> parser) {
    if (parser->capacity() <= kLargestParser && parsers_.size() < kMostParsers)
        parsers_.push_back(std::move(parser));
}

/// Answered by its connection while that is open, and by how it ended after that.
class ConnectionReceipt final : public Receipt {
  public:
    explicit ConnectionReceipt(const HttpConnection& connection) : connection_(&connection) {}
    bool arrived() const override { return settled_ ? *settled_ : connection_->acknowledged(); }
    void settle(bool arrived) {
        settled_ = arrived;
        connection_ = nullptr;
    }

  private:
    const HttpConnection* connection_;
    std::optional<bool> settled_;
};

class ConnectionExchange final : public HttpExchange {
  public:
    explicit ConnectionExchange(HttpConnection& connection) : connection_(&connection) {}

    /// Keeps what a log will say of the request.
    void remember(const HttpRequest& request, HttpConnection::SteadyTime now) {
        asked_ = std::make_unique<Asked>(
            Asked{std::string(request.peer), std::string(request.method), std::string(request.target),
                  std::string(bearer_token(request.header("Authorization"))), now});
    }

    void respond(const HttpResponse& response) override {
        if (gone()) return;
        log(response.status, response.body.size());
        std::string bytes = response_head(response, response.body.size(), keeps_alive());
        if (!connection_->head_only_) bytes += response.body;
        connection_->answer(*this, std::make_shared<const std::string>(std::move(bytes)));
    }
    void respond(SharedBytes response) override {
        if (gone()) return;
        if (asked_) log(status_of(*response), response->size() - body_of(*response));
        if (connection_->head_only_)
            response = std::make_shared<const std::string>(response->substr(0, body_of(*response)));
        connection_->answer(*this, std::move(response));
    }
    std::shared_ptr<const Receipt> respond_for_receipt(SharedBytes response) override {
        if (gone()) return nullptr;
        auto receipt = std::make_shared<ConnectionReceipt>(*connection_);
        connection_->receipts_.push_back(receipt);
        respond(std::move(response));
        return receipt;
    }
    void go_on() override { goes_on_ = true; }
    void begin_stream(const HttpResponse& head) override {
        if (gone()) return;
        log(head.status, 0);
        connection_->begin_stream(head);
    }
    void begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received) override {
        if (gone()) return;
        log(head.status, 0);
        connection_->begin_upgrade(head, std::move(received));
    }
    void write(SharedBytes bytes) override {
        if (!gone()) connection_->write(std::move(bytes));
    }
    void end_stream() override {
        if (gone()) return;
        HttpConnection& connection = *connection_;
        const auto self = std::move(connection.exchange_);
        finish();
        connection.end_stream();
    }
    std::size_t backlog() const override { return gone() ? 0 : connection_->backlog(); }
    void on_drained(std::function<void()> call) override {
        if (!gone()) drained_ = std::move(call);
    }
    void on_gone(std::function<void()> call) override {
        if (!gone()) gone_ = std::move(call);
    }
    bool gone() const override { return connection_ == nullptr; }
    void abort() override {
        if (!gone()) connection_->close();
    }
    std::uint64_t& connection_mark() override { return gone() ? no_mark_ : connection_->mark_; }

    bool goes_on() const { return goes_on_; }
    /// Whether the connection serves more requests behind this one.
    bool keeps_alive() const { return keep_alive_ && connection_->keep_alive_; }
    /// The answer, when it has to wait for those before it.
    SharedBytes ready;

    /// Lets go of the connection: nothing that is called any more reaches it.
    void finish() {
        connection_ = nullptr;
        gone_ = nullptr;
        drained_ = nullptr;
    }
    void tell_drained() {
        if (drained_) std::exchange(drained_, nullptr)();
    }
    void tell_gone() {
        connection_ = nullptr;
        drained_ = nullptr;
        if (gone_) std::exchange(gone_, nullptr)();
    }

  private:
    struct Asked {
        std::string peer, method, target, bearer;
        HttpConnection::SteadyTime at;
    };

    static std::size_t body_of(const std::string& response) { return response.find("\r\n\r\n") + 4; }
    /// The three digits of `HTTP/1.1 200 OK`.
    static int status_of(const std::string& response) {
        int status = 0;
        for (std::size_t i = 9; i < 12 && i < response.size(); ++i)
            status = status * 10 + (response[i] - '0');
        return status;
    }
    void log(int status, std::size_t bytes) {
        if (!asked_) return;
        const HttpShard& shard = connection_->shard_;
        const auto took = connection_->shard_.reactor().clock().steady() - asked_->at;
        shard.settings().answered(
            {asked_->peer, asked_->method, asked_->target, asked_->bearer, status, bytes, took});
        asked_.reset();
    }

    HttpConnection* connection_;
    const bool keep_alive_ = connection_->keep_alive_;
    bool goes_on_ = false;
    std::unique_ptr<Asked> asked_;  // when there is a log
    std::function<void()> drained_, gone_;
    std::uint64_t no_mark_ = 0;
};

HttpConnection::HttpConnection(HttpShard& shard, std::string peer)
    : shard_(shard),
      peer_(std::move(peer)),
      deadline_(shard.reactor().clock().steady() + shard.settings().request_within) {}

HttpConnection::~HttpConnection() = default;

void HttpConnection::settle_receipts(bool arrived) {
    for (const auto& receipt : receipts_) receipt->settle(arrived);
    receipts_.clear();
}

void HttpConnection::on_bytes(std::string_view bytes) {
    const auto self = shared_from_this();
    settle_receipts(true);
    if (phase_ == Phase::upgraded) return received_(bytes);
    // Nothing more is expected of these.
    if (phase_ == Phase::closing || phase_ == Phase::streaming || phase_ == Phase::lingering) return;
    take(bytes);
    if (closed_ || paused_ || phase_ == Phase::streaming || phase_ == Phase::upgraded) return;
    if (backlog() <= kMostUnread) return;
    paused_ = true;
    stream_->read(false);
}

void HttpConnection::take(std::string_view bytes) {
    if (!parser_) parser_ = shard_.lend_parser();
    if (phase_ == Phase::answering || next_waits_) {
        if (parser_->buffered() > kMostPipelined) return close();
        next_waits_ = parser_->feed(bytes) != HttpParser::Progress::more;
        return;
    }
    if (phase_ == Phase::idle) begin_receiving();
    advance(parser_->feed(bytes));
    serve_waiting();
}

void HttpConnection::begin_receiving() {
    phase_ = Phase::receiving;
    deadline_ = shard_.reactor().clock().steady() + shard_.settings().request_within;
}

/// The client has closed its side: an answer that is still to be made has no reader any more, one in flight
/// may still be read.
void HttpConnection::on_input_end() {
    if (backlog() == 0) return settle_and_close();
    input_ended_ = true;
}

/// Whether the request that is complete may be handled, or refused, now.
bool HttpConnection::may_begin() const {
    return ahead_.empty() ||
           (ahead_.size() < kMostAhead && parser_->status() == 0 && parser_->request().method == "POST");
}

void HttpConnection::advance(HttpParser::Progress progress) {
    if (progress != HttpParser::Progress::more && !may_begin()) {
        next_waits_ = true;
        phase_ = Phase::idle;
        return;
    }
    switch (progress) {
        case HttpParser::Progress::more:
            if (parser_->wants_continue()) {
                static const auto kContinue =
                    std::make_shared<const std::string>("HTTP/1.1 100 Continue\r\n\r\n");
                write(kContinue);
            }
            return;
        case HttpParser::Progress::refused:
            return refuse(parser_->status());
        case HttpParser::Progress::complete:
            return hand_over();
    }
}

void HttpConnection::hand_over() {
    auto& parsed = parser_->request();
    HttpRequest& request = shard_.request();
    request.method = parsed.method;
    request.target = parsed.target;
    const std::size_t mark = std::min(parsed.target.find('?'), parsed.target.size());
    request.path = parsed.target.substr(0, mark);
    request.query = parsed.target.substr(std::min(mark + 1, parsed.target.size()));
    request.query = request.query.substr(0, request.query.find('#'));
    request.headers.assign(parsed.headers.begin(), parsed.headers.end());
    request.body = parsed.body;
    request.http_1_0 = parsed.http_1_0;
    const auto& proxies = shard_.settings().trusted_proxies;
    request.peer = proxies.empty() ? peer_ : client_behind(proxies, peer_, request.header("X-Forwarded-For"));
    phase_ = Phase::answering;
    keep_alive_ = keep_alive_ && parsed.keep_alive;
    head_only_ = parsed.method == "HEAD";
    deadline_ = {};
    in_handler_ = true;
    exchange_ = std::make_shared<ConnectionExchange>(*this);
    if (shard_.settings().answered) exchange_->remember(request, shard_.reactor().clock().steady());
    shard_.handle(request, exchange_);
    in_handler_ = false;
    if (closed_) return;
    if (exchange_ && exchange_->goes_on()) {
        ahead_.push_back(std::move(exchange_));
        phase_ = Phase::idle;
    }
    if (phase_ == Phase::upgraded) {
        const auto parser = std::move(parser_);
        if (!parser->rest().empty()) received_(parser->rest());
        return;
    }
    next_waits_ = parser_->next() != HttpParser::Progress::more;
    if (!next_waits_ && parser_->idle()) shard_.take_back(std::move(parser_));
}

void HttpConnection::refuse(int status) {
    keep_alive_ = false;
    refused_ = true;
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = R"({"message":")" + std::string(reason_phrase(status)) + "\"}";
    respond(std::make_shared<const std::string>(response_head(response, response.body.size(), false) +
                                                response.body),
            false);
}

void HttpConnection::answer(ConnectionExchange& exchange, SharedBytes bytes) {
    const bool is_current = &exchange == exchange_.get();
    if (is_current && ahead_.empty()) {
        const bool keep_alive = exchange.keeps_alive();
        const auto self = std::move(exchange_);
        exchange.finish();
        return respond(std::move(bytes), keep_alive);
    }
    exchange.ready = std::move(bytes);
    if (is_current) {
        ahead_.push_back(std::move(exchange_));
        phase_ = Phase::idle;
    }
    write_answers_in_order();
}

void HttpConnection::write_answers_in_order() {
    while (!ahead_.empty() && ahead_.front()->ready) {
        const auto exchange = std::move(ahead_.front());
        ahead_.erase(ahead_.begin());
        const bool keep_alive = exchange->keeps_alive();
        exchange->finish();
        write(std::move(exchange->ready));
        if (keep_alive || !ahead_.empty()) continue;
        phase_ = Phase::closing;
    }
    if (!ahead_.empty()) return;
    if (phase_ == Phase::idle) deadline_ = shard_.reactor().clock().steady() + shard_.settings().idle;
    if (!in_handler_) serve_waiting();
}

void HttpConnection::respond(SharedBytes bytes, bool keep_alive) {
    phase_ = keep_alive ? Phase::idle : Phase::closing;
    deadline_ = shard_.reactor().clock().steady() + shard_.settings().idle;
    write(std::move(bytes));
    if (!in_handler_) serve_waiting();
}

/// The next requests may have come meanwhile. In a loop: they may be thousands.
void HttpConnection::serve_waiting() {
    while (!closed_ && phase_ == Phase::idle && next_waits_ && backlog() <= kMostUnread && may_begin()) {
        next_waits_ = false;
        phase_ = Phase::receiving;
        advance(parser_->current());
    }
    if (!closed_ && phase_ == Phase::idle && !next_waits_ && parser_) begin_receiving();
}

void HttpConnection::begin_stream(const HttpResponse& head) {
    phase_ = Phase::streaming;
    deadline_ = {};
    write(std::make_shared<const std::string>(response_head(head, std::nullopt, false)));
}

void HttpConnection::begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received) {
    phase_ = Phase::upgraded;
    deadline_ = {};
    received_ = std::move(received);
    write(std::make_shared<const std::string>(response_head(head, std::nullopt, true)));
}

void HttpConnection::end_stream() {
    phase_ = Phase::closing;
    if (backlog() == 0) finish();
}

/// All is written. TLS has a last word of its own, which tells the end from a connection that was cut.
void HttpConnection::finish() {
    if (!receipts_.empty() && acknowledged()) settle_receipts(true);
    if (!refused_ && !shard_.settings().tls && receipts_.empty()) return close();
    stream_->end_output();
    phase_ = Phase::lingering;
    deadline_ = shard_.reactor().clock().steady() + kLinger;
}

void HttpConnection::write(SharedBytes bytes) {
    if (!closed_) stream_->write(std::move(bytes));
}

void HttpConnection::on_drained() {
    const auto self = shared_from_this();
    if (input_ended_) return close();
    if (phase_ == Phase::closing) return finish();
    if (std::exchange(paused_, false)) stream_->read(true);
    serve_waiting();
    // The exchange may let go of itself in the call.
    if (const auto exchange = exchange_) exchange->tell_drained();
}

/// Whether the client has taken nothing of what is written to it for too long.
bool HttpConnection::stalled(SteadyTime now) {
    if (backlog() == 0) {
        stalled_since_ = {};
        return false;
    }
    if (stalled_since_ == SteadyTime{} || stream_->taken() != taken_seen_) {
        stalled_since_ = now;
        taken_seen_ = stream_->taken();
    }
    return now - stalled_since_ >= shard_.settings().write_within;
}

void HttpConnection::sweep(SteadyTime now) {
    const auto self = shared_from_this();
    if (stalled(now)) return close();
    if (phase_ == Phase::lingering && !receipts_.empty() && acknowledged()) return settle_and_close();
    if (deadline_ == SteadyTime{} || now < deadline_ || backlog() > 0 || !ahead_.empty()) return;
    if (phase_ == Phase::receiving) return refuse(408);
    settle_and_close();
}

/// Closes without a sign that anything went wrong: what was acknowledged has arrived.
void HttpConnection::settle_and_close() {
    if (!receipts_.empty() && acknowledged()) settle_receipts(true);
    close();
}

void HttpConnection::wind_up() {
    keep_alive_ = false;
    if (phase_ == Phase::lingering) {
        if (receipts_.empty()) close();
        return;
    }
    if (phase_ != Phase::idle && phase_ != Phase::receiving) return;
    if (!ahead_.empty()) return;
    if (backlog() == 0) return finish();
    phase_ = Phase::closing;
}

void HttpConnection::close() {
    if (std::exchange(closed_, true)) return;
    const auto self = shared_from_this();
    settle_receipts(false);
    stream_.reset();
    shard_.forget(*this);
    for (const auto& exchange : std::exchange(ahead_, {})) exchange->tell_gone();
    if (const auto exchange = std::move(exchange_)) exchange->tell_gone();
}

}  // namespace callboard
