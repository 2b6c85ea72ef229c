#include "core/call_table.hpp"

#include <algorithm>

namespace callboard {
namespace {

constexpr std::string_view kAnonymous = "anonymous";
/// Mirrors may show the second dialog before the first.
constexpr Duration kDisorder = std::chrono::milliseconds(300);

bool same_exchange(const SipCall& origin, const SipCall& call) {
    if (call.hops.empty()) return false;
    return std::any_of(origin.hops.begin(), origin.hops.end(), [&call](const Hop& hop) {
        return hop.destination.address == call.hops.front().source.address;
    });
}

bool shares_device(const SipCall& call, const Leg& leg, const SipCall& other, const Leg& other_leg) {
    const auto reaches = [](const SipCall& in, const Leg& one, const SipEndpoint& device) {
        return std::any_of(in.hops.begin(), in.hops.end(), [&](const Hop& hop) {
            return hop.leg == &one - in.called.data() && hop.destination == device;
        });
    };
    return std::any_of(call.hops.begin(), call.hops.end(), [&](const Hop& hop) {
        return hop.leg == &leg - call.called.data() && reaches(other, other_leg, hop.destination);
    });
}

}  // namespace

SipCall* CallTable::find(std::string_view call_id) {
    const auto found = by_call_id_.find(call_id);
    return found == by_call_id_.end() ? nullptr : found->second.get();
}

SipCall* CallTable::find(std::uint64_t key) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
}

SipCall& CallTable::add(std::string_view call_id, Time now) {
    auto call = std::make_unique<SipCall>();
    call->call_id = call_id;
    call->key = ++last_key_;
    call->begun = now;
    SipCall& made = *call;
    by_key_.emplace(made.key, &made);
    by_call_id_.emplace(std::string(call_id), std::move(call));
    return made;
}

void CallTable::erase(const SipCall& call) {
    unindex_caller(call);
    if (const auto made = by_origin_.find(call.origin); made != by_origin_.end()) {
        std::erase(made->second, call.key);
        if (made->second.empty()) by_origin_.erase(made);
    }
    by_key_.erase(call.key);
    by_call_id_.erase(by_call_id_.find(std::string_view(call.call_id)));
}

void CallTable::set_deadline(SipCall& call, Time deadline) {
    call.deadline = deadline;
    schedule(call);
}

void CallTable::schedule(SipCall& call) {
    const bool keeps = call.kept_until != Time{};
    call.wake = keeps ? std::min(call.deadline, call.kept_until) : call.deadline;
    deadlines_.push({call.wake, call.key});
}

/// Entries stay in the queue when a deadline moves; the one that counts is the call's own.
void CallTable::drop_stale() {
    while (!deadlines_.empty()) {
        const SipCall* call = find(deadlines_.top().key);
        if (call != nullptr && call->wake == deadlines_.top().time) return;
        deadlines_.pop();
    }
}

SipCall* CallTable::due(Time now) {
    drop_stale();
    if (deadlines_.empty() || deadlines_.top().time > now) return nullptr;
    SipCall* call = find(deadlines_.top().key);
    deadlines_.pop();
    return call;
}

SipCall* CallTable::nearest() {
    drop_stale();
    return deadlines_.empty() ? nullptr : find(deadlines_.top().key);
}

void CallTable::index_caller(SipCall& call) {
    const auto add_under = [&](std::string_view name) {
        auto& keys = by_caller_.try_emplace(std::string(name)).first->second;
        if (std::find(keys.begin(), keys.end(), call.key) == keys.end()) keys.push_back(call.key);
    };
    add_under(call.identity);
    if (call.calling == kAnonymous) add_under(kAnonymous);
}

void CallTable::unindex_caller(const SipCall& call) {
    for (const std::string_view name : {std::string_view(call.identity), kAnonymous}) {
        const auto found = by_caller_.find(name);
        if (found == by_caller_.end()) continue;
        std::erase(found->second, call.key);
        if (found->second.empty()) by_caller_.erase(found);
    }
}

SipCall* CallTable::origin_of(const SipCall& call, std::string_view line) {
    SipCall* best = nullptr;
    int best_score = -1;
    for (const std::string_view name : {std::string_view(call.identity), kAnonymous}) {
        const auto found = by_caller_.find(name);
        if (found == by_caller_.end() ||
            (name == kAnonymous && call.identity != kAnonymous && call.calling != kAnonymous))
            continue;
        for (const std::uint64_t key : found->second) {
            SipCall* other = find(key);
            if (other == nullptr || other == &call || other->over || !other->called.empty() ||
                other->origin != 0)
                continue;
            if (other->begun > call.begun + kDisorder) continue;
            const int score = (other->dialed == line ? 4 : 0) + (same_exchange(*other, call) ? 2 : 0) +
                              (other->answered ? 0 : 1);
            if (score > best_score || (score == best_score && other->begun >= best->begun)) {
                best = other;
                best_score = score;
            }
        }
    }
    return best;
}

void CallTable::set_origin(SipCall& call, const SipCall& origin) {
    call.origin = origin.key;
    by_origin_[origin.key].push_back(call.key);
}

SipCall* CallTable::made_for(const SipCall& origin) {
    const auto made = by_origin_.find(origin.key);
    if (made == by_origin_.end()) return nullptr;
    SipCall* latest = nullptr;
    for (const std::uint64_t key : made->second) {
        SipCall* call = find(key);
        if (!call->over && call->answered && (latest == nullptr || call->key > latest->key)) latest = call;
    }
    return latest;
}

std::vector<CallTable::DialogLeg> CallTable::other_devices(const SipCall& call, const Leg& leg) {
    std::vector<DialogLeg> others;
    const auto made = by_origin_.find(call.origin);
    if (made == by_origin_.end() || made->second.size() < 2 || &leg == &call.caller) return others;
    for (const std::uint64_t key : made->second) {
        SipCall* other = find(key);
        if (other == &call) continue;
        for (Leg& candidate : other->called)
            if (candidate.line == leg.line && !shares_device(call, leg, *other, candidate))
                others.push_back({other, &candidate});
    }
    return others;
}

}  // namespace callboard
