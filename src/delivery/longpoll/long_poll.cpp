#include "delivery/longpoll/long_poll.hpp"

#include <utility>

#include "delivery/longpoll/waiters.hpp"

namespace callboard {

LongPoll::LongPoll(const Readers& readers, std::vector<Reactor*> reactors, Settings settings)
    : reactors_(std::move(reactors)) {
    for (Reactor* reactor : reactors_)
        waiters_.push_back(std::make_unique<Waiters>(readers, *reactor, settings));
}

LongPoll::~LongPoll() = default;

void LongPoll::serve(Reactor& reactor, const HttpRequest& request, Exchange exchange) {
    for (std::size_t i = 0; i < reactors_.size(); ++i)
        if (reactors_[i] == &reactor) return waiters_[i]->serve(request, std::move(exchange));
}

void LongPoll::stop() {
    for (std::size_t i = 0; i < reactors_.size(); ++i)
        reactors_[i]->post([waiters = waiters_[i].get()] { waiters->stop(); });
}

}  // namespace callboard
