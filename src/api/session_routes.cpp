#include "api/handlers.hpp"
#include "delivery/session/session_answers.hpp"

namespace callboard {

void answer_create_session(const Api& api, Reactor& reactor, const HttpRequest& request,
                           const PathParameters&, const Exchange& exchange) {
    api.sessions.create(reactor, request, exchange);
}

void answer_session(const Api& api, Reactor&, const HttpRequest&, const PathParameters& path,
                    const Exchange& exchange) {
    api.sessions.show(path["id"], exchange);
}

void answer_delete_session(const Api& api, Reactor& reactor, const HttpRequest&, const PathParameters& path,
                           const Exchange& exchange) {
    api.sessions.remove(reactor, path["id"], exchange);
}

void answer_subscribe(const Api& api, Reactor& reactor, const HttpRequest& request,
                      const PathParameters& path, const Exchange& exchange) {
    api.sessions.subscribe(reactor, request, path["id"], path["token"], exchange);
}

void answer_unsubscribe(const Api& api, Reactor& reactor, const HttpRequest&, const PathParameters& path,
                        const Exchange& exchange) {
    api.sessions.unsubscribe(reactor, path["id"], path["token"], exchange);
}

void answer_poll(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters& path,
                 const Exchange& exchange) {
    // Events that were left out of an answer would be gone.
    if (request.method == "HEAD") return exchange->respond(session::text(200, {}));
    api.sessions.poll(reactor, request, path["id"], exchange);
}

void answer_websocket(const Api& api, Reactor& reactor, const HttpRequest& request,
                      const PathParameters& path, const Exchange& exchange) {
    if (request.method == "HEAD") return exchange->respond(session::text(200, {}));
    api.web_socket.serve(reactor, request, path["id"], exchange);
}

}  // namespace callboard
