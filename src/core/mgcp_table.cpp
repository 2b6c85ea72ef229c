#include "core/mgcp_table.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace callboard {
namespace {

/// Whether a local name is meant by a pattern whose terms are separated by `/`.
bool means(std::string_view pattern, std::string_view local) {
    while (true) {
        const std::size_t end = std::min(pattern.find('/'), pattern.size());
        const std::string_view term = pattern.substr(0, end);
        if (term == "*" && end == pattern.size()) return true;
        const std::size_t local_end = std::min(local.find('/'), local.size());
        if (term != "*" && term != local.substr(0, local_end)) return false;
        if (end == pattern.size() || local_end == local.size())
            return end == pattern.size() && local_end == local.size();
        pattern.remove_prefix(end + 1);
        local.remove_prefix(local_end + 1);
    }
}

/// How likely a leg of the same call is the other end: 0 is none.
int likelihood(const MgcpLeg& leg, const MgcpLeg& other) {
    if (leg.direction == MgcpDirection::outgoing) {
        if (other.direction == MgcpDirection::outgoing) return 0;
        if (other.state == LegState::calling) return 4;
        if (other.state == LegState::ringing) return 3;
        return other.told_as.empty() ? 0 : 1;
    }
    if (other.direction == MgcpDirection::incoming) return leg.midway || other.midway ? 1 : 0;
    if (other.direction == MgcpDirection::outgoing) return other.state == LegState::over ? 2 : 4;
    return other.station != nullptr && (other.station->dialling || other.midway) ? 3 : 0;
}

}  // namespace

MgcpEndpoints::MgcpEndpoints(const Directory& directory) {
    for (const Service& service : directory.services())
        if (service.type == ServiceType::mgcp_line)
            for (const std::string& alias : service.aliases) lines_.emplace(lowered(alias), service.number);
}

std::string_view MgcpEndpoints::line_of(std::string_view endpoint) const {
    if (const auto whole = lines_.find(endpoint); whole != lines_.end()) return whole->second;
    const std::size_t at = endpoint.rfind('@');
    if (at == std::string_view::npos || endpoint.find('[', at) != std::string_view::npos) return {};
    const auto shorter = lines_.find(endpoint.substr(0, endpoint.find('.', at)));
    return shorter == lines_.end() ? std::string_view() : std::string_view(shorter->second);
}

MgcpTable::Name MgcpTable::name_of(std::string_view endpoint) {
    const std::size_t at = std::min(endpoint.rfind('@'), endpoint.size());
    return {std::string(endpoint.substr(std::min(at + 1, endpoint.size()))),
            std::string(endpoint.substr(0, at))};
}

MgcpStation* MgcpTable::find(std::string_view name) {
    const auto found = stations_.find(name_of(name));
    return found == stations_.end() ? nullptr : found->second.get();
}

MgcpStation& MgcpTable::add_station(std::string_view name, std::string_view line) {
    auto station = std::make_unique<MgcpStation>();
    station->name = name;
    station->line = line;
    if (const auto known = adopted_.find(line); known != adopted_.end()) {
        station->legs = std::move(known->second);
        adopted_.erase(known);
        for (MgcpLeg* leg : station->legs) {
            leg->station = station.get();
            if (leg->state == LegState::calling) station->hook = MgcpStation::Hook::off;
        }
    }
    return *stations_.emplace(name_of(name), std::move(station)).first->second;
}

std::vector<MgcpStation*> MgcpTable::matching(std::string_view pattern) {
    std::vector<MgcpStation*> all;
    const Name name = name_of(pattern);
    if (name.second.find('*') == std::string::npos) {
        if (MgcpStation* station = find(pattern)) all.push_back(station);
        return all;
    }
    for (auto at = stations_.lower_bound({name.first, {}});
         at != stations_.end() && at->first.first == name.first; ++at)
        if (means(name.second, at->first.second)) all.push_back(at->second.get());
    return all;
}

void MgcpTable::forget_idle_stations() {
    std::erase_if(stations_, [](const auto& entry) { return entry.second->legs.empty(); });
}

