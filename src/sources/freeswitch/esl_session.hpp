#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "sources/freeswitch/esl_event.hpp"
#include "sources/freeswitch/esl_frame.hpp"
#include "sources/freeswitch/esl_lists.hpp"
#include "sources/freeswitch/freeswitch_signals.hpp"
#include "sources/source.hpp"

namespace callboard {

/// One conversation with an event socket, from the greeting on: authenticates, subscribes, and then lists
/// what is up at once and every minute, beside the events that come in between. Commands are answered in
/// their order. No I/O, no clock. One thread.
class EslSession {
  public:
    using Steady = std::chrono::steady_clock::time_point;
    struct Now {
        Time wall;
        Steady steady;
    };
    enum class State {
        greeting,        ///< waits for auth/request
        authenticating,  ///< the password was sent
        subscribing,
        listening,  ///< events come
        refused,    ///< wrong password, or this host may not connect: retry slowly
        broken,     ///< anything else: reconnect
    };
    struct Counts {
        std::uint64_t events = 0;      ///< read
        std::uint64_t unreadable = 0;  ///< events and answers that could not be read
        std::uint64_t snapshots = 0;   ///< whole ones
    };

    /// `signals` remembers what outlives a connection. All must outlive the session.
    EslSession(const Secret& password, FreeswitchSignals& signals, ExchangeSink& sink, Now now);

    void on_frame(EslFrame frame, Now now);
    /// Time has come to `now`: asks for the next list, gives up waiting for an answer.
    void on_time(Now now);
    /// What is to be sent; gone from the session then.
    std::string take_output();

    State state() const { return state_; }
    /// Why it is refused or broken, in a sentence for the operator.
    const std::string& why() const { return why_; }
    const Counts& counts() const { return counts_; }

    static constexpr std::chrono::seconds kSnapshotInterval{60};
    static constexpr std::chrono::seconds kAnswerWithin{20};  ///< of FreeSWITCH, to a command
    static constexpr std::chrono::seconds kSilence{20};  ///< after it, asks whether FreeSWITCH still answers
    static constexpr std::size_t kMostCallIds = 2'000;   ///< asked for in one snapshot
    static constexpr std::size_t kMostEnded = 100'000;   ///< remembered during a snapshot
    static constexpr std::size_t kMostQueues = 1'000;    ///< whose callers are listed

  private:
    /// A command that waits for its answer.
    enum class Asked {
        auth,
        subscribe,
        channels,
        queues,
        agents,
        tiers,
        callers,
        registrations,
        call_id,
        nothing
    };
    struct Command {
        Asked asked;
        std::string about;  ///< queue, or channel
        Steady since;
    };
    struct ListedAgent {
        std::string name, device, status, state;
    };

    void send(Asked asked, std::string_view command, Now now, std::string about = {});
    void on_answer(const EslFrame& frame, Now now);
    void on_event(EslFrame frame, Now now);
    void on_authenticated(const EslFrame& frame, Now now);
    void on_subscribed(const EslFrame& frame, Now now);
    void fail(State state, std::string why);

    void begin_snapshot(Now now);
    void on_channels(const EslFrame& frame, Now now);
    void on_call_id(const std::string& channel, const EslFrame& frame);
    void on_queues(const EslFrame& frame, Now now);
    void on_agents(const EslFrame& frame);
    void on_tiers(const EslFrame& frame, Now now);
    void on_callers(const std::string& queue, const EslFrame& frame, Now now);
    void on_registrations(const EslFrame& frame, Now now);
    void spoil_snapshot(const Error& error);
    void end_snapshot_if_done(Now now);
    void list(const ListedChannel& channel);

    const Secret& password_;
    FreeswitchSignals& signals_;
    ExchangeSink& sink_;
    State state_ = State::greeting;
    std::string why_;
    std::string output_;
    Counts counts_;
    std::deque<Command> waiting_;
    Steady heard_;          // anything, last
    Steady answered_;       // a command, last
    Steady next_snapshot_;  // when listening
    Steady greeted_;

    // The snapshot that is under way.
    bool in_snapshot_ = false;
    std::string spoiled_;                 // why its list is not whole
    std::vector<ListedChannel> unnamed_;  // wait for their Call-IDs
    std::set<std::string> ended_;         // channels that hung up meanwhile
    std::vector<ListedAgent> agents_;
    std::set<std::string> known_;  // channels that were listed in the last snapshot: asked for once
    std::set<std::string> listed_;
};

}  // namespace callboard
