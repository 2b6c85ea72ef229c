#include "api/publications.hpp"

#include <utility>

namespace callboard {

Publications::Publications(Hub& hub, const std::vector<Reactor*>& reactors) : hub_(hub) {
    for (Reactor* reactor : reactors) turns_.push_back({reactor});
}

void Publications::publish(Reactor& reactor, Hub::Submission submission) {
    for (Turn& turn : turns_) {
        if (turn.reactor != &reactor) continue;
        if (turn.submissions.empty()) reactor.post([this, &turn] { hand_over(turn); });
        turn.submissions.push_back(std::move(submission));
        return;
    }
}

void Publications::hand_over(Turn& turn) {
    auto submissions = std::exchange(turn.submissions, {});
    if (hub_.publish(submissions)) return;
    for (const auto& submission : submissions)
        submission.done(Error{Error::Kind::unavailable, "the hub has no room for events just now"});
}

}  // namespace callboard
