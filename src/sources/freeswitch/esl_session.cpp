#include "sources/freeswitch/esl_session.hpp"

#include <algorithm>
#include <utility>

namespace callboard {
namespace {

bool is_ok(std::string_view reply) { return reply.starts_with("+OK"); }

/// A name that can stand in a command.
bool is_one_word(std::string_view name) {
    return !name.empty() && name.size() <= 256 &&
           std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127; });
}

/// mod_callcenter is not everywhere.
bool is_unknown_command(std::string_view answer) {
    return answer.find("ommand not found") != std::string_view::npos;
}

std::string_view answer_of(const EslFrame& frame) {
    return frame.body.empty() ? std::string_view(frame.reply) : std::string_view(frame.body);
}

}  // namespace

EslSession::EslSession(const Secret& password, FreeswitchSignals& signals, ExchangeSink& sink, Now now)
    : password_(password),
      signals_(signals),
      sink_(sink),
      heard_(now.steady),
      answered_(now.steady),
      next_snapshot_(now.steady),
      greeted_(now.steady) {}

std::string EslSession::take_output() { return std::exchange(output_, {}); }

void EslSession::send(Asked asked, std::string_view command, Now now, std::string about) {
    output_.append(command).append("\n\n");
    waiting_.push_back({asked, std::move(about), now.steady});
}

void EslSession::fail(State state, std::string why) {
    if (state_ == State::refused || state_ == State::broken) return;
    state_ = state;
    why_ = std::move(why);
    output_.clear();
}

void EslSession::on_frame(EslFrame frame, Now now) {
    if (state_ == State::refused || state_ == State::broken) return;
    heard_ = now.steady;
    if (frame.content_type.starts_with("text/event-")) return on_event(std::move(frame), now);
    if (frame.content_type == "auth/request") {
        if (state_ != State::greeting) return;
        state_ = State::authenticating;
        return send(Asked::auth, "auth " + password_.reveal(), now);
    }
    if (frame.content_type == "text/rude-rejection")
        return fail(State::refused,
                    "FreeSWITCH does not let this host connect; add it to apply-inbound-acl in "
                    "event_socket.conf.xml");
    if (frame.content_type == "text/disconnect-notice")
        return fail(State::broken, "FreeSWITCH ended the connection");
    if (frame.content_type == "command/reply" || frame.content_type == "api/response")
        return on_answer(frame, now);
}

void EslSession::on_event(EslFrame frame, Now now) {
    const auto event = EslEvent::read(std::move(frame));
    if (!event) {
        ++counts_.unreadable;
        return;
    }
    ++counts_.events;
    if (in_snapshot_ && event->name().starts_with("CHANNEL_HANGUP") && ended_.size() < kMostEnded)
        ended_.insert(event->get("Unique-ID"));
    signals_.on_event(*event, now.wall);
}

void EslSession::on_answer(const EslFrame& frame, Now now) {
    answered_ = now.steady;
    if (waiting_.empty()) return;
    const Command command = std::move(waiting_.front());
    waiting_.pop_front();
    switch (command.asked) {
        case Asked::auth:
            return on_authenticated(frame, now);
        case Asked::subscribe:
            return on_subscribed(frame, now);
        case Asked::channels:
            on_channels(frame, now);
            break;
        case Asked::queues:
            on_queues(frame, now);
            break;
        case Asked::agents:
            on_agents(frame);
            break;
        case Asked::tiers:
            on_tiers(frame, now);
            break;
        case Asked::callers:
            on_callers(command.about, frame, now);
            break;
        case Asked::registrations:
            on_registrations(frame, now);
            break;
        case Asked::call_id:
            on_call_id(command.about, frame);
            break;
        case Asked::nothing:
            break;
    }
    end_snapshot_if_done(now);
}

void EslSession::on_authenticated(const EslFrame& frame, Now now) {
    if (!is_ok(frame.reply))
        return fail(State::refused,
                    "FreeSWITCH refuses the password; compare it with the one in event_socket.conf.xml");
    state_ = State::subscribing;
    send(Asked::subscribe, "event plain " + std::string(FreeswitchSignals::subscription()), now);
}

void EslSession::on_subscribed(const EslFrame& frame, Now now) {
    if (!is_ok(frame.reply)) return fail(State::broken, "FreeSWITCH refuses to tell its events");
    state_ = State::listening;
    begin_snapshot(now);
}

void EslSession::on_time(Now now) {
    if (state_ == State::refused || state_ == State::broken) return;
    if (state_ == State::greeting && now.steady - greeted_ >= kAnswerWithin)
        return fail(State::broken, "FreeSWITCH does not greet; is this the address of its event socket?");
    if (!waiting_.empty() && now.steady - std::max(waiting_.front().since, answered_) >= kAnswerWithin)
        return fail(State::broken, "FreeSWITCH does not answer any more");
    if (state_ != State::listening) return;
    if (!in_snapshot_ && now.steady >= next_snapshot_)
        begin_snapshot(now);
    else if (waiting_.empty() && now.steady - heard_ >= kSilence)
        send(Asked::nothing, "api uptime", now);
}

// Lists

void EslSession::begin_snapshot(Now now) {
    in_snapshot_ = true;
    spoiled_.clear();
    ended_.clear();
    listed_.clear();
    next_snapshot_ = now.steady + kSnapshotInterval;
    ExchangeSignal begins;
    begins.kind = ExchangeSignalKind::snapshot_begins;
    begins.captured = begins.collected = now.wall;
    sink_.on_signal(begins);
    send(Asked::channels, "api show channels as json", now);
    send(Asked::agents, "api callcenter_config agent list", now);
    send(Asked::tiers, "api callcenter_config tier list", now);
    send(Asked::queues, "api callcenter_config queue list", now);
    send(Asked::registrations, "api show registrations as json", now);
}

