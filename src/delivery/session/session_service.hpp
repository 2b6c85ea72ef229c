#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <vector>

#include "delivery/readers.hpp"
#include "delivery/session/live_sessions.hpp"
#include "delivery/session/sessions.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Version 2 of the event service: sessions, their subscriptions and the poll (OVH protocol §2). WebSockets
/// read the same sessions.
///
/// Requests of one session may come on any connection: what a session is belongs to nobody's reactor, and
/// who waits is kept by the reactor that the request came in on.
class SessionService {
  public:
    struct Settings {
        std::chrono::milliseconds poll_timeout = std::chrono::seconds(50);  ///< as that of version 1
    };

    /// `sessions`, `reactors` and all of `readers` must outlive this; the reactors have ended when it is
    /// destroyed.
    SessionService(const Readers& readers, Sessions& sessions, std::vector<Reactor*> reactors,
                   Settings settings);
    ~SessionService();
    SessionService(const SessionService&) = delete;
    SessionService& operator=(const SessionService&) = delete;

    // Each answers one request, now or later; on `reactor`'s thread, one of those given.
    void create(Reactor& reactor, const HttpRequest& request, const Exchange& exchange);
    void show(std::string_view id, const Exchange& exchange);
    void remove(Reactor& reactor, std::string_view id, const Exchange& exchange);
    void subscribe(Reactor& reactor, const HttpRequest& request, std::string_view id, std::string_view token,
                   const Exchange& exchange);
    void unsubscribe(Reactor& reactor, std::string_view id, std::string_view token, const Exchange& exchange);
    void poll(Reactor& reactor, const HttpRequest& request, std::string_view id, const Exchange& exchange);

    LiveSessions& live(Reactor& reactor);

    /// Answers all polls as at their time-out, and from now on every one at once; closes the WebSockets.
    /// While the reactors still run. Any thread.
    void stop();

  private:
    const Readers readers_;
    Sessions& sessions_;
    const std::vector<Reactor*> reactors_;
    const Settings settings_;
    std::vector<std::unique_ptr<LiveSessions>> live_;  // in the same order
};

}  // namespace callboard
