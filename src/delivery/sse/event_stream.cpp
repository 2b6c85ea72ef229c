#include "delivery/sse/event_stream.hpp"

#include <utility>

#include "delivery/sse/streams.hpp"

namespace callboard {

EventStream::EventStream(const Readers& readers, std::vector<Reactor*> reactors, Settings settings)
    : reactors_(std::move(reactors)) {
    for (Reactor* reactor : reactors_)
        streams_.push_back(std::make_unique<Streams>(readers, *reactor, settings));
}

EventStream::~EventStream() = default;

void EventStream::serve(Reactor& reactor, const HttpRequest& request, Exchange exchange) {
    for (std::size_t i = 0; i < reactors_.size(); ++i)
        if (reactors_[i] == &reactor) return streams_[i]->serve(request, std::move(exchange));
}

void EventStream::stop() {
    for (std::size_t i = 0; i < reactors_.size(); ++i)
        reactors_[i]->post([streams = streams_[i].get()] { streams->stop(); });
}

}  // namespace callboard