void EslSession::spoil_snapshot(const Error& error) {
    ++counts_.unreadable;
    if (spoiled_.empty()) spoiled_ = error.what;
}

void EslSession::list(const ListedChannel& channel) {
    if (!ended_.contains(channel.signal.channel.id)) sink_.on_signal(channel.signal);
}

/// A channel that is listed for the first time is asked for its Call-ID, because the list has none.
void EslSession::on_channels(const EslFrame& frame, Now now) {
    auto channels = read_channels(answer_of(frame), now.wall);
    if (!channels) return spoil_snapshot(channels.error());
    std::size_t asked = 0;
    for (auto& channel : *channels) {
        const std::string& id = channel.signal.channel.id;
        listed_.insert(id);
        if (!channel.has_phone || known_.contains(id) || !is_one_word(id) || ++asked > kMostCallIds) {
            list(channel);
            continue;
        }
        send(Asked::call_id, "api uuid_getvar " + id + " sip_call_id", now, id);
        unnamed_.push_back(std::move(channel));
    }
    known_ = listed_;
}

void EslSession::on_call_id(const std::string& channel, const EslFrame& frame) {
    const auto found = std::find_if(unnamed_.begin(), unnamed_.end(), [&channel](const ListedChannel& one) {
        return one.signal.channel.id == channel;
    });
    if (found == unnamed_.end()) return;
    std::string_view answer = answer_of(frame);
    while (answer.ends_with('\n')) answer.remove_suffix(1);
    if (answer.starts_with("-ERR")) {  // it ended meanwhile
        unnamed_.erase(found);
        return;
    }
    if (answer != "_undef_") found->signal.channel.sip_call_id = answer;
    list(*found);
    unnamed_.erase(found);
}

void EslSession::on_agents(const EslFrame& frame) {
    agents_.clear();
    const auto table = EslTable::read(answer_of(frame));
    if (!table) {
        if (!is_unknown_command(answer_of(frame))) ++counts_.unreadable;
        return;
    }
    for (std::size_t row = 0; row < table->rows(); ++row)
        agents_.push_back({std::string(table->get(row, "name")), user_in_contact(table->get(row, "contact")),
                           std::string(table->get(row, "status")), std::string(table->get(row, "state"))});
}

void EslSession::on_tiers(const EslFrame& frame, Now now) {
    const auto table = EslTable::read(answer_of(frame));
    if (!table) {
        if (!is_unknown_command(answer_of(frame))) ++counts_.unreadable;
        return;
    }
    StringMap<const ListedAgent*> by_name;
    for (const auto& agent : agents_) by_name.emplace(agent.name, &agent);
    for (std::size_t row = 0; row < table->rows(); ++row) {
        const auto agent = by_name.find(table->get(row, "agent"));
        if (agent == by_name.end()) continue;
        ExchangeSignal signal;
        signal.kind = ExchangeSignalKind::agent_listed;
        signal.captured = signal.collected = now.wall;
        signal.name = "callcenter_config tier list";
        signal.queue.queue = table->get(row, "queue");
        signal.queue.agent = agent->second->name;
        signal.queue.agent_device = agent->second->device;
        signal.queue.fields.set("QueueAgentStatus", agent->second->status);
        signal.queue.fields.set("QueueAgentState", agent->second->state);
        sink_.on_signal(signal);
    }
}

void EslSession::on_queues(const EslFrame& frame, Now now) {
    const auto table = EslTable::read(answer_of(frame));
    if (!table) {
        if (!is_unknown_command(answer_of(frame))) spoil_snapshot(table.error());
        return;
    }
    std::size_t asked = 0;
    for (std::size_t row = 0; row < table->rows(); ++row) {
        const std::string queue(table->get(row, "name"));
        if (!is_one_word(queue)) continue;
        if (++asked > kMostQueues)
            return spoil_snapshot({Error::Kind::invalid, "FreeSWITCH has more queues than can be listed"});
        send(Asked::callers, "api callcenter_config queue list members " + queue, now, queue);
    }
}

void EslSession::on_callers(const std::string& queue, const EslFrame& frame, Now now) {
    const auto table = EslTable::read(answer_of(frame));
    if (!table) return spoil_snapshot(table.error());
    for (std::size_t row = 0; row < table->rows(); ++row)
        if (const auto caller = listed_caller(*table, row, queue, now.wall)) sink_.on_signal(*caller);
}

void EslSession::on_registrations(const EslFrame& frame, Now now) {
    const auto registrations = read_registrations(answer_of(frame));
    if (!registrations) {
        ++counts_.unreadable;
        return;
    }
    for (const auto& one : *registrations) signals_.on_registration_listed(one.user, one.contact, now.wall);
}

void EslSession::end_snapshot_if_done(Now now) {
    if (!in_snapshot_ || !waiting_.empty()) return;
    in_snapshot_ = false;
    unnamed_.clear();
    ExchangeSignal ends;
    ends.kind = ExchangeSignalKind::snapshot_ends;
    ends.captured = ends.collected = now.wall;
    ends.cause = spoiled_;
    sink_.on_signal(ends);
    if (spoiled_.empty()) ++counts_.snapshots;
}

}  // namespace callboard
