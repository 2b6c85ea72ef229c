#include "delivery/webhook/lifecycle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "event/json.hpp"

namespace callboard::webhook {
namespace {

constexpr std::array<std::string_view, 4> kNames = {event_name::call_missed, event_name::call_ended,
                                                    event_name::queue_abandoned,
                                                    event_name::threshold_crossed};

/// What SIP says of a branch that rang in vain because another was answered (RFC 3326 §3.1).
constexpr std::string_view kElsewhere = "Call completed elsewhere";

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// A JSON object, member by member.
class Members {
  public:
    Members& text(std::string_view name, std::string_view value) {
        begin(name);
        append_json_string(out_, value);
        return *this;
    }
    Members& truth(std::string_view name, bool value) {
        begin(name);
        out_ += value ? "true" : "false";
        return *this;
    }
    Members& time(std::string_view name, std::optional<Time> value) {
        begin(name);
        out_ += value ? std::to_string(nanoseconds_since_epoch(*value)) : "null";
        return *this;
    }
    /// Seconds with three decimals.
    Members& number(std::string_view name, std::optional<double> value) {
        begin(name);
        out_ += value ? fmt::format("{:.3f}", *value) : "null";
        return *this;
    }
    std::string take() { return std::move(out_ += '}'); }

  private:
    void begin(std::string_view name) {
        out_.append(1, out_.empty() ? '{' : ',').append(1, '"').append(name).append("\":");
    }
    std::string out_;
};

Record told_of(std::string_view name, Sequence sequence, Time at, Protocol protocol, std::string account,
               std::string ressource, std::string details, std::string data) {
    Record record;
    record.sequence = sequence;
    record.timestamp = at;
    record.protocol = protocol;
    record.native = true;
    record.name = name;
    record.account = std::move(account);
    record.ressource = std::move(ressource);
    record.details = std::move(details);
    record.data = std::move(data);
    return record;
}

std::string call_data(std::string_view event, const Call& call, Time ended, std::string_view reason) {
    const auto wait = call.answered ? *call.answered - call.started : ended - call.started;
    return Members()
        .truth("Answered", call.answered.has_value())
        .time("AnsweredAt", call.answered)
        .text("CallId", call.call_id)
        .text("Called", call.called)
        .text("Calling", call.calling)
        .text("Dialed", call.dialed)
        .text("Direction", call.incoming ? "in" : "out")
        .time("EndedAt", ended)
        .text("Event", event)
        .text("Reason", reason)
        .time("StartedAt", call.started)
        .number("TalkSeconds", call.answered ? seconds(ended - *call.answered) : 0)
        .number("WaitSeconds", seconds(wait))
        .take();
}

const WaitingCaller* waiting(const Queue& queue, std::string_view uuid) {
    const auto found = std::find_if(queue.waiting.begin(), queue.waiting.end(),
                                    [uuid](const WaitingCaller& one) { return one.uuid == uuid; });
    return found == queue.waiting.end() ? nullptr : &*found;
}

/// The exchange's own times, where it gives them both.
std::optional<Duration> wait_told(const QueueData& data) {
    const auto joined = time_from_seconds(data.get("QueueMemberJoinedTime"));
    const auto left = time_from_seconds(data.get("QueueMemberLeavingTime"));
    if (!joined || !left || nanoseconds_since_epoch(*joined) <= 0 || *left < *joined) return std::nullopt;
    return *left - *joined;
}

}  // namespace

bool is_lifecycle(std::string_view event) {
    return std::find(kNames.begin(), kNames.end(), event) != kNames.end();
}

std::vector<Record> Lifecycle::apply(const Event& event, const Record& record, const Thresholds& thresholds) {
    std::vector<Record> told;
    const Time at = std::max(record.timestamp, now_);
    pass(at - Duration(1), thresholds, told);
    now_ = at;
    sequence_ = record.sequence;
    for (Record& one : told) one.sequence = sequence_;
    if (const auto* data = std::get_if<LineData>(&event.data))
        line(event, *data, record, told);
    else
        queue(event, std::get<QueueData>(event.data), record, told);
    callboard::apply(state_, event, record.sequence, at, zone_);
    if (event.protocol == Protocol::queues) {
        if (thresholds.contains(event.ressource)) {
            auto& watched = watched_[event.ressource];
            watched.account = record.account;
            watched.details = record.details;
        }
        count_waiting(event.ressource, thresholds, told);
    }
    return told;
}

void Lifecycle::line(const Event& event, const LineData& data, const Record& record,
                     std::vector<Record>& told) {
    namespace name = callboard::event_name;
    const auto same = [&](const Unanswered& one) {
        return one.call.call_id == data.call_id && one.call.line == event.ressource;
    };
    if (event.name == name::start_ringing || event.name == name::start_calling ||
        event.name == name::start_hold)
        std::erase_if(unanswered_, same);
    const bool rang = event.name == name::end_ringing;
    if (!rang && event.name != name::end_calling) return;
    const Call* call = call_of(state_, event.ressource, data.call_id);
    if (call == nullptr) return;
    if (rang) {
        if (call->status != LineStatus::ringing) return;
        if (unanswered_.size() >= kMostUnanswered) {
            told.push_back(unanswered(unanswered_.front()));
            unanswered_.pop_front();
        }
        unanswered_.push_back({now_ + kAnswerFollows, now_, *call, event.protocol, data.relevant_info,
                               record.account, record.details});
        return;
    }
    told.push_back(told_of(event_name::call_ended, sequence_, now_, event.protocol, record.account,
                           event.ressource, record.details,
                           call_data(event_name::call_ended, *call, now_, data.relevant_info)));
}

Record Lifecycle::unanswered(const Unanswered& one) const {
    const bool missed = one.call.incoming && one.reason.find(kElsewhere) == std::string::npos;
    const auto name = missed ? event_name::call_missed : event_name::call_ended;
    return told_of(name, sequence_, one.ended, one.protocol, one.account, one.call.line, one.details,
                   call_data(name, one.call, one.ended, one.reason));
}

void Lifecycle::queue(const Event& event, const QueueData& data, const Record& record,
                      std::vector<Record>& told) {
    if (event.name != "member-queue-end" || data.get("QueueCause") != "Cancel") return;
    const std::string_view uuid = data.get("QueueMemberUUID");
    const auto known = state_.queues.find(event.ressource);
    const WaitingCaller* caller = nullptr;
    if (known != state_.queues.end()) {
        caller = waiting(known->second, uuid);
        const auto& lost = known->second.lost;
        // Told twice it is one caller, unless the caller came back in between.
        if (caller == nullptr && std::find(lost.begin(), lost.end(), uuid) != lost.end()) return;
    }
    if (uuid.empty()) return;
    auto wait = wait_told(data);
    if (!wait && caller != nullptr) wait = now_ - caller->joined;
    const std::string_view calling = data.get("Calling");
    told.push_back(
        told_of(event_name::queue_abandoned, sequence_, now_, event.protocol, record.account, event.ressource,
                record.details,
                Members()
                    .text("CancelReason", data.get("QueueCancelReason"))
                    .text("Calling",
                          calling.empty() && caller != nullptr ? std::string_view(caller->calling) : calling)
                    .time("EndedAt", now_)
                    .text("Event", event_name::queue_abandoned)
                    .text("Queue", event.ressource)
                    .text("QueueMemberUUID", uuid)
                    .number("WaitSeconds", wait ? std::optional<double>(seconds(*wait)) : std::nullopt)
                    .take()));
}

std::vector<Record> Lifecycle::until(Time now, const Thresholds& thresholds) {
    std::vector<Record> told;
    pass(now, thresholds, told);
    return told;
}

/// Everything that falls due up to `until`, the earliest first.
void Lifecycle::pass(Time until, const Thresholds& thresholds, std::vector<Record>& told) {
    for (auto due = next(thresholds); due && *due <= until; due = next(thresholds)) {
        now_ = std::max(now_, *due);
        if (!unanswered_.empty() && unanswered_.front().due <= *due) {
            told.push_back(unanswered(unanswered_.front()));
            unanswered_.pop_front();
            continue;
        }
        for (auto& [number, watched] : watched_)
            if (const auto at = too_long_at(number, watched, thresholds); at && *at <= *due) {
                const Duration limit = *thresholds.find(number)->second.longest_wait;
                cross(number, watched, &Watched::long_wait, "longest_wait", seconds(limit), seconds(limit),
                      told);
            }
    }
    now_ = std::max(now_, until);
}

std::optional<Time> Lifecycle::next(const Thresholds& thresholds) const {
    std::optional<Time> earliest;
    if (!unanswered_.empty()) earliest = unanswered_.front().due;
    for (const auto& [number, watched] : watched_)
        if (const auto at = too_long_at(number, watched, thresholds); at && (!earliest || *at < *earliest))
            earliest = at;
    return earliest;
}

/// When the caller who waits longest has waited too long, unless that was told.
std::optional<Time> Lifecycle::too_long_at(const std::string& number, const Watched& watched,
                                           const Thresholds& thresholds) const {
    const auto threshold = thresholds.find(number);
    if (watched.long_wait || threshold == thresholds.end() || !threshold->second.longest_wait)
        return std::nullopt;
    const auto queue = state_.queues.find(number);
    if (queue == state_.queues.end() || queue->second.waiting.empty()) return std::nullopt;
    return queue->second.waiting.front().joined + *threshold->second.longest_wait;
}

void Lifecycle::count_waiting(std::string_view number, const Thresholds& thresholds,
                              std::vector<Record>& told) {
    const auto threshold = thresholds.find(number);
    const auto queue = state_.queues.find(number);
    if (threshold == thresholds.end() || queue == state_.queues.end()) return;
    const auto& waiting = queue->second.waiting;
    Watched& watched = watched_[threshold->first];
    if (const auto limit = threshold->second.waiting; limit && watched.many != (waiting.size() >= *limit))
        cross(threshold->first, watched, &Watched::many, "waiting", static_cast<double>(*limit),
              static_cast<double>(waiting.size()), told);
    const auto limit = threshold->second.longest_wait;
    const Duration longest = waiting.empty() ? Duration::zero() : now_ - waiting.front().joined;
    if (limit && watched.long_wait && longest < *limit)
        cross(threshold->first, watched, &Watched::long_wait, "longest_wait", seconds(*limit),
              seconds(longest), told);
}

void Lifecycle::cross(const std::string& queue, Watched& watched, bool Watched::*mark, std::string_view what,
                      double limit, double value, std::vector<Record>& told) {
    watched.*mark = !(watched.*mark);
    told.push_back(told_of(event_name::threshold_crossed, sequence_, now_, Protocol::queues, watched.account,
                           queue, watched.details,
                           Members()
                               .text("Direction", watched.*mark ? "above" : "below")
                               .text("Event", event_name::threshold_crossed)
                               .number("Limit", limit)
                               .text("Queue", queue)
                               .text("Threshold", what)
                               .number("Value", value)
                               .take()));
}

}  // namespace callboard::webhook
