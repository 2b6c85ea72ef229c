#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "net/engine.hpp"
#include "net/outbox.hpp"

namespace callboard {
namespace {

constexpr std::size_t kReadSize = 64 << 10;
constexpr int kMostReads = 16;  // of one stream in a row: others want their turn
constexpr std::size_t kMostParts = 64;

class EpollStream;

class EpollEngine final : public Engine {
  public:
    EpollEngine(Watches& watches, int wake_up) : watches_(watches), wake_up_(wake_up) {
        watches_.watch(wake_up_, EPOLLIN, [this](std::uint32_t) {
            eventfd_t count = 0;
            ::eventfd_read(wake_up_, &count);
        });
    }
    ~EpollEngine() override { watches_.unwatch(wake_up_); }
    EpollEngine(const EpollEngine&) = delete;
    EpollEngine& operator=(const EpollEngine&) = delete;

    void turn(std::chrono::milliseconds longest) override;
    std::unique_ptr<Stream> open(Descriptor socket, StreamOwner& owner) override;

    Watches& watches() { return watches_; }
    std::string& read_buffer() { return read_buffer_; }
    void flush_later(EpollStream& stream) { unflushed_.push_back(&stream); }
    /// The stream dies: nobody calls it any more.
    void forget(EpollStream& stream) {
        for (auto& waiting : unflushed_)
            if (waiting == &stream) waiting = nullptr;
        for (auto& waiting : flushing_)
            if (waiting == &stream) waiting = nullptr;
    }

  private:
    Watches& watches_;
    int wake_up_;
    std::string read_buffer_ = std::string(kReadSize, '\0');
    std::vector<EpollStream*> unflushed_, flushing_;
};

class EpollStream final : public Stream {
  public:
    EpollStream(EpollEngine& engine, Descriptor socket, StreamOwner& owner)
        : engine_(engine), socket_(std::move(socket)), owner_(owner) {
        engine_.watches().watch(socket_.get(), interest_, [this](std::uint32_t events) { on_ready(events); });
    }
    ~EpollStream() override {
        if (alive_ != nullptr) *alive_ = false;
        if (queued_) engine_.forget(*this);
        if (socket_) engine_.watches().unwatch(socket_.get());
    }
    EpollStream(const EpollStream&) = delete;
    EpollStream& operator=(const EpollStream&) = delete;

    void write(SharedBytes bytes) override {
        if (!socket_ || bytes->empty()) return;
        out_.push(std::move(bytes));
        if (queued_ || (interest_ & EPOLLOUT) != 0) return;
        queued_ = true;
        engine_.flush_later(*this);
    }
    std::size_t backlog() const override { return out_.size(); }
    std::uint64_t taken() const override { return taken_; }
    bool acknowledged() const override {
        int left = 0;
        return socket_ && out_.empty() && ::ioctl(socket_.get(), SIOCOUTQ, &left) == 0 && left == 0;
    }
    void read(bool on) override {
        if (!ended_) want(on ? interest_ | EPOLLIN : interest_ & ~std::uint32_t{EPOLLIN});
    }
    void end_output() override {
        if (socket_) ::shutdown(socket_.get(), SHUT_WR);
    }

    void flush() {
        queued_ = false;
        if (!socket_) return;
        while (!out_.empty()) {
            std::array<iovec, kMostParts> parts{};
            std::size_t count = 0;
            out_.look([&](const char* data, std::size_t length) {
                parts[count++] = {const_cast<char*>(data), length};
                return count < kMostParts;
            });
            msghdr message{};
            message.msg_iov = parts.data();
            message.msg_iovlen = count;
            const ssize_t sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return want(interest_ | EPOLLOUT);
            if (sent < 0) return broken();
            taken_ += static_cast<std::size_t>(sent);
            out_.drop(static_cast<std::size_t>(sent));
        }
        want(interest_ & ~std::uint32_t{EPOLLOUT});
        owner_.on_drained();
    }

  private:
    /// Whether this still lives after a call of the owner.
    class Alive {
      public:
        explicit Alive(EpollStream& stream) : stream_(stream) { stream_.alive_ = &alive_; }
        ~Alive() {
            if (alive_) stream_.alive_ = nullptr;
        }
        Alive(const Alive&) = delete;
        Alive& operator=(const Alive&) = delete;
        explicit operator bool() const { return alive_ && stream_.socket_; }

      private:
        EpollStream& stream_;
        bool alive_ = true;
    };

    void on_ready(std::uint32_t events) {
        const Alive alive(*this);
        if ((events & EPOLLOUT) != 0) flush();
        if (alive && (events & EPOLLIN) != 0) receive(alive);
        if (alive && (events & (EPOLLERR | EPOLLHUP)) != 0) broken();
    }
    void receive(const Alive& alive) {
        auto& buffer = engine_.read_buffer();
        for (int turn = 0; alive && (interest_ & EPOLLIN) != 0 && turn < kMostReads; ++turn) {
            const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
            if (count < 0) return broken();
            if (count == 0) return input_ended();
            owner_.on_bytes({buffer.data(), static_cast<std::size_t>(count)});
            if (static_cast<std::size_t>(count) < buffer.size()) return;
        }
    }
    void input_ended() {
        ended_ = true;
        want(interest_ & ~std::uint32_t{EPOLLIN});
        owner_.on_input_end();
    }
    void broken() {
        engine_.watches().unwatch(socket_.get());
        socket_.reset();
        out_.clear();
        owner_.on_broken();
    }
    void want(std::uint32_t events) {
        if (!socket_ || events == interest_) return;
        interest_ = events;
        engine_.watches().rewatch(socket_.get(), events);
    }

    EpollEngine& engine_;
    Descriptor socket_;
    StreamOwner& owner_;
    Outbox out_;
    std::uint64_t taken_ = 0;
    bool* alive_ = nullptr;
    std::uint32_t interest_ = EPOLLIN;
    bool queued_ = false;  // for a flush at the end of the turn
    bool ended_ = false;   // its input
};

void EpollEngine::turn(std::chrono::milliseconds longest) {
    flushing_.swap(unflushed_);
    for (std::size_t i = 0; i < flushing_.size(); ++i)
        if (EpollStream* stream = std::exchange(flushing_[i], nullptr)) stream->flush();
    flushing_.clear();
    // Flushing may have made someone write again.
    watches_.wait(unflushed_.empty() ? longest : std::chrono::milliseconds(0));
}

std::unique_ptr<Stream> EpollEngine::open(Descriptor socket, StreamOwner& owner) {
    return std::make_unique<EpollStream>(*this, std::move(socket), owner);
}

}  // namespace

std::unique_ptr<Engine> epoll_engine(Watches& watches, int wake_up) {
    return std::make_unique<EpollEngine>(watches, wake_up);
}

}  // namespace callboard
