#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/audience.hpp"
#include "delivery/longpoll/long_poll.hpp"
#include "delivery/wake.hpp"

namespace callboard {

/// The long polls of one reactor; on its thread alone.
///
/// A request is answered from memory or disk when something is there for it; else its client joins the
/// audience, and the next wake that brings something for its token answers it. A client in the audience has
/// everything up to `seen_`.
class LongPoll::Waiters {
  public:
    Waiters(const Readers& readers, Reactor& reactor, Settings settings);

    void serve(const HttpRequest& request, Exchange exchange);
    void stop();

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;
    struct Waiter {
        Exchange exchange;
        Sequence after = 0;  ///< what it has
        SteadyTime deadline{};
        std::shared_ptr<Listening> listening = {};
    };
    using Waiting = Audience<Waiter>;
    /// A request that is looking for its first events.
    struct Search {
        Exchange exchange;
        std::string token;
        Grant grant;
        Sequence after = 0;
        std::string message;
        SteadyTime deadline{};
        std::shared_ptr<Listening> listening = {};
    };

    void search(Search wanted);
    void found(Search wanted, PageReader::Found found);
    void wait(Search wanted);

    void wake();
    void gather(std::span<const Announced> events);
    void answer_fresh(Waiting::Group& group);
    void read_alone(const std::string& token, const Grant& grant, Waiter waiter);
    void fall_back();

    void sweep();
    void answer_overdue(SteadyTime now);
    void answer_dead();

    void deliver(const Exchange& exchange, const SharedBytes& response, std::string_view token,
                 Sequence through);
    void measure(std::span<const Announced> events, std::size_t clients);
    const std::string& session(Sequence through);

    const Readers readers_;
    Reactor& reactor_;
    const Settings settings_;
    Waiting waiting_;
    std::vector<Waiting::Group*> touched_;
    Sequence seen_ = 0;  // the hub's events up to here were told to the audience
    Sequence sealed_at_ = 0;
    std::string sealed_;
    bool sweeping_ = false;
    bool stopping_ = false;
    Counter& deliveries_;
    Gauge& subscribers_;
    Histogram& delivery_seconds_;
    Wake wake_;
};

}  // namespace callboard
