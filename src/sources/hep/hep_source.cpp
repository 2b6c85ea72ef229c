#include "sources/hep/hep_source.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>
#include <thread>
#include <utility>

#include "net/reactor.hpp"
#include "net/socket.hpp"
#include "sources/hep/hep_intake.hpp"
#include "sources/hep/hep_tcp.hpp"
#include "sources/hep/hep_udp.hpp"
#include "sources/source_state.hpp"

namespace callboard {
namespace {

constexpr int kBacklog = 128;

/// `udp:127.0.0.1:9060`, in two.
struct ListenAddress {
    bool udp = false;
    SocketAddress address;
};

Result<ListenAddress> parse_listen(std::string_view text) {
    ListenAddress listen;
    listen.udp = text.starts_with("udp:");
    if (!listen.udp && !text.starts_with("tcp:"))
        return Error{Error::Kind::invalid,
                     fmt::format("\"{}\" must begin with udp: or tcp:, as in udp:127.0.0.1:9060", text)};
    auto address = parse_address(text.substr(4));
    if (!address) return address.error();
    listen.address = *address;
    return listen;
}

}  // namespace

class HepSource::Impl {
  public:
    Impl(Settings the_settings, SipSink& sip, MgcpSink& mgcp, const Clock& the_clock, Metrics& metrics)
        : settings(std::move(the_settings)),
          clock(the_clock),
          reactor(the_clock),
          intake(settings.name, settings.password, sip, mgcp, the_clock, metrics),
          state(settings.name, "hep", the_clock, metrics) {}

    Result<void> open() {
        auto listen = parse_listen(settings.listen);
        if (!listen) return listen.error();
        auto socket = bound_socket(listen->address, listen->udp ? SOCK_DGRAM : SOCK_STREAM, false);
        if (!socket) return socket.error();
        const SocketAddress bound = local_address(socket->get());
        // Two TCP sockets may be bound to one address; only one may listen.
        if (!listen->udp && ::listen(socket->get(), kBacklog) != 0)
            return Error{Error::Kind::unavailable,
                         fmt::format("cannot listen on {}: {}", bound.text(), system_error(errno))};
        address = (listen->udp ? "udp:" : "tcp:") + bound.text();
        if (listen->udp)
            listener = std::make_unique<HepUdp>(*std::move(socket), settings.receive_buffer, reactor, intake);
        else
            listener =
                std::make_unique<HepTcp>(*std::move(socket), settings.most_connections, reactor, intake);
        return {};
    }

    /// Time passes for the sink, also in silence.
    void tick() {
        reactor.after(HepListener::kTick, [this] { tick(); });
        listener->tick();
        intake.pause();
    }

    void run() {
        tick();
        reactor.run();
        intake.pause();  // what came since the last pause is not forgotten
    }

    const Settings settings;
    const Clock& clock;
    Reactor reactor;
    HepIntake intake;
    std::unique_ptr<HepListener> listener;
    std::string address;
    std::thread thread;

    SourceState state;
};

HepSource::HepSource(Settings settings, SipSink& sip, MgcpSink& mgcp, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(settings), sip, mgcp, clock, metrics)) {}

HepSource::~HepSource() { stop(); }

Result<void> HepSource::start() {
    if (auto opened = impl_->open(); !opened) {
        const Error error{opened.error().kind,
                          fmt::format("source {}: {}", impl_->settings.name, opened.error().what)};
        impl_->state.set(false, error.what);
        return error;
    }
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
    impl_->state.set(true, {});
    spdlog::info("source {}: listening on {}", impl_->settings.name, impl_->address);
    return {};
}

void HepSource::stop() {
    if (!impl_->thread.joinable()) return;
    impl_->reactor.stop();
    impl_->thread.join();
    impl_->listener.reset();
    impl_->state.set(false, "stopped");
}

SourceHealth HepSource::health() const { return impl_->state.health(); }

std::string HepSource::address() const { return impl_->address; }

}  // namespace callboard