MgcpLeg& MgcpTable::add_leg(MgcpStation* station, std::string_view line) {
    auto leg = std::make_unique<MgcpLeg>();
    leg->key = ++last_key_;
    leg->station = station;
    leg->line = line;
    (station != nullptr ? station->legs : adopted_[leg->line]).push_back(leg.get());
    return *legs_.emplace(leg->key, std::move(leg)).first->second;
}

MgcpLeg* MgcpTable::find(std::uint64_t key) {
    const auto found = legs_.find(key);
    return found == legs_.end() ? nullptr : found->second.get();
}

void MgcpTable::erase(MgcpLeg& leg) {
    forget_call(leg);
    for (const auto& connection : leg.connections) forget_local(leg, connection.local);
    deadlines_.erase({leg.deadline, leg.key});
    if (leg.station != nullptr) {
        std::erase(leg.station->legs, &leg);
    } else if (const auto known = adopted_.find(leg.line); known != adopted_.end()) {
        std::erase(known->second, &leg);
        if (known->second.empty()) adopted_.erase(known);
    }
    legs_.erase(leg.key);
}

void MgcpTable::forget_call(MgcpLeg& leg) {
    const auto known = by_call_.find(leg.call_key);
    if (known == by_call_.end()) return;
    std::erase(known->second, &leg);
    if (known->second.empty()) by_call_.erase(known);
}

void MgcpTable::set_call(MgcpLeg& leg, std::string_view call_id, const SipEndpoint& agent) {
    std::string key(reinterpret_cast<const char*>(agent.address.data()), agent.address.size());
    key += lowered(std::string(call_id));
    if (leg.call_id.empty()) leg.call_id = call_id;
    if (leg.call_key == key) return;
    forget_call(leg);
    leg.call_key = key;
    by_call_[std::move(key)].push_back(&leg);
}

void MgcpTable::forget_local(MgcpLeg& leg, const std::string& place) {
    const auto known = by_local_.find(place);
    if (known != by_local_.end() && known->second == &leg) by_local_.erase(known);
}

void MgcpTable::set_local(MgcpLeg& leg, MgcpConnection& connection, std::string place) {
    if (place.empty()) return;
    forget_local(leg, connection.local);
    connection.local = place;
    by_local_.insert_or_assign(std::move(place), &leg);
}

std::size_t MgcpTable::erase_connections(MgcpLeg& leg, std::string_view id) {
    return std::erase_if(leg.connections, [&](const MgcpConnection& connection) {
        if (!connection.id.empty() && !equals_ignoring_case(connection.id, id)) return false;
        forget_local(leg, connection.local);
        return true;
    });
}

std::vector<MgcpLeg*> MgcpTable::same_call(const MgcpLeg& leg) {
    std::vector<MgcpLeg*> others;
    if (const auto known = by_call_.find(leg.call_key); known != by_call_.end())
        for (MgcpLeg* other : known->second)
            if (other != &leg) others.push_back(other);
    return others;
}

MgcpLeg* MgcpTable::other_end(const MgcpLeg& leg) {
    for (const auto& connection : leg.connections) {
        const auto found = by_local_.find(connection.remote);
        if (found != by_local_.end() && found->second->station != leg.station) return found->second;
    }
    MgcpLeg* best = nullptr;
    int most = 0;
    for (MgcpLeg* other : same_call(leg)) {
        const int likely = likelihood(leg, *other);
        if (likely > most) {
            most = likely;
            best = other;
        }
    }
    return best;
}

void MgcpTable::set_deadline(MgcpLeg& leg, Time deadline) {
    deadlines_.erase({leg.deadline, leg.key});
    leg.deadline = deadline;
    deadlines_.insert({deadline, leg.key});
}

void MgcpTable::move_deadlines(Duration by) {
    for (const auto& [key, leg] : legs_) set_deadline(*leg, leg->deadline + by);
}

MgcpLeg* MgcpTable::nearest() {
    return deadlines_.empty() ? nullptr : legs_.at(deadlines_.begin()->second).get();
}

MgcpLeg* MgcpTable::due(Time now) {
    MgcpLeg* leg = nearest();
    return leg != nullptr && leg->deadline <= now ? leg : nullptr;
}

}  // namespace callboard
