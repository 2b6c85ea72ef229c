#include "delivery/websocket/web_socket.hpp"

#include <utility>

#include "delivery/websocket/sockets.hpp"

namespace callboard {

WebSocket::WebSocket(SessionService& sessions, std::vector<Reactor*> reactors, Settings settings)
    : reactors_(std::move(reactors)) {
    for (Reactor* reactor : reactors_)
        sockets_.push_back(std::make_unique<Sockets>(sessions.live(*reactor), settings));
}

WebSocket::~WebSocket() = default;

void WebSocket::serve(Reactor& reactor, const HttpRequest& request, std::string_view id,
                      const Exchange& exchange) {
    for (std::size_t i = 0; i < reactors_.size(); ++i)
        if (reactors_[i] == &reactor) return sockets_[i]->serve(request, id, exchange);
}

}  // namespace callboard
