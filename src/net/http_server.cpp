#include "net/http_server.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "base/throttle.hpp"
#include "net/http_parser.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

constexpr milliseconds kSweep{500};
constexpr milliseconds kAcceptPause{100};
constexpr std::size_t kReadSize = 64 << 10;
constexpr int kMostReads = 16;  // of one connection in a row: others want their turn
/// Bytes of further requests that are taken while one is being answered.
constexpr std::size_t kMostPipelined = 256 << 10;
/// Bytes of answers that a client leaves unread before no further request of it is looked at.
constexpr std::size_t kMostUnread = 1 << 20;
/// How long a client that was refused in mid-request may still send, so that it reads why: closing at once
/// would reset the connection under the answer. As long is waited for the acknowledgement of an answer that
/// somebody has a receipt for.
constexpr milliseconds kLinger{2'000};

class Shard;
class Connection;

/// Answered by its connection while that is open, and by how it ended after that.
class OneReceipt final : public Receipt {
  public:
    explicit OneReceipt(std::weak_ptr<const Connection> connection) : connection_(std::move(connection)) {}
    bool arrived() const override;
    void settle(bool arrived) { settled_ = arrived; }

  private:
    std::weak_ptr<const Connection> connection_;
    std::optional<bool> settled_;
};

/// One client. Lives on its shard's reactor; the shard owns it.
class Connection final : public std::enable_shared_from_this<Connection> {
  public:
    Connection(Shard& shard, Descriptor fd, std::string peer);

    void on_ready(std::uint32_t events);
    void sweep(SteadyTime now);
    /// Answers what is being answered, then closes.
    void wind_up();
    void close();
    bool closed() const { return !fd_; }

    void respond(SharedBytes bytes, bool keep_alive);
    void begin_stream(const HttpResponse& head);
    void begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received);
    void write(SharedBytes bytes);
    void end_stream();

    std::size_t backlog() const { return backlog_; }
    /// Whether the client's machine has acknowledged all that was written.
    bool acknowledged() const;
    bool answering_head() const { return head_only_; }
    bool keeps_alive() const { return keep_alive_; }
    std::uint64_t& mark() { return mark_; }
    int fd() const { return fd_.get(); }

    std::function<void()> gone;
    std::function<void()> drained;
    std::shared_ptr<OneReceipt> receipt;  // of the last answer, until the next request or the end

  private:
    enum class Phase : std::uint8_t { idle, receiving, answering, streaming, upgraded, closing, lingering };

    void receive();
    void take(std::string_view bytes);
    void input_ended();
    void advance(HttpParser::Progress progress);
    void hand_over();
    void refuse(int status);
    void flush();
    void watch_for(std::uint32_t events);
    void serve_waiting();
    void finish();
    void settle_and_close();

    Shard& shard_;
    Descriptor fd_;
    std::string peer_;
    HttpParser parser_;
    std::deque<SharedBytes> out_;
    std::size_t written_ = 0;  // of the first
    std::size_t backlog_ = 0;
    SteadyTime deadline_{};
    std::uint64_t mark_ = 0;
    std::uint32_t watched_ = 0;
    Phase phase_ = Phase::idle;
    bool keep_alive_ = true;
    bool head_only_ = false;
    bool in_handler_ = false;
    bool next_waits_ = false;  // another request is complete in the parser
    bool input_ended_ = false;
    bool refused_ = false;
    std::function<void(std::string_view)> received_;  // of the protocol that was upgraded to
};

bool OneReceipt::arrived() const {
    if (settled_) return *settled_;
    const auto connection = connection_.lock();
    return connection && connection->acknowledged();
}

/// What one handler call answers. Outlives its connection harmlessly.
class OneExchange final : public HttpExchange {
  public:
    explicit OneExchange(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}

