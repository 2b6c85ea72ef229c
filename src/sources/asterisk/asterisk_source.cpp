#include "sources/asterisk/asterisk_source.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "base/backoff.hpp"
#include "base/throttle.hpp"
#include "net/socket.hpp"
#include "net/tcp_stream.hpp"
#include "sources/asterisk/ami_session.hpp"
#include "sources/asterisk/asterisk_normaliser.hpp"
#include "sources/source_state.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{50};  // time passes for the sink and the session
constexpr milliseconds kConnectPatience{2'000};
constexpr milliseconds kSendPatience{5'000};

}  // namespace

class AsteriskSource::Impl {
  public:
    Impl(Settings the_settings, ExchangeSink& the_sink, const Clock& the_clock, Metrics& metrics)
        : settings(std::move(the_settings)),
          sink(the_sink),
          clock(the_clock),
          frames(metrics.counter("callboard_ami_frames_total",
                                 "Frames that Asterisk's manager interface sent.", label())),
          dropped(metrics.counter("callboard_ami_frames_dropped_total",
                                  "Frames that were too large and not read.", label())),
          connections(metrics.counter("callboard_source_connections_total",
                                      "Connections to an exchange that were made.", label())),
          interrupt(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          normaliser(settings.knows),
          random(std::random_device{}()),
          state(settings.name, "asterisk", the_clock, metrics) {}

    void run() {
        Backoff backoff;
        while (!stopping()) {
            const Error error = serve(backoff);
            if (stopping()) break;
            const auto wait = error.kind == Error::Kind::denied
                                  ? std::chrono::duration_cast<milliseconds>(kAfterRefusal)
                                  : backoff.next(std::uniform_real_distribution<>(0, 1)(random));
            const auto until = clock.steady() + wait;
            state.set(false, error.what);
            say(error.what, wait);
            rest(until);
        }
        sink.on_pause(clock.now());  // what came since the last pause is not forgotten
    }

    /// The same trouble again is said once in a while only.
    void say(const std::string& what, milliseconds wait) {
        if (!spoken.hit(clock.steady()) && what == said) return;
        said = what;
        spdlog::warn("source {}: {}; next attempt in {:.1f} s", settings.name, what,
                     static_cast<double>(wait.count()) / 1000);
    }

    bool stopping() const {
        pollfd asked{interrupt.get(), POLLIN, 0};
        return ::poll(&asked, 1, 0) > 0;
    }

    Metrics::Labels label() const { return {{"source", settings.name}}; }

    Error at_address(const Error& error) const {
        return {error.kind, fmt::format("Asterisk at {}: {}", settings.address, error.what)};
    }

    /// One connection, from its making to its end. Why it ended.
    Error serve(Backoff& backoff) {
        auto stream = TcpStream::connect(settings.address, kConnectPatience, interrupt.get());
        if (!stream) return at_address(stream.error());
        connections.add();
        AmiSession session({settings.username, settings.secret}, clock.steady());
        const Error error = converse(*stream, session, backoff);
        if (session.logged_in()) {
            normaliser.on_gone(clock.now(), signals);
            hand_over();
        }
        return at_address(session.shutting_down() ? Error{Error::Kind::unavailable, "it was shut down"}
                                                  : error);
    }

    Error converse(TcpStream& stream, AmiSession& session, Backoff& backoff) {
        std::uint64_t counted = 0, lost = 0;
        for (;;) {
            session.on_time(clock.steady(), clock.now());
            if (auto sent = stream.send(session.take_output(), kSendPatience); !sent) return sent.error();
            const auto read = stream.read(kTick);
            if (read.outcome == TcpStream::Outcome::interrupted) return {Error::Kind::unavailable, "stopped"};
            const bool was_up = session.logged_in();
            session.take(read.bytes, clock.steady(), clock.now());
            frames.add(session.frames() - std::exchange(counted, session.frames()));
            dropped.add(session.dropped_frames() - std::exchange(lost, session.dropped_frames()));
            if (!was_up && session.logged_in()) greet(backoff);
            while (auto news = session.next()) take(*news);
            normaliser.on_time(clock.now(), signals);
            hand_over();
            if (session.failure()) return *session.failure();
            if (read.outcome == TcpStream::Outcome::ended)
                return {Error::Kind::unavailable, "it closed the connection"};
        }
    }

    void greet(Backoff& backoff) {
        backoff.reset();
        state.set(true, {});
        said.clear();
        spdlog::info("source {}: logged in at {}", settings.name, settings.address);
    }

    void take(const AmiNews& news) {
        // Lists come every minute, mostly with the same trouble or none.
        if (news.kind == AmiNews::Kind::snapshot_ends &&
            std::exchange(list_trouble, news.failure) != news.failure && !news.failure.empty())
            spdlog::warn("source {}: no whole list of what is up: {}", settings.name, news.failure);
        normaliser.take(news, signals);
        for (const auto& signal : signals) sink.on_signal(signal);
        signals.clear();
    }

    void hand_over() {
        for (const auto& signal : signals) sink.on_signal(signal);
        signals.clear();
        sink.on_pause(clock.now());
    }

    /// Until the next attempt. Time passes for the sink.
    void rest(std::chrono::steady_clock::time_point until) {
        while (!stopping()) {
            normaliser.on_time(clock.now(), signals);
            hand_over();
            const auto left = std::chrono::duration_cast<milliseconds>(until - clock.steady());
            if (left <= milliseconds::zero()) return;
            pollfd asked{interrupt.get(), POLLIN, 0};
            ::poll(&asked, 1, static_cast<int>(std::min(left, kTick).count()));
        }
    }

    const Settings settings;
    ExchangeSink& sink;
    const Clock& clock;
    Counter& frames;
    Counter& dropped;
    Counter& connections;
    const Descriptor interrupt;  // readable: stop

    // The source's thread alone.
    std::thread thread;
    AsteriskNormaliser normaliser;
    std::vector<ExchangeSignal> signals;  // not handed over yet
    std::mt19937 random;
    Throttle spoken{std::chrono::minutes(5)};
    std::string said, list_trouble;

    SourceState state;
};

AsteriskSource::AsteriskSource(Settings settings, ExchangeSink& sink, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(settings), sink, clock, metrics)) {}

AsteriskSource::~AsteriskSource() { stop(); }

Result<void> AsteriskSource::start() {
    if (!impl_->interrupt)
        return Error{Error::Kind::unavailable,
                     fmt::format("source {}: no eventfd: {}", impl_->settings.name, system_error(errno))};
    impl_->state.set(false, "connecting");
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
    return {};
}

void AsteriskSource::stop() {
    if (!impl_->thread.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(impl_->interrupt.get(), &one, sizeof one);
    impl_->thread.join();
    impl_->state.set(false, "stopped");
}

SourceHealth AsteriskSource::health() const { return impl_->state.health(); }

}  // namespace callboard
