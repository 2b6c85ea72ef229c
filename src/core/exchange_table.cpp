#include "core/exchange_table.hpp"

#include <algorithm>

namespace callboard {

ExchangeCall* ExchangeTable::find(std::string_view id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second.get();
}

ExchangeCall& ExchangeTable::add(std::string_view id, Time deadline) {
    auto made = std::make_unique<ExchangeCall>();
    ExchangeCall& call = *made;
    call.id = id;
    call.key = ++last_key_;
    call.deadline = deadline;
    by_deadline_.emplace(std::pair(deadline, call.key), &call);
    by_id_.emplace(std::string(id), std::move(made));
    return call;
}

void ExchangeTable::erase(ExchangeCall& call) {
    set_bridge(call, {});
    set_parent(call, {});
    by_deadline_.erase({call.deadline, call.key});
    by_id_.erase(by_id_.find(std::string_view(call.id)));
}

void ExchangeTable::set_deadline(ExchangeCall& call, Time deadline) {
    by_deadline_.erase({call.deadline, call.key});
    call.deadline = deadline;
    by_deadline_.emplace(std::pair(deadline, call.key), &call);
}

ExchangeCall* ExchangeTable::due(Time now) {
    ExchangeCall* call = nearest();
    return call != nullptr && call->deadline <= now ? call : nullptr;
}

ExchangeCall* ExchangeTable::nearest() {
    return by_deadline_.empty() ? nullptr : by_deadline_.begin()->second;
}

void ExchangeTable::put_in(StringMap<Members>& map, const std::string& key, ExchangeCall& call) {
    if (key.empty()) return;
    Members& members = map[key];
    if (members.size() < kMostTogether) members.push_back(&call);
}

void ExchangeTable::take_out(StringMap<Members>& map, std::string_view key, const ExchangeCall& call) {
    const auto found = map.find(key);
    if (found == map.end()) return;
    std::erase(found->second, &call);
    if (found->second.empty()) map.erase(found);
}

void ExchangeTable::set_parent(ExchangeCall& call, std::string_view parent) {
    if (call.parent == parent || parent == call.id) return;
    if (!call.parent.empty()) take_out(by_parent_, call.parent, call);
    call.parent = parent;
    put_in(by_parent_, call.parent, call);
}

void ExchangeTable::set_bridge(ExchangeCall& call, std::string_view bridge) {
    if (call.bridge == bridge) return;
    if (!call.bridge.empty()) take_out(by_bridge_, call.bridge, call);
    call.bridge = bridge;
    put_in(by_bridge_, call.bridge, call);
}

const std::vector<ExchangeCall*>& ExchangeTable::in_bridge(std::string_view bridge) const {
    static const Members kNobody;
    const auto found = by_bridge_.find(bridge);
    return found == by_bridge_.end() ? kNobody : found->second;
}

const std::vector<ExchangeCall*>& ExchangeTable::children(std::string_view parent) const {
    static const Members kNobody;
    const auto found = by_parent_.find(parent);
    return found == by_parent_.end() ? kNobody : found->second;
}

std::vector<ExchangeCall*> ExchangeTable::all() {
    Members calls;
    calls.reserve(by_id_.size());
    for (const auto& [id, call] : by_id_) calls.push_back(call.get());
    std::sort(calls.begin(), calls.end(), [](const auto* a, const auto* b) { return a->key < b->key; });
    return calls;
}

ExchangeCall* ExchangeTable::origin_of(const ExchangeCall& call) {
    const ExchangeCall* at = &call;
    for (int i = 0; i < kMostInternal; ++i) {
        ExchangeCall* parent = at->parent.empty() ? nullptr : find(at->parent);
        if (parent == nullptr || parent == &call) return nullptr;
        if (!parent->internal) return parent;
        at = parent;
    }
    return nullptr;
}

/// The other half of an internal channel: the internal one that it was made for, or that was made for it.
ExchangeCall* ExchangeTable::mate_of(const ExchangeCall& internal, const ExchangeCall& from) {
    ExchangeCall* parent = internal.parent.empty() ? nullptr : find(internal.parent);
    if (parent != nullptr && parent->internal && parent != &from) return parent;
    for (ExchangeCall* child : children(internal.id))
        if (child->internal && child != &from) return child;
    return nullptr;
}

ExchangeCall* ExchangeTable::far_end(const ExchangeCall& call) {
    const ExchangeCall* at = &call;
    for (int i = 0; i < kMostInternal && !at->bridge.empty(); ++i) {
        // The one who came last is the one to talk to.
        const Members& members = in_bridge(at->bridge);
        const auto last = std::find_if(members.rbegin(), members.rend(), [&](const ExchangeCall* member) {
            return member != at && member != &call;
        });
        ExchangeCall* other = last == members.rend() ? nullptr : *last;
        if (other == nullptr || !other->internal) return other;
        at = mate_of(*other, *at);
        if (at == nullptr) return nullptr;
    }
    return nullptr;
}

}  // namespace callboard
