#include "app/recorded_exchange.hpp"

#include <sys/epoll.h>

#include <cerrno>
#include <optional>
#include <thread>
#include <utility>

#include "net/reactor.hpp"
#include "net/socket.hpp"
#include "net/stream.hpp"

namespace callboard {
namespace {

/// Unread bytes of events after which the other side is not there any more.
constexpr std::size_t kMostUnread = 4 << 20;
constexpr std::chrono::milliseconds kLookAgain{1'000};
constexpr Duration kListLasts = std::chrono::seconds(2);

}  // namespace

class RecordedExchange::Impl final : public StreamOwner {
  public:
    Impl(ExchangeScript script, MakeVoice make_voice, const Clock& clock, Settings settings,
         Descriptor listener)
        : script_(std::move(script)),
          make_voice_(make_voice),
          clock_(clock),
          settings_(settings),
          listener_(std::move(listener)),
          address_(local_address(listener_.get()).text()),
          reactor_(clock),
          thread_([this] {
              reactor_.post(
                  [this] { reactor_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept(); }); });
              reactor_.run();
          }) {}
    ~Impl() {
        reactor_.post([this] {
            hang_up();
            reactor_.unwatch(listener_.get());
        });
        reactor_.stop();
        thread_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    const std::string& address() const { return address_; }

    void on_bytes(std::string_view bytes) override {
        auto answer = voice_->take(bytes, talking());
        if (!answer.empty()) say(std::move(answer));
        if (voice_->was_listed()) listed_ = clock_.steady();
    }
    void on_input_end() override { hang_up(); }
    void on_broken() override { hang_up(); }
    void on_drained() override {}

  private:
    bool talking() const { return next_ > 0; }
    const ExchangeScript::Conversation& conversation() const {
        return script_.conversations[conversation_ % script_.conversations.size()];
    }

    /// The newest who connects is the one who is spoken to.
    void accept() {
        SocketAddress peer;
        peer.length = sizeof peer.storage;
        Descriptor socket(accept4(listener_.get(), peer.raw(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!socket) return;
        hang_up();
        voice_ = make_voice_(script_);
        stream_ = reactor_.open(std::move(socket), *this);
        say(voice_->greeting());
        later(settings_.between, [this] { begin(); });
    }
    void hang_up() {
        stream_.reset();
        voice_.reset();
        listed_.reset();
        next_ = 0;
        if (timer_) reactor_.cancel(*std::exchange(timer_, std::nullopt));
    }
    void say(std::string bytes) {
        if (stream_->backlog() > kMostUnread) return hang_up();
        stream_->write(std::make_shared<const std::string>(std::move(bytes)));
    }
    void later(Duration wait, std::function<void()> call) {
        timer_ = reactor_.after(std::chrono::ceil<std::chrono::milliseconds>(wait),
                                [this, call = std::move(call)] {
                                    timer_.reset();
                                    call();
                                });
    }
    Duration played(Duration recorded) const {
        return std::chrono::duration_cast<Duration>(recorded / settings_.speed);
    }

    /// A list that comes in the midst would say that nobody is there. What is longer than the time between
    /// two lists cannot wait for one.
    bool fits() const {
        if (!listed_) return false;
        const Duration length = played(conversation().said.back().at) + kListLasts;
        const auto free = *listed_ + settings_.list_interval - clock_.steady();
        return length >= settings_.list_interval || length <= free;
    }
    void begin() {
        if (!fits()) return later(kLookAgain, [this] { begin(); });
        later_ = clock_.now() - conversation().began;
        begun_ = clock_.steady();
        go_on();
    }
    void go_on() {
        const auto& said = conversation().said;
        const auto passed = clock_.steady() - begun_;
        while (next_ < said.size() && played(said[next_].at) <= passed) {
            say(voice_->event(said[next_].text, later_, settings_.round + conversation_));
            if (!stream_) return;
            ++next_;
        }
        if (next_ < said.size()) return later(played(said[next_].at) - passed, [this] { go_on(); });
        next_ = 0;
        ++conversation_;
        later(played(settings_.between), [this] { begin(); });
    }

    const ExchangeScript script_;
    const MakeVoice make_voice_;
    const Clock& clock_;
    const Settings settings_;
    const Descriptor listener_;
    const std::string address_;

    // The thread's.
    Reactor reactor_;
    std::unique_ptr<ExchangeVoice> voice_;  // while somebody is connected
    std::unique_ptr<Stream> stream_;
    std::optional<Reactor::TimerId> timer_;
    std::optional<std::chrono::steady_clock::time_point> listed_;
    unsigned conversation_ = 0;
    std::size_t next_ = 0;  // event of the conversation; above 0 within one
    Duration later_{};
    std::chrono::steady_clock::time_point begun_;

    std::thread thread_;
};

Result<std::unique_ptr<RecordedExchange>> RecordedExchange::start(std::string_view script,
                                                                  MakeVoice make_voice, const Clock& clock,
                                                                  Settings settings) {
    auto read = ExchangeScript::read(script);
    if (!read) return read.error();
    if (read->conversations.empty()) return Error{Error::Kind::invalid, "there is no conversation"};
    auto listener = bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
    if (!listener) return listener.error();
    if (::listen(listener->get(), 8) != 0)
        return Error{Error::Kind::unavailable, "cannot listen: " + system_error(errno)};
    return std::unique_ptr<RecordedExchange>(
        new RecordedExchange(std::make_unique<Impl>(*std::move(read), make_voice, clock, settings,
                                                    *std::move(listener))));  // NOLINT: private constructor
}

RecordedExchange::RecordedExchange(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordedExchange::~RecordedExchange() = default;
const std::string& RecordedExchange::address() const { return impl_->address(); }

}  // namespace callboard
