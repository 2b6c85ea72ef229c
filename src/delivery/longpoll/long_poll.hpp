#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "delivery/readers.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Version 1 of the event service: `GET /?token=T[&session=S]` (OVH protocol §1).
///
/// Those who wait are kept by the reactor that they came in on; one wake of a reactor answers all of them
/// that an event concerns, and those of one token share the bytes.
class LongPoll {
  public:
    struct Settings {
        std::chrono::milliseconds poll_timeout =
            std::chrono::seconds(50);  ///< below 60 s: clients give up then
    };

    /// `reactors` and all of `readers` must outlive this; the reactors have ended when it is destroyed.
    LongPoll(const Readers& readers, std::vector<Reactor*> reactors, Settings settings);
    ~LongPoll();
    LongPoll(const LongPoll&) = delete;
    LongPoll& operator=(const LongPoll&) = delete;

    /// Answers one request that has a `token` parameter, now or later. On `reactor`'s thread, one of those
    /// given.
    void serve(Reactor& reactor, const HttpRequest& request, Exchange exchange);

    /// Answers all who wait as at their time-out, and from now on everybody at once. While the reactors still
    /// run. Any thread.
    void stop();

  private:
    class Waiters;  // of one reactor
    const std::vector<Reactor*> reactors_;
    std::vector<std::unique_ptr<Waiters>> waiters_;  // in the same order
};

}  // namespace callboard
