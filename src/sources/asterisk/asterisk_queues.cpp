#include "sources/asterisk/asterisk_queues.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sources/asterisk/stable_uuid.hpp"

namespace callboard {
namespace {

// FreeSWITCH's words.
constexpr std::string_view kNoAnswer = "NO_ANSWER", kLoseRace = "LOSE_RACE",
                           kOriginatorCancel = "ORIGINATOR_CANCEL", kUserBusy = "USER_BUSY",
                           kSuccess = "SUCCESS";
constexpr std::string_view kWaiting = "Waiting", kReceiving = "Receiving", kInCall = "In a queue call";
constexpr std::string_view kSystem = "single_box";

std::string seconds_of(Time time) { return std::to_string(nanoseconds_since_epoch(time) / 1'000'000'000); }

/// `HoldTime`, `Wait`, `RingTime` … in seconds; none or nonsense is zero.
Duration duration_in(const AmiFrame& frame, std::string_view key) {
    const std::string_view text = frame.get(key);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t kMost = 7 * 24 * std::int64_t{3'600};
    return std::chrono::seconds(error == std::errc{} ? std::clamp<std::int64_t>(seconds, 0, kMost) : 0);
}

/// What FreeSWITCH calls a cause of Q.850; `otherwise` for those that say nothing of the phone.
std::string_view cause_word(std::string_view cause, std::string_view otherwise) {
    static const StringMap<std::string_view> kWords = {{"1", "UNALLOCATED_NUMBER"},
                                                       {"3", "NO_ROUTE_DESTINATION"},
                                                       {"17", kUserBusy},
                                                       {"18", "NO_USER_RESPONSE"},
                                                       {"19", kNoAnswer},
                                                       {"20", "SUBSCRIBER_ABSENT"},
                                                       {"21", "CALL_REJECTED"},
                                                       {"22", "NUMBER_CHANGED"},
                                                       {"26", kLoseRace},
                                                       {"27", "DESTINATION_OUT_OF_ORDER"},
                                                       {"34", "NORMAL_CIRCUIT_CONGESTION"},
                                                       {"38", "NETWORK_OUT_OF_ORDER"},
                                                       {"41", "NORMAL_TEMPORARY_FAILURE"},
                                                       {"42", "SWITCH_CONGESTION"},
                                                       {"58", "BEARERCAPABILITY_NOTAVAIL"}};
    const auto known = kWords.find(cause);
    return known == kWords.end() ? otherwise : known->second;
}

/// `QUEUESTATUS` as the reasons of mod_callcenter.
std::string_view reason_word(std::string_view status) {
    if (status == "TIMEOUT") return "TIMEOUT";
    if (status == "LEAVEEMPTY" || status == "LEAVEUNAVAIL" || status == "JOINEMPTY" ||
        status == "JOINUNAVAIL")
        return "NO_AGENT_TIMEOUT";
    return "BREAK_OUT";
}

}  // namespace

const AsteriskQueues::Handler* AsteriskQueues::handler_of(std::string_view event) {
    static const StringMap<Handler> kHandlers = {
        {"QueueCallerJoin", &AsteriskQueues::joined},
        {"QueueCallerLeave", &AsteriskQueues::left},
        {"QueueCallerAbandon", &AsteriskQueues::abandoned},
        {"AgentCalled", &AsteriskQueues::agent_called},
        {"AgentConnect", &AsteriskQueues::agent_connected},
        {"AgentComplete", &AsteriskQueues::agent_complete},
        {"AgentRingNoAnswer", &AsteriskQueues::agent_rang},
        {"AgentDump", &AsteriskQueues::agent_rang},
        {"DialEnd", &AsteriskQueues::dial_end},
        {"HangupRequest", &AsteriskQueues::hangup_requested},
        {"SoftHangupRequest", &AsteriskQueues::hangup_requested},
        {"Hangup", &AsteriskQueues::hangup},
        {"Newexten", &AsteriskQueues::new_extension},
        {"VarSet", &AsteriskQueues::var_set},
        {"QueueMemberAdded", &AsteriskQueues::member_event},
        {"QueueMemberRemoved", &AsteriskQueues::member_event},
        {"QueueMemberPause", &AsteriskQueues::member_event},
        {"QueueMemberStatus", &AsteriskQueues::member_event},
    };
    const auto found = kHandlers.find(event);
    return found == kHandlers.end() ? nullptr : &found->second;
}

void AsteriskQueues::on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out) {
    event_ = frame.event();
    const Handler* handler = handler_of(event_);
    if (handler == nullptr) return;
    times_ = times;
    out_ = &out;
    (this->*(*handler))(frame);
}

// Who is meant

AsteriskQueues::Caller* AsteriskQueues::caller_of(std::string_view channel) {
    const auto known = callers_.find(channel);
    return known == callers_.end() ? nullptr : &known->second;
}

AsteriskQueues::Attempt* AsteriskQueues::attempt_of(std::string_view channel, Caller*& caller) {
    const auto known = attempts_.find(channel);
    caller = known == attempts_.end() ? nullptr : caller_of(known->second);
    if (caller == nullptr) return nullptr;
    const auto attempt = std::find_if(caller->attempts.rbegin(), caller->attempts.rend(),
                                      [channel](const Attempt& one) { return one.channel == channel; });
    return attempt == caller->attempts.rend() ? nullptr : &*attempt;
}

AsteriskQueues::Caller& AsteriskQueues::make_caller(const AmiFrame& frame, Time joined) {
    const std::string id(frame.get("Uniqueid"));
    if (Caller* before = caller_of(id)) forget(*before);
    if (callers_.size() >= kMostCallers) forget(callers_.begin()->second);
    Caller& caller = callers_[id];
    caller.channel = id;
    caller.queue = frame.get("Queue");
    caller.known_as = known_name(frame);
    if (visits_.size() >= kMostCallers) visits_.clear();
    const std::uint32_t visit = visits_[id][caller.queue]++;
    caller.uuid = stable_uuid(fmt::format("member {} {} {}", id, caller.queue, visit));
    caller.session = stable_uuid("channel " + id);
    const auto party = channels_.party(id, frame);
    caller.number = party.number;
    caller.withheld = party.withheld;
    caller.dialled = party.dialled;
    const std::string_view name = number_or_nothing(frame.get("CallerIDName"));
    caller.name = name.empty() ? party.number : std::string(name);
    if (caller.withheld) caller.name = caller.number = "anonymous";
    caller.joined = joined;
    caller.listed = true;
    return caller;
}

AsteriskQueues::Attempt& AsteriskQueues::make_attempt(Caller& caller, const AmiFrame& frame, Time called) {
    if (caller.attempts.size() >= kMostAttempts) {
        attempts_.erase(caller.attempts.front().channel);
        caller.attempts.erase(caller.attempts.begin());
    }
    Attempt attempt;
    attempt.channel = frame.get("DestUniqueid");
    attempt.interface = frame.get("Interface");
    attempt.agent = agent_name(attempt.interface, {}, frame.get("MemberName"), knows_);
    attempt.called = called;
    if (!attempt.channel.empty()) attempts_[attempt.channel] = caller.channel;
    caller.attempts.push_back(std::move(attempt));
    return caller.attempts.back();
}

/// A queue whose name means nothing to us is known by the extension that leads to it, if that means something
/// and leads to no other.
std::string AsteriskQueues::known_name(const AmiFrame& frame) {
    const std::string name(frame.get("Queue")), extension(frame.get("Exten"));
    if (!knows_ || knows_(name)) return name;
    if (const auto known = extensions_.find(name); known != extensions_.end()) return known->second;
    const bool taken = std::any_of(extensions_.begin(), extensions_.end(),
                                   [&](const auto& entry) { return entry.second == extension; });
    if (taken || extension.empty() || !knows_(extension) || extensions_.size() >= kMostQueues) return name;
    return extensions_[name] = extension;
}

/// The caller that an event speaks of, made when the event is the first that is seen of it. Null: nobody is
/// meant, or one who has left already.
AsteriskQueues::Caller* AsteriskQueues::caller_or_new(const AmiFrame& frame, Duration waited) {
    const std::string id(frame.get("Uniqueid"));
    if (id.empty()) return nullptr;
    if (Caller* caller = caller_of(id)) return caller;
    const auto left = left_.find(id + ' ' + std::string(frame.get("Queue")));
    if (left != left_.end() && times_.collected - left->second < kRemembered) return nullptr;
    return &make_caller(frame, times_.captured - waited);
}

void AsteriskQueues::forget(Caller& caller) {
    if (left_.size() >= kMostCallers) left_.clear();
    left_[caller.channel + ' ' + caller.queue] = times_.collected;
    for (const Attempt& attempt : caller.attempts) attempts_.erase(attempt.channel);
    callers_.erase(std::string(caller.channel));
}

// What is told

ExchangeQueueAction& AsteriskQueues::tell(std::string_view action, const Caller& caller) {
    ExchangeSignal signal;
    signal.kind = ExchangeSignalKind::queue_action;
    signal.captured = times_.captured;
    signal.collected = times_.collected;
    signal.name = event_;
    ExchangeQueueAction& told = signal.queue;
    told.action = action;
    told.queue = caller.known_as;
    told.caller = caller.number;
    told.caller_withheld = caller.withheld;
    told.caller_channel = caller.channel;
    told.fields.set("QueueMemberUUID", caller.uuid);
    told.fields.set("QueueMemberSessionUUID", caller.session);
    told.fields.set("QueueMemberCIDName", caller.name);
    told.fields.set("QueueMemberCIDNumber", caller.number);
    if (action != "member-queue-start" && action != "agent-offering")
        told.fields.set("QueueMemberJoinedTime", seconds_of(caller.joined));
    out_->push_back(std::move(signal));
    return out_->back().queue;
}

ExchangeQueueAction& AsteriskQueues::tell(std::string_view action, const Caller& caller,
                                          const Attempt& attempt) {
    ExchangeQueueAction& told = tell(action, caller);
    told.agent = attempt.agent.agent;
    told.agent_device = attempt.agent.device;
    told.agent_channel = attempt.channel;
    told.fields.set("QueueAgentSystem", std::string(kSystem));
    if (action == "agent-offering") {
        told.fields.set("QueueAgentType", "callback");
        if (!caller.dialled.empty()) told.fields.set("QueueMemberDNIS", caller.dialled);
        return told;
    }
    told.fields.set("QueueAgentCalledTime", seconds_of(attempt.called));
    if (action == "bridge-agent-fail") return told;
    told.fields.set("QueueAgentUUID", stable_uuid("channel " + attempt.channel));
    told.fields.set("QueueAgentAnsweredTime", seconds_of(attempt.answered));
    if (action == "bridge-agent-start" && !caller.dialled.empty())
        told.fields.set("QueueMemberDNIS", caller.dialled);
    return told;
}

void AsteriskQueues::tell_count(const Caller& caller, std::string count) {
    ExchangeQueueAction& told = tell("members-count", caller);
    told.caller.clear();
    told.caller_channel.clear();
    told.caller_withheld = false;
    told.fields = {};
    told.fields.set("QueueSelection", "Single-Queue");
    if (!count.empty()) told.fields.set("Count", std::move(count));
}

void AsteriskQueues::set_state(const Caller& caller, const Attempt& attempt, std::string_view state) {
    members_.set_state(attempt.agent, caller.known_as, state, event_, times_, *out_);
}

/// The agent was called in vain.
void AsteriskQueues::fail(Caller& caller, Attempt& attempt, std::string_view cause) {
    if (attempt.state == Attempt::State::over) return;
    attempt.state = Attempt::State::over;
    ExchangeQueueAction& told = tell("bridge-agent-fail", caller, attempt);
    told.fields.set("QueueHangupCause", std::string(cause));
    told.fields.set("QueueAgentAbortedTime", seconds_of(times_.captured));
    set_state(caller, attempt, kWaiting);
}

void AsteriskQueues::fail_open(Caller& caller, std::string_view cause) {
    for (Attempt& attempt : caller.attempts)
        if (attempt.state == Attempt::State::ringing || attempt.state == Attempt::State::cancelled)
            fail(caller, attempt, cause);
}

/// The caller leaves without having talked. QueueCallerLeave may still say how many wait on.
void AsteriskQueues::cancel(Caller& caller, std::string_view reason) {
    const bool counted = caller.state == Caller::State::leaving;
    fail_open(caller, caller.hung_up ? kOriginatorCancel : kNoAnswer);
    for (Attempt& attempt : caller.attempts)
        if (attempt.state == Attempt::State::answered) fail(caller, attempt, kOriginatorCancel);
    ExchangeQueueAction& told = tell("member-queue-end", caller);
    told.fields.set("QueueCause", "Cancel");
    told.fields.set("QueueCancelReason", std::string(reason));
    told.fields.set("QueueMemberLeavingTime", seconds_of(times_.captured));
    caller.state = Caller::State::gone;
    caller.uncertain_at = times_.collected;
    if (!counted) return;
    tell_count(caller, caller.count);
    forget(caller);
}

/// The conversation is over.
void AsteriskQueues::conclude(Caller& caller) {
    Attempt& attempt = caller.attempts[caller.connected];
    ExchangeQueueAction& parted = tell("bridge-agent-end", caller, attempt);
    parted.fields.set("QueueHangupCause", std::string(kSuccess));
    parted.fields.set("QueueAgentBridged", "true");
    parted.fields.set("QueueBridgeTerminatedTime", seconds_of(times_.captured));
    ExchangeQueueAction& told = tell("member-queue-end", caller, attempt);
    told.fields.set("QueueHangupCause", std::string(kSuccess));
    told.fields.set("QueueCause", "Terminated");
    told.fields.set("QueueMemberLeavingTime", seconds_of(times_.captured));
    set_state(caller, attempt, kWaiting);
    forget(caller);
}

// The caller

void AsteriskQueues::joined(const AmiFrame& frame) {
    if (frame.get("Uniqueid").empty()) return;
    if (Caller* before = caller_of(frame.get("Uniqueid"))) {
        // Its leaving was not seen.
        if (before->state == Caller::State::talking)
            conclude(*before);
        else if (before->state != Caller::State::gone)
            cancel(*before, "BREAK_OUT");
    }
    const Caller& caller = make_caller(frame, times_.captured);
    std::int64_t count = 0;
    const std::string_view said = frame.get("Count");
    std::from_chars(said.data(), said.data() + said.size(), count);
    ExchangeQueueAction& told = tell("member-queue-start", caller);
    // As mod_callcenter counts: before the newcomer.
    if (count > 0) told.fields.set("Count", std::to_string(count - 1));
    tell_count(caller, std::string(said));
}

void AsteriskQueues::left(const AmiFrame& frame) {
    Caller* caller = caller_of(frame.get("Uniqueid"));
    if (caller == nullptr) return;
    caller->count = frame.get("Count");
    switch (caller->state) {
        case Caller::State::gone:
            tell_count(*caller, caller->count);
            return forget(*caller);
        case Caller::State::talking:  // AgentConnect was faster
            return tell_count(*caller, caller->count);
        case Caller::State::waiting:
        case Caller::State::leaving:
            caller->state = Caller::State::leaving;
            caller->uncertain_at = times_.collected;
    }
}

void AsteriskQueues::abandoned(const AmiFrame& frame) {
    Caller* caller = caller_or_new(frame, duration_in(frame, "HoldTime"));
    if (caller == nullptr) return;
    if (caller->state != Caller::State::waiting && caller->state != Caller::State::leaving) return;
    cancel(*caller, caller->hung_up ? "NONE" : "TIMEOUT");
}

void AsteriskQueues::var_set(const AmiFrame& frame) {
    if (frame.get("Variable") != "QUEUESTATUS" || frame.get("Value").empty()) return;
    Caller* caller = caller_of(frame.get("Uniqueid"));
    if (caller != nullptr && caller->state == Caller::State::leaving)
        cancel(*caller, reason_word(frame.get("Value")));
}

/// The dialplan goes on with a caller who left and did not hang up: he pressed a key.
void AsteriskQueues::new_extension(const AmiFrame& frame) {
    Caller* caller = caller_of(frame.get("Uniqueid"));
    if (caller == nullptr || caller->state != Caller::State::leaving || caller->hung_up) return;
    const bool connects =
        std::any_of(caller->attempts.begin(), caller->attempts.end(),
                    [](const Attempt& one) { return one.state == Attempt::State::answered; });
    if (!connects) cancel(*caller, "EXIT_WITH_KEY");
}

void AsteriskQueues::hangup_requested(const AmiFrame& frame) {
    const std::string_view id = frame.get("Uniqueid");
    if (Caller* caller = caller_of(id)) caller->hung_up = true;
    Caller* caller = nullptr;
    Attempt* attempt = attempt_of(id, caller);
    if (attempt != nullptr && attempt->cause.empty()) attempt->cause = frame.get("Cause");
}

void AsteriskQueues::hangup(const AmiFrame& frame) {
    const std::string id(frame.get("Uniqueid"));
    if (Caller* caller = caller_of(id)) {
        caller->hung_up = true;
        switch (caller->state) {
            case Caller::State::gone:
                return forget(*caller);
            case Caller::State::waiting:  // its QueueCallerAbandon was not seen, or comes late
                caller->state = Caller::State::leaving;
                [[fallthrough]];
            case Caller::State::leaving:
            case Caller::State::talking:
                caller->uncertain_at = times_.collected;
                return;
        }
    }
    Caller* caller = nullptr;
    Attempt* attempt = attempt_of(id, caller);
    if (attempt == nullptr) return;
    if (caller->state == Caller::State::talking && &caller->attempts[caller->connected] == attempt) {
        if (caller->uncertain_at == Time{}) caller->uncertain_at = times_.collected;
        return;
    }
    if (attempt->state == Attempt::State::over) return;
    const std::string_view word = cause_word(frame.get("Cause"), {});
    if (!word.empty()) return fail(*caller, *attempt, word);
    attempt->state = Attempt::State::cancelled;
    if (attempt->uncertain_at == Time{}) attempt->uncertain_at = times_.collected;
}

// The agents

void AsteriskQueues::agent_called(const AmiFrame& frame) {
    Caller* caller = caller_or_new(frame, {});
    if (caller == nullptr || caller->state == Caller::State::talking || caller->state == Caller::State::gone)
        return;
    const Attempt& attempt = make_attempt(*caller, frame, times_.captured);
    set_state(*caller, attempt, kReceiving);
    tell("agent-offering", *caller, attempt);
}

void AsteriskQueues::agent_rang(const AmiFrame& frame) {
    Caller* caller = nullptr;
    if (Attempt* attempt = attempt_of(frame.get("DestUniqueid"), caller))
        fail(*caller, *attempt, cause_word(attempt->cause, kNoAnswer));
}

void AsteriskQueues::dial_end(const AmiFrame& frame) {
    Caller* caller = nullptr;
    Attempt* attempt = attempt_of(frame.get("DestUniqueid"), caller);
    if (attempt == nullptr || attempt->state == Attempt::State::over) return;
    const std::string_view status = frame.get("DialStatus");
    if (status == "ANSWER") {
        attempt->state = Attempt::State::answered;
        attempt->answered = times_.captured;
    } else if (status == "CANCEL") {
        const bool lost =
            std::any_of(caller->attempts.begin(), caller->attempts.end(),
                        [](const Attempt& one) { return one.state == Attempt::State::answered; });
        if (caller->hung_up) return fail(*caller, *attempt, kOriginatorCancel);
        if (lost) return fail(*caller, *attempt, kLoseRace);
        attempt->state = Attempt::State::cancelled;
        attempt->uncertain_at = times_.collected;
    } else {
        const std::string_view otherwise = status == "BUSY"          ? kUserBusy
                                           : status == "CONGESTION"  ? "NORMAL_TEMPORARY_FAILURE"
                                           : status == "CHANUNAVAIL" ? "DESTINATION_OUT_OF_ORDER"
                                                                     : kNoAnswer;
        fail(*caller, *attempt, cause_word(attempt->cause, otherwise));
    }
}

void AsteriskQueues::agent_connected(const AmiFrame& frame) {
    const bool known = caller_of(frame.get("Uniqueid")) != nullptr;
    Caller* caller = caller_or_new(frame, duration_in(frame, "HoldTime"));
    if (caller == nullptr) return;
    if (!known) caller->state = Caller::State::leaving;
    if (caller->state == Caller::State::talking || caller->state == Caller::State::gone) return;
    Caller* of = nullptr;
    Attempt* attempt = attempt_of(frame.get("DestUniqueid"), of);
    if (attempt == nullptr || of != caller)
        attempt = &make_attempt(*caller, frame, times_.captured - duration_in(frame, "RingTime"));
    if (attempt->answered == Time{}) attempt->answered = times_.captured;
    attempt->state = Attempt::State::answered;
    fail_open(*caller, kLoseRace);
    const bool counted = caller->state == Caller::State::leaving;
    caller->state = Caller::State::talking;
    caller->uncertain_at = {};
    caller->connected = static_cast<std::size_t>(attempt - caller->attempts.data());
    tell("bridge-agent-start", *caller, *attempt);
    if (counted) tell_count(*caller, caller->count);
    set_state(*caller, *attempt, kInCall);
}

/// May come after the hang-up of either, and without what says which caller or which agent's call it was.
void AsteriskQueues::agent_complete(const AmiFrame& frame) {
    Caller* caller = caller_of(frame.get("Uniqueid"));
    if (caller == nullptr) attempt_of(frame.get("DestUniqueid"), caller);
    if (caller == nullptr && frame.get("Uniqueid").empty() && frame.get("DestUniqueid").empty())
        for (auto& [id, one] : callers_)
            if (one.state == Caller::State::talking && one.queue == frame.get("Queue") &&
                one.attempts[one.connected].interface == frame.get("Interface"))
                caller = &one;
    if (caller != nullptr && caller->state == Caller::State::talking) conclude(*caller);
}

void AsteriskQueues::member_event(const AmiFrame& frame) { members_.on_event(frame, times_, *out_); }

// Time

void AsteriskQueues::on_time(Time now, std::vector<ExchangeSignal>& out) {
    if (callers_.empty()) return;
    times_ = {now, now};
    out_ = &out;
    event_ = {};
    const auto passed = [now](Time since, Duration patience) {
        return since != Time{} && now - since >= patience;
    };
    std::vector<Caller*> over;
    for (auto& [id, caller] : callers_) {
        for (Attempt& attempt : caller.attempts)
            if (attempt.state == Attempt::State::cancelled && passed(attempt.uncertain_at, kUncertain))
                fail(caller, attempt,
                     caller.hung_up ? kOriginatorCancel : cause_word(attempt.cause, kNoAnswer));
        if (passed(caller.uncertain_at, caller.state == Caller::State::talking ? kComplete : kUncertain))
            over.push_back(&caller);
    }
    for (Caller* caller : over) {
        switch (caller->state) {
            case Caller::State::talking:
                conclude(*caller);
                break;
            case Caller::State::leaving:
                cancel(*caller, caller->hung_up ? "NONE" : "BREAK_OUT");
                break;
            case Caller::State::gone:
                forget(*caller);
                break;
            case Caller::State::waiting:
                break;
        }
    }
}

// Snapshots

void AsteriskQueues::on_snapshot_begins() {
    bridged_.clear();
    entries_.clear();
    std::erase_if(left_, [&](const auto& entry) { return times_.collected - entry.second >= kRemembered; });
    for (auto& [id, caller] : callers_) caller.listed = false;
    members_.on_snapshot_begins();
}

void AsteriskQueues::on_listed(const AmiFrame& frame, AmiTimes) {
    const std::string_view event = frame.event();
    if (event == "QueueMember") return members_.on_listed(frame);
    if (event == "QueueEntry" && entries_.size() < kMostCallers) entries_.push_back(frame);
    const bool with_queue = frame.get("Application") == "Queue" || frame.get("Application") == "AppQueue";
    if (event == "CoreShowChannel" && with_queue && !frame.get("BridgeId").empty() &&
        bridged_.size() < kMostCallers)
        bridged_.push_back(frame);
}

void AsteriskQueues::on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out) {
    times_ = times;
    out_ = &out;
    event_ = "QueueStatusComplete";
    for (const AmiFrame& entry : entries_) {
        Caller* caller = caller_or_new(entry, duration_in(entry, "Wait"));
        if (caller != nullptr) caller->listed = true;
    }
    for (const AmiFrame& frame : bridged_) adopt_talking(frame);
    // QueueStatus lists who waits; whoever talks is up.
    for (auto& [id, caller] : callers_)
        if (caller.state == Caller::State::talking && channels_.is_up(id)) caller.listed = true;
    std::vector<Caller*> gone;
    for (auto& [id, caller] : callers_) {
        if (!caller.listed) {
            gone.push_back(&caller);
            continue;
        }
        if (caller.state == Caller::State::gone) continue;
        if (caller.state == Caller::State::talking)
            tell({}, caller, caller.attempts[caller.connected]);
        else
            tell({}, caller);
        out.back().kind = ExchangeSignalKind::caller_listed;
    }
    // The tracker tells their end, as it sees that they are not listed.
    if (whole)
        for (Caller* caller : gone) forget(*caller);
    members_.on_snapshot_ends(whole, times, out);
    entries_.clear();
    bridged_.clear();
}

/// A conversation that was there before: the caller runs Queue, in a bridge with somebody that it called.
void AsteriskQueues::adopt_talking(const AmiFrame& frame) {
    const std::string_view data = frame.get("ApplicationData");
    if (frame.get("Application") != "Queue" || caller_of(frame.get("Uniqueid")) != nullptr) return;
    const auto agent = std::find_if(bridged_.begin(), bridged_.end(), [&](const AmiFrame& other) {
        return other.get("Application") == "AppQueue" && other.get("BridgeId") == frame.get("BridgeId");
    });
    if (agent == bridged_.end()) return;
    AmiFrame known = frame;
    known.add("Queue", data.substr(0, data.find(',')));
    const AsteriskChannelName name = parse_channel_name(agent->get("Channel"));
    known.add("DestUniqueid", agent->get("Uniqueid"));
    known.add("Interface", std::string(name.technology).append("/").append(name.resource));
    Caller& caller = make_caller(known, times_.captured);
    Attempt& attempt = make_attempt(caller, known, times_.captured);
    attempt.answered = times_.captured;
    attempt.state = Attempt::State::answered;
    caller.state = Caller::State::talking;
    caller.connected = 0;
}

}  // namespace callboard