    void respond(const HttpResponse& response) override {
        if (const auto connection = open()) {
            std::string bytes = response_head(response, response.body.size(), connection->keeps_alive());
            if (!connection->answering_head()) bytes += response.body;
            finish()->respond(std::make_shared<const std::string>(std::move(bytes)),
                              connection->keeps_alive());
        }
    }
    void respond(SharedBytes response) override {
        if (const auto connection = open()) {
            if (connection->answering_head())
                response =
                    std::make_shared<const std::string>(response->substr(0, response->find("\r\n\r\n") + 4));
            finish()->respond(std::move(response), connection->keeps_alive());
        }
    }
    std::shared_ptr<const Receipt> respond_for_receipt(SharedBytes response) override {
        const auto connection = open();
        if (!connection) return nullptr;
        auto receipt = std::make_shared<OneReceipt>(connection);
        connection->receipt = receipt;
        respond(std::move(response));
        return receipt;
    }
    void begin_stream(const HttpResponse& head) override {
        if (const auto connection = open()) connection->begin_stream(head);
    }
    void begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received) override {
        if (const auto connection = open()) connection->begin_upgrade(head, std::move(received));
    }
    void write(SharedBytes bytes) override {
        if (const auto connection = open()) connection->write(std::move(bytes));
    }
    void end_stream() override {
        if (open()) finish()->end_stream();
    }
    std::size_t backlog() const override {
        const auto connection = open();
        return connection ? connection->backlog() : 0;
    }
    void on_drained(std::function<void()> call) override {
        if (const auto connection = open()) connection->drained = std::move(call);
    }
    void on_gone(std::function<void()> call) override {
        if (const auto connection = open()) connection->gone = std::move(call);
    }
    bool gone() const override { return !open(); }
    void abort() override {
        if (const auto connection = open()) connection->close();
    }
    std::uint64_t& connection_mark() override {
        const auto connection = open();
        return connection ? connection->mark() : no_mark_;
    }

  private:
    std::shared_ptr<Connection> open() const {
        auto connection = connection_.lock();
        return connection && !connection->closed() ? connection : nullptr;
    }
    /// Lets go of the connection: it may serve another request from now on.
    std::shared_ptr<Connection> finish() {
        auto connection = connection_.lock();
        connection_.reset();
        connection->gone = nullptr;
        connection->drained = nullptr;
        return connection;
    }

    std::weak_ptr<Connection> connection_;
    std::uint64_t no_mark_ = 0;
};

struct Shared {
    HttpServer::Settings settings;
    HttpHandler handler;
    Gauge& connections;
    Counter& requests;
    Counter& refused;
    std::atomic<std::size_t> open{0};
};

/// The connections of one reactor. Made on the starting thread, then used on the reactor's alone.
class Shard {
  public:
    Shard(Reactor& reactor, Shared& shared) : reactor_(reactor), shared_(shared) {}

    void listen(Descriptor fd) { listeners_.push_back(std::move(fd)); }
    void begin() {
        reactor_.post([this] {
            for (const auto& listener : listeners_) watch(listener.get());
            sweep();
        });
    }

    Reactor& reactor() { return reactor_; }
    Shared& shared() { return shared_; }
    SteadyTime now() const { return reactor_.clock().steady(); }
    void forget(int fd) {
        connections_.erase(fd);
        shared_.connections.add(-1);
        shared_.open.fetch_sub(1, std::memory_order_relaxed);
    }

    void stop_accepting() {
        for (const auto& listener : listeners_) reactor_.unwatch(listener.get());
        listeners_.clear();
        for_each([](Connection& connection) { connection.wind_up(); });
    }
    void close_all() {
        for_each([](Connection& connection) { connection.close(); });
        reactor_.cancel(sweeper_);
        for (const auto pause : pauses_) reactor_.cancel(pause);
    }
    std::string& read_buffer() { return read_buffer_; }

  private:
    template <typename Call>
    void for_each(Call call) {
        std::vector<std::shared_ptr<Connection>> all;
        all.reserve(connections_.size());
        for (const auto& [fd, connection] : connections_) all.push_back(connection);
        for (const auto& connection : all)
            if (!connection->closed()) call(*connection);
    }

