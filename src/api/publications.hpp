#pragma once

#include <vector>

#include "hub/hub.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// What the clients of one reactor publish in one turn of it goes to the hub together: one hand-over, one
/// group of the journal and one wake of the readers, however many there were.
class Publications {
  public:
    /// `hub` and `reactors` must outlive this; the reactors have ended when it is destroyed.
    Publications(Hub& hub, const std::vector<Reactor*>& reactors);

    /// Its `done` is called once, on any thread, and must not block; with `unavailable` when the hub has
    /// stopped or has no room. On `reactor`'s thread, one of those given.
    void publish(Reactor& reactor, Hub::Submission submission);

  private:
    struct Turn {
        Reactor* reactor;
        std::vector<Hub::Submission> submissions = {};
    };
    void hand_over(Turn& turn);

    Hub& hub_;
    std::vector<Turn> turns_;  // one for each reactor
};

}  // namespace callboard
