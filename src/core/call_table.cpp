#include "core/call_table.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace callboard {
namespace {

constexpr std::string_view kAnonymous = "anonymous";
/// Mirrors may show the second dialog before the first.
constexpr Duration kDisorder = std::chrono::milliseconds(300);

/// The same for a caller however it is written.
std::size_t key_of(std::string_view caller) {
    constexpr std::size_t kEndings = 10'000;
    const auto ending = ending_of(caller);
    return ending ? *ending : kEndings + std::hash<std::string_view>()(caller) / 2;
}

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
    by_call_id_.emplace(made.call_id, std::move(call));
    return made;
}

void CallTable::erase(SipCall& call) {
    unindex_caller(call);
    if (const auto made = by_origin_.find(call.origin); made != by_origin_.end()) {
        std::erase(made->second, call.key);
        if (made->second.empty()) by_origin_.erase(made);
    }
    by_key_.erase(call.key);
    forget_stale();
    by_call_id_.erase(by_call_id_.find(call.call_id));
}

void CallTable::set_deadline(SipCall& call, Time deadline) {
    call.deadline = deadline;
    schedule(call);
}

void CallTable::move_deadlines(Duration by) {
    for (const auto& [key, call] : by_key_) {
        if (call->kept_until != Time{}) call->kept_until += by;
        set_deadline(*call, call->deadline + by);
    }
}

void CallTable::schedule(SipCall& call) {
    const bool keeps = call.kept_until != Time{};
    call.wake = keeps ? std::min(call.deadline, call.kept_until) : call.deadline;
    // Most deadlines are put off again and again, so a later one is only entered when this one has come.
    if (call.queued != Time{} && call.queued <= call.wake) return;
    queue(call);
    forget_stale();
}

void CallTable::queue(SipCall& call) {
    call.queued = call.wake;
    deadlines_.push_back({call.wake, call.key});
    std::push_heap(deadlines_.begin(), deadlines_.end(), std::greater<>());
}

bool CallTable::is_stale(const Deadline& entry) {
    const SipCall* call = find(entry.key);
    return call == nullptr || call->queued != entry.time;
}

void CallTable::drop_first() {
    std::pop_heap(deadlines_.begin(), deadlines_.end(), std::greater<>());
    deadlines_.pop_back();
}

/// Makes the first entry one that is true, if there is any.
void CallTable::correct_first() {
    while (!deadlines_.empty()) {
        const Deadline first = deadlines_.front();
        if (is_stale(first)) {
            drop_first();
            continue;
        }
        SipCall& call = *find(first.key);
        if (call.wake == first.time) return;
        drop_first();
        queue(call);
    }
}

/// An answered call would leave an entry hours ahead when it ends: when most entries are such, all of them
/// go.
void CallTable::forget_stale() {
    constexpr std::size_t kFew = 64;
    if (deadlines_.size() <= 2 * size() + kFew) return;
    std::erase_if(deadlines_, [this](const Deadline& entry) { return is_stale(entry); });
    std::sort(deadlines_.begin(), deadlines_.end());  // which makes a heap as well
    deadlines_.erase(std::unique(deadlines_.begin(), deadlines_.end()), deadlines_.end());
}

SipCall* CallTable::due(Time now) {
    correct_first();
    if (deadlines_.empty() || deadlines_.front().time > now) return nullptr;
    SipCall* call = find(deadlines_.front().key);
    call->queued = {};
    drop_first();
    return call;
}

SipCall* CallTable::nearest() {
    correct_first();
    return deadlines_.empty() ? nullptr : find(deadlines_.front().key);
}

void CallTable::index_caller(SipCall& call) {
    unindex_caller(call);
    call.indexed = true;
    call.indexed_anonymous = call.calling == kAnonymous && call.identity != kAnonymous;
    call.caller_key = key_of(call.identity);
    by_caller_[call.caller_key].push_back(call.key);
    if (call.indexed_anonymous) by_caller_[key_of(kAnonymous)].push_back(call.key);
}

void CallTable::unindex_caller(SipCall& call) {
    const auto remove = [&](std::size_t key) {
        const auto found = by_caller_.find(key);
        std::erase(found->second, call.key);
        if (found->second.empty()) by_caller_.erase(found);
    };
    if (std::exchange(call.indexed, false)) remove(call.caller_key);
    if (std::exchange(call.indexed_anonymous, false)) remove(key_of(kAnonymous));
}

SipCall* CallTable::origin_of(const SipCall& call, std::string_view line,
                              const std::function<void(SipCall&)>& name) {
    SipCall* best = nullptr;
    int best_score = -1;
    const auto consider = [&](std::string_view caller, bool hidden) {
        const auto found = by_caller_.find(key_of(caller));
        if (found == by_caller_.end()) return;
        for (const std::uint64_t key : found->second) {
            SipCall* other = find(key);
            if (other == &call || other->over || !other->called.empty() || other->origin != 0) continue;
            if (other->begun > call.begun + kDisorder) continue;
            name(*other);
            if (other->identity != caller && !(hidden && other->calling == kAnonymous)) continue;
            const int score = (other->dialed == line ? 4 : 0) + (same_exchange(*other, call) ? 2 : 0) +
                              (other->answered ? 0 : 1);
            if (score > best_score || (score == best_score && other->begun >= best->begun)) {
                best = other;
                best_score = score;
            }
        }
    };
    consider(call.identity, false);
    if (call.identity == kAnonymous || call.calling == kAnonymous) consider(kAnonymous, true);
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
    const bool is_caller = &leg == &call.caller;
    SipCall* const own = find(call.key);
    if (!is_caller && call.caller.line == leg.line) others.push_back({own, &own->caller});
    if (is_caller)
        for (Leg& candidate : own->called)
            if (candidate.line == leg.line) others.push_back({own, &candidate});
    const auto made = by_origin_.find(call.origin);
    if (made == by_origin_.end() || made->second.size() < 2 || is_caller) return others;
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
