#include "net/http_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/throttle.hpp"
#include "net/http_connection.hpp"
#include "net/socket.hpp"
#include "net/tls.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSweep{500};
constexpr milliseconds kAcceptPause{100};

/// How many connections there are, in all and by address. Thread-safe.
class Places {
  public:
    /// False: it is one too many. `limited`: the address has a limit of its own.
    bool enter(const HttpServer::Settings& settings, const std::string& address, bool limited) {
        const std::lock_guard lock(mutex_);
        if (open_ >= settings.most_connections) return false;
        if (limited) {
            auto& count = by_address_[address];
            if (count >= settings.most_connections_per_address) return false;
            ++count;
        }
        ++open_;
        return true;
    }
    void leave(const std::string& address) {
        const std::lock_guard lock(mutex_);
        --open_;
        const auto found = by_address_.find(address);
        if (found != by_address_.end() && --found->second == 0) by_address_.erase(found);
    }
    std::size_t open() const {
        const std::lock_guard lock(mutex_);
        return open_;
    }

  private:
    mutable std::mutex mutex_;
    std::size_t open_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;  // that have a limit
};

struct Shared {
    HttpServer::Settings settings;
    HttpHandler handler;
    Gauge& connections;
    Counter& requests;
    Counter& refused;
    Places places{};
};

/// The connections of one reactor. Made on the starting thread, then used on the reactor's alone.
class Shard final : public HttpShard {
  public:
    Shard(Reactor& reactor, Shared& shared) : reactor_(reactor), shared_(shared) {}

    void listen(Descriptor fd) { listeners_.push_back(std::move(fd)); }
    void begin() {
        reactor_.post([this] {
            for (const auto& listener : listeners_) watch(listener.get());
            sweep();
        });
    }

    Reactor& reactor() override { return reactor_; }
    const HttpServer::Settings& settings() const override { return shared_.settings; }
    void handle(const HttpRequest& request, Exchange exchange) override {
        shared_.requests.add();
        shared_.handler(reactor_, request, std::move(exchange));
    }
    void forget(HttpConnection& connection) override {
        shared_.connections.add(-1);
        shared_.places.leave(connection.peer());
        const std::size_t place = connection.place;
        std::swap(connections_[place], connections_.back());
        connections_[place]->place = place;
        connections_.pop_back();
    }

    void stop_accepting() {
        for (const auto& listener : listeners_) reactor_.unwatch(listener.get());
        listeners_.clear();
        for_each([](HttpConnection& connection) { connection.wind_up(); });
    }
    void close_all() {
        for_each([](HttpConnection& connection) { connection.close(); });
        reactor_.cancel(sweeper_);
        for (const auto pause : pauses_) reactor_.cancel(pause);
    }

  private:
    /// `call` may close the connection that it gets, and only that.
    template <typename Call>
    void for_each(Call call) {
        for (std::size_t i = connections_.size(); i > 0; --i)
            if (i <= connections_.size()) call(*connections_[i - 1]);
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
            take(std::move(fd), peer.host());
        }
    }

    void take(Descriptor fd, const std::string& peer) {
        const HttpServer::Settings& settings = shared_.settings;
        const bool limited = !is_loopback(peer) && !contains(settings.trusted_proxies, peer);
        if (!shared_.places.enter(settings, peer, limited)) {
            shared_.refused.add();
            return;
        }
        const int on = 1;
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto connection = std::make_shared<HttpConnection>(*this, peer);
        connection->place = connections_.size();
        connections_.push_back(connection);
        shared_.connections.add(1);
        connection->use(settings.tls ? settings.tls->open(reactor_, std::move(fd), *connection)
                                     : reactor_.open(std::move(fd), *connection));
    }

    /// Out of descriptors or memory: trying again at once would only burn the processor.
    void pause(int listener, int error) {
        shared_.refused.add();
        if (const auto times = throttle_.hit(reactor_.clock().steady()))
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
        const auto now = reactor_.clock().steady();
        for_each([now](HttpConnection& connection) { connection.sweep(now); });
        sweeper_ = reactor_.after(kSweep, [this] { sweep(); });
    }

    Reactor& reactor_;
    Shared& shared_;
    std::vector<Descriptor> listeners_;
    std::vector<std::shared_ptr<HttpConnection>> connections_;
    Reactor::TimerId sweeper_ = 0;
    std::vector<Reactor::TimerId> pauses_;  // one a listener at most
    Throttle throttle_;
};

class ShardedServer final : public HttpServer {
  public:
    ShardedServer(std::vector<Reactor*> reactors, Settings settings, HttpHandler handler, Metrics& metrics)
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
        for (auto left = within; shared_.places.open() > 0 && left > kLook; left -= kLook)
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
    auto server = std::make_unique<ShardedServer>(std::move(reactors), std::move(settings),
                                                  std::move(handler), metrics);
    if (auto bound = server->bind(); !bound) return bound.error();
    return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace callboard
