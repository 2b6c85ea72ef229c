#include "delivery/websocket/sockets.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "delivery/session/session_answers.hpp"
#include "delivery/websocket/compression.hpp"
#include "delivery/websocket/handshake.hpp"
#include "delivery/websocket/messages.hpp"

namespace callboard {
namespace {

constexpr std::chrono::milliseconds kSoon{10};

}  // namespace

WebSocket::Sockets::Sockets(LiveSessions& live, const Settings& settings)
    : live_(live), settings_(settings) {}

void WebSocket::Sockets::serve(const HttpRequest& request, std::string_view id, const Exchange& exchange) {
    const bool compressed =
        settings_.compression && websocket::offers_compression(request.header("Sec-WebSocket-Extensions"));
    const HttpResponse response = websocket::handshake(request, compressed);
    if (response.status != 101) return exchange->respond(response);
    const auto socket = std::make_shared<Socket>(live_, *this, settings_, exchange, request.peer, compressed);
    all_.insert(socket.get());
    // The connection keeps the socket alive.
    exchange->on_gone([socket] { socket->lost(); });
    exchange->begin_upgrade(response, [socket](std::string_view bytes) { socket->received(bytes); });
    socket->begin(id);
    if (!std::exchange(probing_, true)) live_.reactor().after(settings_.ping, [this] { probe(); });
}

/// Soon when it is quiet: then a client that goes away has little to be told again.
void WebSocket::Sockets::wrote(Socket& socket) {
    unacknowledged_.insert(&socket);
    if (std::exchange(asking_, true)) return;
    const auto since =
        std::chrono::duration_cast<std::chrono::milliseconds>(live_.reactor().clock().steady() - last_asked_);
    live_.reactor().after(std::max(kSoon, settings_.ask_every - since), [this] { ask(); });
}

void WebSocket::Sockets::ended(Socket& socket) {
    all_.erase(&socket);
    unacknowledged_.erase(&socket);
}

void WebSocket::Sockets::ask() {
    asking_ = false;
    last_asked_ = live_.reactor().clock().steady();
    while (!unacknowledged_.empty()) {
        // One by one: asking may find a client gone, and end it.
        Socket& socket = **unacknowledged_.begin();
        unacknowledged_.erase(unacknowledged_.begin());
        socket.ask(ping(socket.written()));
    }
}

void WebSocket::Sockets::probe() {
    const std::vector<Socket*> all(all_.begin(), all_.end());
    for (Socket* socket : all)
        if (all_.contains(socket)) socket->probe(ping(socket->written()));
    probing_ = !all_.empty();
    if (probing_) live_.reactor().after(settings_.ping, [this] { probe(); });
}

/// Most clients of one moment are at the same place.
const SharedBytes& WebSocket::Sockets::ping(Sequence place) {
    if (!ping_ || place != pinged_) {
        std::string bytes;
        websocket::append_ping(bytes, place);
        ping_ = std::make_shared<const std::string>(std::move(bytes));
        pinged_ = place;
    }
    return ping_;
}

}  // namespace callboard
