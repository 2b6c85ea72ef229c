#include "sources/freeswitch/freeswitch_source.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <thread>
#include <utility>

#include "base/backoff.hpp"
#include "base/throttle.hpp"
#include "net/socket.hpp"
#include "net/tcp_stream.hpp"
#include "sources/freeswitch/esl_session.hpp"
#include "sources/source_state.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{100};
constexpr milliseconds kLongestBatch{5};

}  // namespace

class FreeswitchSource::Impl {
  public:
    Impl(Settings the_settings, ExchangeSink& the_sink, const Clock& the_clock, Metrics& metrics)
        : settings(std::move(the_settings)),
          sink(the_sink),
          clock(the_clock),
          events(metrics.counter("callboard_freeswitch_events_total", "Events read from the event socket.",
                                 {{"source", settings.name}})),
          unreadable(metrics.counter("callboard_freeswitch_unreadable_total",
                                     "Events and answers of FreeSWITCH that could not be read.",
                                     {{"source", settings.name}})),
          connections(metrics.counter("callboard_source_connections_total",
                                      "Connections to an exchange that were made.",
                                      {{"source", settings.name}})),
          state(settings.name, "freeswitch", the_clock, metrics) {}

    void run() {
        while (!stopping()) {
            const auto wait = attempt();
            const auto until = clock.steady() + wait;
            while (!stopping() && clock.steady() < until) {
                sink.on_pause(clock.now());
                rest(kTick);
            }
        }
        sink.on_pause(clock.now());
    }

    const Settings settings;
    ExchangeSink& sink;
    const Clock& clock;
    Counter& events;
    Counter& unreadable;
    Counter& connections;
    Descriptor interrupt;
    std::thread thread;

    SourceState state;

  private:
    EslSession::Now now() const { return {clock.now(), clock.steady()}; }

    bool stopping() const {
        pollfd waiting{interrupt.get(), POLLIN, 0};
        return ::poll(&waiting, 1, 0) > 0;
    }
    void rest(milliseconds time) const {
        pollfd waiting{interrupt.get(), POLLIN, 0};
        ::poll(&waiting, 1, static_cast<int>(time.count()));
    }

    /// Connects and listens until that ends. Returns how long to wait before the next attempt.
    milliseconds attempt() {
        auto stream = TcpStream::connect(settings.address, settings.connect_within, interrupt.get());
        if (stopping()) return milliseconds::zero();
        if (!stream) return lost(stream.error().what, false);
        connections.add();
        EslSession session(settings.password, signals, sink, now());
        const std::string why = converse(*stream, session);
        if (stopping()) return milliseconds::zero();
        ExchangeSignal gone;
        gone.kind = ExchangeSignalKind::gone;
        gone.captured = gone.collected = clock.now();
        sink.on_signal(gone);
        if (session.counts().snapshots > 0) backoff.reset();
        return lost(why, session.state() == EslSession::State::refused);
    }

    /// Until the connection or the session ends; says why.
    std::string converse(TcpStream& stream, EslSession& session) {
        EslReader reader;
        EslSession::Counts counted;
        auto paused = clock.steady();
        while (true) {
            const auto read = stream.read(kTick);
            if (read.outcome == TcpStream::Outcome::interrupted) return "stopped";
            if (read.outcome == TcpStream::Outcome::ended) return "FreeSWITCH closed the connection";
            reader.take(read.bytes);
            while (auto frame = reader.next()) {
                session.on_frame(*std::move(frame), now());
                if (clock.steady() - paused < kLongestBatch) continue;
                sink.on_pause(clock.now());
                paused = clock.steady();
            }
            session.on_time(now());
            events.add(session.counts().events - counted.events);
            unreadable.add(session.counts().unreadable - counted.unreadable);
            if (session.state() == EslSession::State::listening && !state.up()) listening();
            counted = session.counts();
            sink.on_pause(clock.now());
            paused = clock.steady();
            if (!session.why().empty()) return session.why();
            if (!reader.broken().empty()) return reader.broken();
            if (const auto output = session.take_output(); !output.empty())
                if (auto sent = stream.send(output, settings.send_within); !sent) return sent.error().what;
        }
    }

    void listening() {
        state.set(true, {});
        said.clear();
        spdlog::info("source {}: listening to the FreeSWITCH at {}", settings.name, settings.address);
    }

    milliseconds lost(const std::string& why, bool refused) {
        const double random = std::uniform_real_distribution<double>(0, 1)(randomness);
        state.set(false, why);
        // The same trouble again is said once in a while only.
        if (const auto count = log.hit(clock.steady()); count || said != why)
            spdlog::warn("source {}: {}; trying again", settings.name, why);
        said = why;
        const auto wait = backoff.next(random);
        return refused ? std::max(wait, settings.refused_wait) : wait;
    }

    FreeswitchSignals signals{[this](const ExchangeSignal& signal) { sink.on_signal(signal); }};
    Backoff backoff;
    std::minstd_rand randomness{std::random_device{}()};
    Throttle log{std::chrono::minutes(5)};
    std::string said;
};

FreeswitchSource::FreeswitchSource(Settings settings, ExchangeSink& sink, const Clock& clock,
                                   Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(settings), sink, clock, metrics)) {}

FreeswitchSource::~FreeswitchSource() { stop(); }

Result<void> FreeswitchSource::start() {
    impl_->interrupt = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!impl_->interrupt)
        return Error{Error::Kind::unavailable,
                     fmt::format("source {}: no eventfd: {}", impl_->settings.name, system_error(errno))};
    impl_->state.set(false, "connecting");
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
    return {};
}

void FreeswitchSource::stop() {
    if (!impl_->thread.joinable()) return;
    const std::uint64_t one = 1;
    if (::write(impl_->interrupt.get(), &one, sizeof one) < 0)
        spdlog::error("source {}: cannot wake its thread: {}", impl_->settings.name, system_error(errno));
    impl_->thread.join();
    impl_->state.set(false, "stopped");
}

SourceHealth FreeswitchSource::health() const { return impl_->state.health(); }

}  // namespace callboard
