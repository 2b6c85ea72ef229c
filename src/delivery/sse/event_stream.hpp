#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "delivery/readers.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// `GET /api/events`: server-sent events (HTML Living Standard §9.2). `id:` is the cursor, `data:` one event
/// in the form of version 2, native events included. `Last-Event-ID` or `?after=` resumes; without either the
/// stream begins now. Filters: `service=` and `event=`, each any number of names separated by commas.
///
/// `event: gap` says what is lost for good, `event: end` why the stream ends (token died, too slow, server
/// stops); then it is closed and the client comes back with its cursor. A comment every heartbeat keeps the
/// connection alive.
class EventStream {
  public:
    struct Settings {
        std::chrono::milliseconds heartbeat = std::chrono::seconds(15);
        std::size_t most_backlog =
            1 << 20;  ///< bytes unread by a slow client; then it reads from disk at its pace
    };

    /// `reactors` and all of `readers` must outlive this; the reactors have ended when it is destroyed.
    EventStream(const Readers& readers, std::vector<Reactor*> reactors, Settings settings);
    ~EventStream();
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    /// Begins a stream. On `reactor`'s thread, one of those given.
    void serve(Reactor& reactor, const HttpRequest& request, Exchange exchange);

    /// Ends every stream with `event: end`, and refuses new ones. While the reactors still run. Any thread.
    void stop();

  private:
    class Streams;  // of one reactor
    const std::vector<Reactor*> reactors_;
    std::vector<std::unique_ptr<Streams>> streams_;  // in the same order
};

}  // namespace callboard
