#include "sources/asterisk/ami_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "sources/asterisk/ami_action.hpp"

namespace callboard {
namespace {

constexpr std::string_view kCallId = "CHANNEL(pjsip,call-id)";
constexpr std::string_view kPresentation = "CALLERID(num-pres)";

/// What is up. An Asterisk without app_queue knows no queues, one without chan_sip no peers of it.
struct ListAction {
    std::string_view action;
    bool optional;
};
constexpr std::array<ListAction, 4> kLists = {
    {{"CoreShowChannels", false}, {"QueueStatus", true}, {"PJSIPShowContacts", true}, {"SIPpeers", true}}};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

AmiSession::AmiSession(Settings settings, Steady now)
    : settings_(std::move(settings)), state_until_(now + kLoginPatience), heard_(now) {}

std::string AmiSession::take_output() { return std::exchange(output_, {}); }

std::string AmiSession::new_id() { return fmt::format("callboard-{}", ++last_id_); }

void AmiSession::fail(Error::Kind kind, std::string what) {
    if (!failure_) failure_ = Error{kind, std::move(what)};
}

void AmiSession::take(std::string_view bytes, Steady now, Time collected) {
    if (bytes.empty() || failure_) return;
    heard_ = now;
    pinged_ = false;
    stream_.feed(bytes);
    AmiFrame frame;
    while (!failure_ && stream_.next(frame)) {
        ++frames_;
        take_frame(std::move(frame), now, collected);
    }
    if (stream_.foreign()) fail(Error::Kind::invalid, "what answers there is no Asterisk manager interface");
    if (state_ == State::banner && !stream_.banner().empty()) greet(now);
    release(now);
}

void AmiSession::take_frame(AmiFrame frame, Steady now, Time collected) {
    if (state_ == State::banner) greet(now);
    if (state_ != State::up) {
        if (frame.has("Response")) take_login_answer(frame, now);
        return;  // events before the login belong to nobody
    }
    if (frame.has("ActionID") && take_answer(frame, now, collected)) return;
    if (frame.has("Response")) return;  // a Pong, or late
    take_event(std::move(frame), now, collected);
}

void AmiSession::greet(Steady now) {
    state_ = State::challenge;
    state_until_ = now + kChallengePatience;
    AmiAction action("Challenge");
    action.with("ActionID", login_id_ = new_id());
    action.with("AuthType", "MD5");
    output_ += action.text();
}

void AmiSession::log_in(std::string_view challenge, Steady now) {
    state_ = State::login;
    state_until_ = now + kLoginPatience;
    AmiAction action("Login");
    action.with("ActionID", login_id_ = new_id());
    action.with("Username", settings_.username);
    const std::string key = challenge.empty() ? "" : ami_login_key(challenge, settings_.secret.reveal());
    if (key.empty()) {
        action.with("Secret", settings_.secret.reveal());
    } else {
        action.with("AuthType", "MD5");
        action.with("Key", key);
    }
    action.with("Events", "on");
    output_ += action.text();
}

void AmiSession::take_login_answer(const AmiFrame& frame, Steady now) {
    const bool accepted = frame.get("Response") == "Success";
    const std::string_view message = frame.get("Message");
    if (accepted && contains(message, "Authentication accepted")) return logged_in_now(now);
    if (frame.has("ActionID") && frame.get("ActionID") != login_id_) return;
    if (state_ == State::challenge) return log_in(accepted ? frame.get("Challenge") : "", now);
    if (accepted) return logged_in_now(now);
    fail(Error::Kind::denied,
         fmt::format("it refuses the user \"{}\" ({}); check username and secret against manager.conf, and "
                     "that its permit lines let this machine in",
                     settings_.username, message.empty() ? "no reason given" : message.substr(0, 100)));
}

void AmiSession::logged_in_now(Steady now) {
    state_ = State::up;
    snapshot_due_ = now + kBootPatience;
}

bool AmiSession::take_answer(AmiFrame& frame, Steady now, Time collected) {
    const std::string id(frame.get("ActionID"));
    if (lists_.contains(id)) return take_list_frame(id, frame, now, collected), true;
    if (questions_.contains(id)) return take_variable(id, frame), true;
    return false;
}

void AmiSession::take_list_frame(const std::string& id, AmiFrame& frame, Steady now, Time collected) {
    List& list = lists_.find(id)->second;
    if (frame.has("Response")) {
        if (frame.get("Response") == "Success") return;
        const std::string_view message = frame.get("Message");
        // "No such command", "nothing to list" and "you may not" are answers too.
        return finish_list(
            id,
            list.optional ? std::string() : fmt::format("{} failed: {}", list.action, message.substr(0, 100)),
            collected);
    }
    if (frame.get("EventList") != "Complete" && !frame.event().ends_with("Complete")) {
        ++list.items;
        const std::uint64_t number = frame.event() == "CoreShowChannel" ? ask_about(frame, now) : 0;
        return hold({AmiNews::Kind::listed, std::move(frame), collected, {}}, number);
    }
    const auto promised = number_in<std::size_t>(frame.get("ListItems"));
    finish_list(id,
                promised && *promised != list.items
                    ? fmt::format("{} brought {} of {} entries", list.action, list.items, *promised)
                    : std::string(),
                collected);
}

void AmiSession::finish_list(const std::string& id, std::string failure, Time collected) {
    if (!failure.empty() && snapshot_failure_.empty()) snapshot_failure_ = std::move(failure);
    lists_.erase(id);
    if (lists_.empty()) finish_snapshot(collected);
}

void AmiSession::begin_snapshot(Steady now, Time wall) {
    snapshot_due_ = now + kSnapshotEvery;
    snapshot_until_ = now + kListPatience;
    in_snapshot_ = true;
    snapshot_failure_.clear();
    // Whose answer nobody waits for any more; it will not come.
    std::erase_if(questions_, [this](const auto& entry) { return !waiting_.contains(entry.second.waiting); });
    hold({AmiNews::Kind::snapshot_begins, {}, wall, {}}, 0);
    for (const auto& [action, optional] : kLists) {
        const std::string id = new_id();
        lists_.emplace(id, List{action, optional, 0});
        output_ += AmiAction(action).with("ActionID", id).text();
    }
}

void AmiSession::finish_snapshot(Time collected) {
    in_snapshot_ = false;
    lists_.clear();
    hold({AmiNews::Kind::snapshot_ends, {}, collected, std::exchange(snapshot_failure_, {})}, 0);
}

void AmiSession::take_event(AmiFrame frame, Steady now, Time collected) {
    const std::string_view event = frame.event();
    if (event == "Shutdown") shutting_down_ = true;
    if (event == "FullyBooted") snapshot_due_ = std::min(snapshot_due_, now);
    if (event == "Hangup") known_.erase(std::string(frame.get("Uniqueid")));
    const std::uint64_t number = event == "Newchannel" ? ask_about(frame, now) : 0;
    hold({AmiNews::Kind::event, std::move(frame), collected, {}}, number);
}

/// Asks for what no event tells of this channel. The key of what its frame has to wait for; 0: nothing.
std::uint64_t AmiSession::ask_about(const AmiFrame& frame, Steady now) {
    const std::string_view channel = frame.get("Channel");
    if (!asking_ || questions_.size() >= kMostQuestions || known_.size() >= kMostChannels) return 0;
    const bool call_id = channel.starts_with("PJSIP/") && frame.channel_variable(kCallId).empty();
    const bool called_in = frame.get("ChannelState") != "0" && !channel.starts_with("Local/") &&
                           !frame.get("Application").starts_with("App");
    const bool presentation = called_in && frame.channel_variable(kPresentation).empty();
    if (!call_id && !presentation) return 0;
    if (!known_.insert(std::string(frame.get("Uniqueid"))).second) return 0;
    const std::uint64_t number = ++last_waiting_;
    waiting_[number] = {(call_id ? 1 : 0) + (presentation ? 1 : 0), now + kPatience};
    if (call_id) ask(channel, kCallId, number);
    if (presentation) ask(channel, kPresentation, number);
    return number;
}

void AmiSession::ask(std::string_view channel, std::string_view variable, std::uint64_t number) {
    const std::string id = new_id();
    questions_.emplace(id, Question{number, std::string(variable)});
    output_ +=
        AmiAction("Getvar").with("ActionID", id).with("Channel", channel).with("Variable", variable).text();
}

void AmiSession::take_variable(const std::string& id, const AmiFrame& frame) {
    const Question question = std::move(questions_.find(id)->second);
    questions_.erase(id);
    unanswered_ = 0;
    const std::string_view message = frame.get("Message");
    const bool known = frame.get("Response") == "Success";
    // A channel that is gone already is no reason to stop.
    if (!known && (contains(message, "ermission denied") || contains(message, "unknown command")))
        stop_asking();
    const auto waiting = waiting_.find(question.waiting);
    if (waiting == waiting_.end()) return;
    --waiting->second.answers;
    if (!known || frame.get("Value").empty()) return;
    const auto held = std::find_if(held_.begin(), held_.end(),
                                   [&](const Held& entry) { return entry.number == question.waiting; });
    if (held == held_.end()) return;
    held->news.frame.add("ChanVariable", fmt::format("{}={}", question.variable, frame.get("Value")));
}

void AmiSession::hold(AmiNews news, std::uint64_t number) { held_.push_back({std::move(news), number}); }

/// Gives up waiting for what is late.
void AmiSession::release(Steady now) {
    for (const Held& entry : held_) {
        if (entry.number == 0) continue;
        const auto waiting = waiting_.find(entry.number);
        if (waiting == waiting_.end()) continue;
        if (waiting->second.until > now && held_.size() <= kMostHeld) break;  // later ones wait longer
        if (waiting->second.answers > 0 && waiting->second.until <= now && ++unanswered_ >= kMostUnanswered)
            stop_asking();
        waiting->second.answers = 0;
    }
    if (!asking_) {
        waiting_.clear();
        questions_.clear();
    }
}

std::optional<AmiNews> AmiSession::next() {
    if (held_.empty()) return std::nullopt;
    Held& first = held_.front();
    if (const auto waiting = waiting_.find(first.number); waiting != waiting_.end()) {
        if (waiting->second.answers > 0) return std::nullopt;
        waiting_.erase(waiting);
    }
    std::optional<AmiNews> news(std::move(first.news));
    held_.pop_front();
    return news;
}

void AmiSession::on_time(Steady now, Time wall) {
    if (failure_) return;
    if (state_ != State::up) {
        if (now < state_until_) return;
        if (state_ == State::challenge) return log_in("", now);
        return fail(Error::Kind::unavailable, state_ == State::banner
                                                  ? "it accepts the connection and says nothing"
                                                  : "it does not answer the login");
    }
    release(now);
    if (in_snapshot_ && now >= snapshot_until_) {
        if (snapshot_failure_.empty())
            snapshot_failure_ = lists_.empty()
                                    ? "no answer"
                                    : fmt::format("{} was not answered", lists_.begin()->second.action);
        finish_snapshot(wall);
    }
    if (!in_snapshot_ && now >= snapshot_due_) begin_snapshot(now, wall);
    if (now - heard_ >= kSilence) return fail(Error::Kind::unavailable, "it has been silent for too long");
    if (now - heard_ >= kQuiet && !std::exchange(pinged_, true))
        output_ += AmiAction("Ping").with("ActionID", new_id()).text();
}

}  // namespace callboard
