#include "history/callbacks.hpp"

#include <algorithm>
#include <utility>

namespace callboard {

CallbackList::CallbackList(Time from, Time to, std::vector<CallbackTick> ticks,
                           std::function<bool(std::string_view)> is_ours)
    : from_(from), to_(to), is_ours_(std::move(is_ours)) {
    for (CallbackTick& tick : ticks) ticks_[tick.number] = std::move(tick);
}

CallbackList::Caller* CallbackList::caller(const std::string& number) {
    if (number.empty() || number == "anonymous") return nullptr;
    if (const auto found = callers_.find(number); found != callers_.end()) return &found->second;
    if (full() || is_ours_(number)) return nullptr;
    return &callers_[number];
}

void CallbackList::add(const HistoryRow& row) {
    if (row.answered) {
        const auto answered = [this, &row](const std::string& number) {
            if (Caller* const found = caller(number))
                found->answered = std::max(found->answered, *row.answered);
        };
        if (row.incoming) return answered(row.calling);
        answered(row.called);
        if (row.dialed != row.called) answered(row.dialed);
        return;
    }
    // A phone that a queue rang in vain is no attempt of its own.
    if (!is_lost(row) || row.parent != Time{} || row.started < from_ || row.started >= to_) return;
    Caller* const found = caller(row.calling);
    if (found == nullptr || found->attempts.size() >= kMostAttempts) return;
    found->attempts.push_back({row.started, row.call_id, row.line,
                               row.kind == HistoryRow::Kind::visit ? row.queue : std::string(), row.waited});
}

std::optional<Callback> CallbackList::entry(const std::string& number, const Caller& caller) const {
    const auto tick = ticks_.find(number);
    const Time ticked = tick == ticks_.end() ? Time{} : tick->second.through;
    const bool again = std::any_of(caller.attempts.begin(), caller.attempts.end(), [&](const Attempt& one) {
        return one.at > ticked && one.at > caller.answered;
    });
    Callback entry;
    entry.number = number;
    std::map<std::string, Time> calls;  // several of our lines may have rung for one
    for (const Attempt& attempt : caller.attempts) {
        if (attempt.at <= caller.answered || (again && attempt.at <= ticked)) continue;
        calls.emplace(attempt.call_id, attempt.at);
        if (entry.last == Time{} || attempt.at < entry.first) entry.first = attempt.at;
        entry.longest_wait = std::max(entry.longest_wait, attempt.waited);
        if (attempt.at < entry.last) continue;
        entry.last = entry.through = attempt.at;
        entry.line = attempt.line;
        entry.queue = attempt.queue;
    }
    if (calls.empty()) return std::nullopt;
    entry.attempts = calls.size();
    if (!again && ticked != Time{}) entry.done = tick->second;
    return entry;
}

std::vector<Callback> CallbackList::entries() const {
    std::vector<Callback> all;
    for (const auto& [number, caller] : callers_)
        if (auto one = entry(number, caller)) all.push_back(*std::move(one));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.last > b.last; });
    return all;
}

}  // namespace callboard
