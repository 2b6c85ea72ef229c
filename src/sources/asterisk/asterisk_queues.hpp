#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "event/directory.hpp"
#include "event/exchange_signal.hpp"
#include "sources/asterisk/ami_frame.hpp"
#include "sources/asterisk/asterisk_channels.hpp"
#include "sources/asterisk/asterisk_members.hpp"

namespace callboard {

/// Turns what app_queue says into the queue actions of the OVH protocol (§4), so that nobody can tell it from
/// FreeSWITCH's mod_callcenter: the same actions in the same order with the same fields, causes in
/// FreeSWITCH's words, identities in the form of UUIDs. Pure; time comes in with the frames and on_time().
/// One thread.
///
/// | app_queue says | told as |
/// |---|---|
/// | QueueCallerJoin | member-queue-start, members-count |
/// | AgentCalled | agent-state-change Receiving, agent-offering |
/// | AgentRingNoAnswer, DialEnd of an agent's leg | bridge-agent-fail, agent-state-change Waiting |
/// | AgentConnect | bridge-agent-fail LOSE_RACE of the others, bridge-agent-start, members-count,
///   agent-state-change In a queue call |
/// | AgentComplete | bridge-agent-end, member-queue-end Terminated, agent-state-change Waiting |
/// | QueueCallerAbandon, QueueCallerLeave | bridge-agent-fail ORIGINATOR_CANCEL, member-queue-end Cancel,
/// members-count |
///
/// app_queue's events come in several orders, twice, with fields missing, or not at all. What is not yet
/// certain waits for the event that says it, at most kUncertain.
class AsteriskQueues {
  public:
    /// `channels` outlives this and has seen each frame first.
    AsteriskQueues(const AsteriskChannels& channels, KnowsName knows)
        : channels_(channels), members_(knows), knows_(std::move(knows)) {}

    void on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    /// Time has come to `now`, in the clock of `AmiTimes::collected`.
    void on_time(Time now, std::vector<ExchangeSignal>& out);

    void on_snapshot_begins();
    /// An entry of QueueStatus or CoreShowChannels.
    void on_listed(const AmiFrame& frame, AmiTimes times);
    void on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out);

    std::size_t callers() const { return callers_.size(); }

    static constexpr Duration kUncertain = std::chrono::seconds(2);
    static constexpr Duration kComplete = std::chrono::seconds(3);  ///< AgentComplete comes after the hang-up
    static constexpr Duration kRemembered = std::chrono::seconds(40);  ///< who left: for late events
    static constexpr std::size_t kMostCallers = 20'000;
    static constexpr std::size_t kMostQueues = 1'000;
    static constexpr std::size_t kMostAttempts = 1'000;  ///< of one caller at a time

  private:
    /// A call to an agent on behalf of a caller.
    struct Attempt {
        enum class State : std::uint8_t { ringing, cancelled, answered, over };
        std::string channel;    ///< Uniqueid
        std::string interface;  ///< `PJSIP/201`
        AgentName agent;
        Time called{}, answered{};
        State state = State::ringing;
        std::string cause;    ///< Q.850, of its hang-up request
        Time uncertain_at{};  ///< cancelled: since when it is not known why
    };
    struct Caller {
        enum class State : std::uint8_t { waiting, leaving, talking, gone };
        std::string channel;   ///< Uniqueid
        std::string queue;     ///< as Asterisk names it
        std::string known_as;  ///< as the tracker knows it
        std::string uuid, session;
        std::string name, number;  ///< as shown
        bool withheld = false;
        std::string dialled;
        Time joined{};
        State state = State::waiting;
        bool hung_up = false;  ///< has asked for it, or is
        std::string count;     ///< who waits now that it has left, as said by QueueCallerLeave
        Time uncertain_at{};   ///< leaving: since when it is not known why; talking: since one end is gone
        bool listed = false;
        std::vector<Attempt> attempts;
        std::size_t connected = 0;  ///< of attempts, when talking
    };
    using Handler = void (AsteriskQueues::*)(const AmiFrame&);
    static const Handler* handler_of(std::string_view event);

    void joined(const AmiFrame& frame);
    void left(const AmiFrame& frame);
    void abandoned(const AmiFrame& frame);
    void agent_called(const AmiFrame& frame);
    void agent_connected(const AmiFrame& frame);
    void agent_complete(const AmiFrame& frame);
    void agent_rang(const AmiFrame& frame);
    void dial_end(const AmiFrame& frame);
    void hangup_requested(const AmiFrame& frame);
    void hangup(const AmiFrame& frame);
    void new_extension(const AmiFrame& frame);
    void var_set(const AmiFrame& frame);
    void member_event(const AmiFrame& frame);

    Caller* caller_of(std::string_view channel);
    Attempt* attempt_of(std::string_view channel, Caller*& caller);
    Caller& make_caller(const AmiFrame& frame, Time joined);
    std::string known_name(const AmiFrame& frame);
    Caller* caller_or_new(const AmiFrame& frame, Duration waited);
    Attempt& make_attempt(Caller& caller, const AmiFrame& frame, Time called);
    void forget(Caller& caller);

    void fail(Caller& caller, Attempt& attempt, std::string_view cause);
    void fail_open(Caller& caller, std::string_view cause);
    void cancel(Caller& caller, std::string_view reason);
    void conclude(Caller& caller);
    void set_state(const Caller& caller, const Attempt& attempt, std::string_view state);
    ExchangeQueueAction& tell(std::string_view action, const Caller& caller);
    ExchangeQueueAction& tell(std::string_view action, const Caller& caller, const Attempt& attempt);
    void tell_count(const Caller& caller, std::string count);
    void adopt_talking(const AmiFrame& frame);

    const AsteriskChannels& channels_;
    AsteriskMembers members_;
    KnowsName knows_;
    StringMap<Caller> callers_;        // by Uniqueid
    StringMap<std::string> attempts_;  // agent's channel to caller's
    /// How often a channel that is up has been in each queue.
    StringMap<StringMap<std::uint32_t>> visits_;
    StringMap<std::string> extensions_;        // by the name of a queue that is not configured
    StringMap<Time> left_;                     // by channel and queue: when
    std::vector<AmiFrame> bridged_, entries_;  // of the snapshot that is going on

    // Of the frame that is being read.
    std::vector<ExchangeSignal>* out_ = nullptr;
    AmiTimes times_;
    std::string_view event_;
};

}  // namespace callboard
