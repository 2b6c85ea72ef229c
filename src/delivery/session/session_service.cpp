#include "delivery/session/session_service.hpp"

#include <string>
#include <utility>

#include "delivery/refusal.hpp"
#include "delivery/session/poll.hpp"
#include "delivery/session/session_answers.hpp"

namespace callboard {
namespace {

/// Answers on the reactor of the request, whatever thread tells the outcome.
Sessions::Done answering(Reactor& reactor, const Exchange& exchange,
                         std::function<HttpResponse(const SessionRecord&)> response) {
    return [&reactor, exchange, response = std::move(response)](Sessions::Outcome outcome,
                                                                const SessionRecord& record) {
        reactor.post([exchange, answer = outcome == Sessions::Outcome::done
                                             ? response(record)
                                             : session::refusal(outcome)] { exchange->respond(answer); });
    };
}

}  // namespace

SessionService::SessionService(const Readers& readers, Sessions& sessions, std::vector<Reactor*> reactors,
                               Settings settings)
    : readers_(readers), sessions_(sessions), reactors_(std::move(reactors)), settings_(settings) {
    for (Reactor* reactor : reactors_)
        live_.push_back(std::make_unique<LiveSessions>(readers, sessions, *reactor));
}

SessionService::~SessionService() = default;

LiveSessions& SessionService::live(Reactor& reactor) {
    std::size_t i = 0;
    while (reactors_[i] != &reactor) ++i;
    return *live_[i];
}

void SessionService::create(Reactor& reactor, const HttpRequest& request, const Exchange& exchange) {
    sessions_.create(request.peer,
                     answering(reactor, exchange, [zone = readers_.hub.zone()](const SessionRecord& made) {
                         return session::object(made, zone);
                     }));
}

void SessionService::show(std::string_view id, const Exchange& exchange) {
    const auto found = sessions_.find(id);
    exchange->respond(found ? session::object(*found, readers_.hub.zone())
                            : session::refusal(Sessions::Outcome::unknown));
}

void SessionService::remove(Reactor& reactor, std::string_view id, const Exchange& exchange) {
    sessions_.remove(id, answering(reactor, exchange, [](const SessionRecord&) {
                         return session::text(200, session::kDeleted);
                     }));
}

void SessionService::subscribe(Reactor& reactor, const HttpRequest& request, std::string_view id,
                               std::string_view token, const Exchange& exchange) {
    if (!sessions_.find(id)) return exchange->respond(session::refusal(Sessions::Outcome::unknown));
    if (!readers_.tokens.find(token, reactor.clock().now()))
        return refuse(reactor, readers_.wrong_tokens, request.peer, exchange,
                      session::text(403, kTokenRefused));
    sessions_.subscribe(
        std::string(id), std::string(token), &reactor,
        answering(reactor, exchange, [text = session::subscribed(token)](const SessionRecord&) {
            return session::text(200, text);
        }));
}

void SessionService::unsubscribe(Reactor& reactor, std::string_view id, std::string_view token,
                                 const Exchange& exchange) {
    sessions_.unsubscribe(
        std::string(id), std::string(token), &reactor,
        answering(reactor, exchange, [text = session::unsubscribed(token)](const SessionRecord&) {
            return session::text(200, text);
        }));
}

void SessionService::poll(Reactor& reactor, const HttpRequest& request, std::string_view id,
                          const Exchange& exchange) {
    std::make_shared<Poll>(live(reactor), exchange, request.peer, settings_.poll_timeout)->begin(id);
}

void SessionService::stop() {
    for (std::size_t i = 0; i < reactors_.size(); ++i)
        reactors_[i]->post([live = live_[i].get()] { live->stop(); });
}

}  // namespace callboard
