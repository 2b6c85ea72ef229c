#include "delivery/session/poll.hpp"

#include <utility>

#include "delivery/refusal.hpp"
#include "delivery/session/session_answers.hpp"

namespace callboard {

Poll::Poll(LiveSessions& live, Exchange exchange, std::string_view peer, std::chrono::milliseconds timeout)
    : SessionReader(live, live.reactor(), Transport::poll, peer), exchange_(std::move(exchange)) {
    set_deadline(live.reactor().clock().steady() + timeout);
}

void Poll::begin(std::string_view id) {
    const auto self = std::static_pointer_cast<Poll>(shared_from_this());
    exchange_->on_gone([weak = std::weak_ptr(self)] {
        if (const auto poll = weak.lock()) poll->leave();
    });
    if (!live().attach(id, self)) finish(session::text(404, session::kNotFound));
}

SharedBytes Poll::bytes(std::span<const Told> all) const { return session::events(all, {}); }

bool Poll::deliver(const SharedBytes& bytes, Sequence through) {
    const auto self = shared_from_this();
    const auto answer = live().sessions().answer(*this, through);
    // Its place stays in front of these events, also when it was taken over: taken_over() is yet to come.
    live().withdraw(*this);
    if (!answer) return false;
    answer->receipt = exchange_->respond_for_receipt(bytes);
    return true;
}

bool Poll::deliver_found(std::span<const Told> all, Sequence through, std::string_view gap) {
    deliver(session::events(all, gap), through);
    return false;
}

void Poll::timed_out() { finish(session::text(200, session::kTimeout)); }
void Poll::refused() { finish(session::text(403, kTokenRefused)); }
void Poll::failed(std::string_view why) { finish(session::text(503, why)); }
void Poll::taken_over() { finish(session::text(409, session::kTakenOver)); }
void Poll::session_removed() { finish(session::text(404, session::kNotFound)); }

/// Nothing up to its place was for it, so the session may go on there whether the answer arrives or not.
void Poll::finish(const HttpResponse& response) {
    const auto self = shared_from_this();
    leave();
    exchange_->respond(response);
}

void Poll::leave() {
    live().sessions().detach(*this, live().place(*this));
    live().withdraw(*this);
}

}  // namespace callboard