    void accept(int listener) {
        for (;;) {
            SocketAddress peer;
            peer.length = sizeof peer.storage;
            Descriptor fd(accept4(listener, peer.raw(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (!fd) {
                if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                    pause(listener, errno);
                return;
            }
            if (shared_.open.load(std::memory_order_relaxed) >= shared_.settings.most_connections) {
                shared_.refused.add();
                continue;
            }
            const int on = 1;
            setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            const int raw = fd.get();
            auto connection = std::make_shared<Connection>(*this, std::move(fd), peer.host());
            connections_.emplace(raw, connection);
            shared_.connections.add(1);
            shared_.open.fetch_add(1, std::memory_order_relaxed);
            reactor_.watch(raw, EPOLLIN, [weak = std::weak_ptr(connection)](std::uint32_t events) {
                if (const auto alive = weak.lock()) alive->on_ready(events);
            });
        }
    }

    /// Out of descriptors or memory: trying again at once would only burn the processor.
    void pause(int listener, int error) {
        shared_.refused.add();
        if (const auto times = throttle_.hit(now()))
            spdlog::error("http: cannot accept connections ({}), {} times; raise the limit of open files",
                          system_error(error), *times);
        reactor_.unwatch(listener);
        pauses_.push_back(reactor_.after(kAcceptPause, [this, listener] {
            if (!listeners_.empty()) watch(listener);
        }));
        if (pauses_.size() > listeners_.size()) pauses_.erase(pauses_.begin());
    }

    void watch(int listener) {
        reactor_.watch(listener, EPOLLIN, [this, listener](std::uint32_t) { accept(listener); });
    }

    void sweep() {
        const SteadyTime at = now();
        for_each([at](Connection& connection) { connection.sweep(at); });
        sweeper_ = reactor_.after(kSweep, [this] { sweep(); });
    }

    Reactor& reactor_;
    Shared& shared_;
    std::vector<Descriptor> listeners_;
    std::unordered_map<int, std::shared_ptr<Connection>> connections_;
    Reactor::TimerId sweeper_ = 0;
    std::vector<Reactor::TimerId> pauses_;  // one a listener at most
    Throttle throttle_;
    std::string read_buffer_ = std::string(kReadSize, '\0');
};

Connection::Connection(Shard& shard, Descriptor fd, std::string peer)
    : shard_(shard),
      fd_(std::move(fd)),
      peer_(std::move(peer)),
      parser_({shard.shared().settings.most_header_bytes, shard.shared().settings.most_body_bytes, 100}),
      deadline_(shard.now() + shard.shared().settings.request_within),
      watched_(EPOLLIN) {}

void Connection::watch_for(std::uint32_t events) {
    if (events == watched_ || !fd_) return;
    watched_ = events;
    shard_.reactor().rewatch(fd_.get(), events);
}

void Connection::on_ready(std::uint32_t events) {
    const auto self = shared_from_this();
    if ((events & EPOLLOUT) != 0) {
        flush();
        serve_waiting();
    }
    if (fd_ && (events & EPOLLIN) != 0) receive();
    if (fd_ && (events & (EPOLLERR | EPOLLHUP)) != 0) close();
}

void Connection::receive() {
    auto& buffer = shard_.read_buffer();
    for (int turn = 0; fd_ && turn < kMostReads; ++turn) {
        if (phase_ != Phase::streaming && phase_ != Phase::upgraded && backlog_ > kMostUnread)
            return watch_for(EPOLLOUT);
        const ssize_t count = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (count < 0) return close();
        if (count == 0) return input_ended();
        take({buffer.data(), static_cast<std::size_t>(count)});
        if (static_cast<std::size_t>(count) < buffer.size()) return;
    }
}

void Connection::take(std::string_view bytes) {
    if (receipt) std::exchange(receipt, nullptr)->settle(true);
    if (phase_ == Phase::upgraded) return received_(bytes);
    // Nothing more is expected of these.
    if (phase_ == Phase::closing || phase_ == Phase::streaming || phase_ == Phase::lingering) return;
    if (phase_ == Phase::answering || next_waits_) {
        if (parser_.buffered() > kMostPipelined) return close();
        next_waits_ = parser_.feed(bytes) != HttpParser::Progress::more;
        return;
    }
    if (phase_ == Phase::idle) {
        phase_ = Phase::receiving;
        deadline_ = shard_.now() + shard_.shared().settings.request_within;
    }
    advance(parser_.feed(bytes));
    serve_waiting();
}

/// The client has closed its side: an answer that is still to be made has no reader any more, one in flight
/// may still be read.
void Connection::input_ended() {
    if (out_.empty()) return settle_and_close();
    input_ended_ = true;
    watch_for(EPOLLOUT);
}

void Connection::advance(HttpParser::Progress progress) {
    switch (progress) {
        case HttpParser::Progress::more:
            if (parser_.wants_continue()) {
                static const auto kContinue =
                    std::make_shared<const std::string>("HTTP/1.1 100 Continue\r\n\r\n");
                write(kContinue);
            }
            return;
        case HttpParser::Progress::refused:
            return refuse(parser_.status());
        case HttpParser::Progress::complete:
            return hand_over();
    }
}

void Connection::hand_over() {
    shard_.shared().requests.add();
    const auto& parsed = parser_.request();
    HttpRequest request;
    request.method = parsed.method;
    request.target = parsed.target;
    const std::size_t mark = std::min(parsed.target.find('?'), parsed.target.size());
    request.path = parsed.target.substr(0, mark);
    request.query = parsed.target.substr(std::min(mark + 1, parsed.target.size()));
    request.query = request.query.substr(0, request.query.find('#'));
    request.headers = parsed.headers;
    request.body = parsed.body;
    request.peer = peer_;
    phase_ = Phase::answering;
    keep_alive_ = keep_alive_ && parsed.keep_alive;
    head_only_ = parsed.method == "HEAD";
    if (out_.empty()) deadline_ = {};
    in_handler_ = true;
    shard_.shared().handler(shard_.reactor(), request, std::make_shared<OneExchange>(weak_from_this()));
    in_handler_ = false;
    if (!fd_) return;
    if (phase_ == Phase::upgraded) {
        const std::string early(parser_.rest());
        parser_.release();
        if (!early.empty()) received_(early);
        return;
    }
    next_waits_ = parser_.next() != HttpParser::Progress::more;
    if (!next_waits_ && parser_.idle()) parser_.release();
}

void Connection::refuse(int status) {
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

void Connection::respond(SharedBytes bytes, bool keep_alive) {
    phase_ = keep_alive ? Phase::idle : Phase::closing;
    deadline_ = shard_.now() + shard_.shared().settings.idle;
    write(std::move(bytes));
    if (!in_handler_) serve_waiting();
}

/// The next requests may have come meanwhile. In a loop: they may be thousands.
void Connection::serve_waiting() {
    while (fd_ && phase_ == Phase::idle && next_waits_ && backlog_ <= kMostUnread) {
        next_waits_ = false;
        phase_ = Phase::receiving;
        advance(parser_.current());
    }
    if (fd_ && phase_ == Phase::idle && !next_waits_ && !parser_.idle()) {
        phase_ = Phase::receiving;
        deadline_ = shard_.now() + shard_.shared().settings.request_within;
    }
}

void Connection::begin_stream(const HttpResponse& head) {
    phase_ = Phase::streaming;
    deadline_ = {};
    write(std::make_shared<const std::string>(response_head(head, std::nullopt, false)));
}

void Connection::begin_upgrade(const HttpResponse& head, std::function<void(std::string_view)> received) {
    phase_ = Phase::upgraded;
    deadline_ = {};
    received_ = std::move(received);
    write(std::make_shared<const std::string>(response_head(head, std::nullopt, true)));
}

bool Connection::acknowledged() const {
    int unacknowledged = 0;
    return fd_ && out_.empty() && ::ioctl(fd_.get(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
}

void Connection::end_stream() {
    phase_ = Phase::closing;
    if (out_.empty()) finish();
}

/// All is written.
void Connection::finish() {
    if (receipt && acknowledged()) std::exchange(receipt, nullptr)->settle(true);
    if (!refused_ && !receipt) return close();
    ::shutdown(fd_.get(), SHUT_WR);
    phase_ = Phase::lingering;
    deadline_ = shard_.now() + kLinger;
}

void Connection::write(SharedBytes bytes) {
    if (!fd_ || bytes->empty()) return;
    backlog_ += bytes->size();
    out_.push_back(std::move(bytes));
    if (out_.size() == 1 || (watched_ & EPOLLOUT) == 0) flush();
}

void Connection::flush() {
    constexpr std::size_t kMostParts = 64;
    while (fd_ && !out_.empty()) {
        std::array<iovec, kMostParts> parts{};
        std::size_t count = 0;
        for (const auto& bytes : out_) {
            if (count == kMostParts) break;
            const std::size_t skip = count == 0 ? written_ : 0;
            parts[count].iov_base = const_cast<char*>(bytes->data() + skip);
            parts[count].iov_len = bytes->size() - skip;
            ++count;
        }
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if ((watched_ & EPOLLOUT) == 0) deadline_ = shard_.now() + shard_.shared().settings.write_within;
            return watch_for(watched_ | EPOLLOUT);
        }
        if (sent < 0) return close();
        backlog_ -= static_cast<std::size_t>(sent);
        std::size_t left = static_cast<std::size_t>(sent);
        if (left > 0 && (watched_ & EPOLLOUT) != 0)
            deadline_ = shard_.now() + shard_.shared().settings.write_within;
        while (left > 0) {
            const std::size_t first = out_.front()->size() - written_;
            if (left < first) {
                written_ += left;
                break;
            }
            left -= first;
            written_ = 0;
            out_.pop_front();
        }
    }
    if (!fd_) return;
    std::deque<SharedBytes>().swap(out_);
    if (input_ended_) return close();
    watch_for(EPOLLIN);
    if (phase_ == Phase::closing) return finish();
    if (phase_ == Phase::streaming || phase_ == Phase::upgraded || phase_ == Phase::answering) deadline_ = {};
    if (drained) std::exchange(drained, nullptr)();
}

void Connection::sweep(SteadyTime now) {
    if (phase_ == Phase::lingering && receipt && acknowledged()) return settle_and_close();
    if (deadline_ == SteadyTime{} || now < deadline_) return;
    if (phase_ == Phase::receiving && out_.empty()) return refuse(408);
    settle_and_close();
}

/// Closes without a sign that anything went wrong: what was acknowledged has arrived.
void Connection::settle_and_close() {
    if (receipt && acknowledged()) std::exchange(receipt, nullptr)->settle(true);
    close();
}

void Connection::wind_up() {
    keep_alive_ = false;
    if (phase_ == Phase::lingering) {
        if (!receipt) close();
        return;
    }
    if (phase_ != Phase::idle && phase_ != Phase::receiving) return;
    if (out_.empty()) return finish();
    phase_ = Phase::closing;
}

void Connection::close() {
    if (!fd_) return;
    const auto self = shared_from_this();
    const int raw = fd_.get();
    shard_.reactor().unwatch(raw);
    shard_.forget(raw);
    fd_.reset();
    out_.clear();
    backlog_ = 0;
    drained = nullptr;
    if (receipt) std::exchange(receipt, nullptr)->settle(false);
    if (gone) std::exchange(gone, nullptr)();
}

class EpollHttpServer final : public HttpServer {
  public:
    EpollHttpServer(std::vector<Reactor*> reactors, Settings settings, HttpHandler handler, Metrics& metrics)
        : shared_{std::move(settings), std::move(handler),
                  metrics.gauge("callboard_http_connections", "Open HTTP connections"),
                  metrics.counter("callboard_http_requests_total", "HTTP requests read"),
                  metrics.counter("callboard_http_refused_total", "Connections turned away at a limit")} {
        for (Reactor* reactor : reactors) shards_.push_back(std::make_unique<Shard>(*reactor, shared_));
    }

    Result<void> bind() {
        for (const auto& text : shared_.settings.listen) {
            auto address = parse_address(text);
            if (!address) return address.error();
            if (auto bound = bind(*address); !bound) return bound;
        }
        for (const auto& shard : shards_) shard->begin();
        return {};
    }

    std::vector<std::string> addresses() const override { return addresses_; }

    void stop(milliseconds within) override {
        if (std::exchange(stopped_, true)) return;
        for (const auto& shard : shards_) shard->reactor().post([&one = *shard] { one.stop_accepting(); });
        constexpr milliseconds kLook{5};
        for (auto left = within; shared_.open.load() > 0 && left > kLook; left -= kLook)
            std::this_thread::sleep_for(kLook);
        // Until every reactor has let go of this server; they have nothing else to do than that.
        std::mutex mutex;
        std::condition_variable done;
        std::size_t left = shards_.size();
        for (const auto& shard : shards_)
            shard->reactor().post([&] {
                shard->close_all();
                const std::lock_guard lock(mutex);
                if (--left == 0) done.notify_one();
            });
        std::unique_lock lock(mutex);
        done.wait(lock, [&left] { return left == 0; });
    }

  private:
    Result<void> bind(SocketAddress address) {
        // Sockets that share a port would also share it with another server of this user: that one is found
        // out first.
        if (auto probe = bound_socket(address, SOCK_STREAM, false); !probe) return probe.error();
        for (const auto& shard : shards_) {
            auto fd = bound_socket(address, SOCK_STREAM, true);
            if (!fd) return fd.error();
            address = local_address(fd->get());  // port 0 becomes the same for all
            if (::listen(fd->get(), SOMAXCONN) != 0)
                return Error{Error::Kind::unavailable,
                             "cannot listen on " + address.text() + ": " + system_error(errno)};
            shard->listen(*std::move(fd));
        }
        addresses_.push_back(address.text());
        return {};
    }

    Shared shared_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::vector<std::string> addresses_;
    bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(std::vector<Reactor*> reactors, Settings settings,
                                                       HttpHandler handler, Metrics& metrics) {
    auto server = std::make_unique<EpollHttpServer>(std::move(reactors), std::move(settings),
                                                    std::move(handler), metrics);
    if (auto bound = server->bind(); !bound) return bound.error();
    return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace callboard
