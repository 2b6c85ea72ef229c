#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "delivery/access.hpp"
#include "event/directory.hpp"
#include "hub/announcement.hpp"

namespace callboard {

/// Those who wait for events, by token, found by what an event is about: an event touches only the tokens
/// that cover it. `Member` is one waiting client. One thread.
template <typename Member>
class Audience {
  public:
    struct Group {
        std::string token;
        Grant grant;
        std::list<Member> members;
        std::vector<Announced> fresh;  ///< scratch of the transport: what this group is about to get
    };
    using Place = std::pair<Group*, typename std::list<Member>::iterator>;

    Place add(std::string_view token, const Grant& grant, Member member) {
        auto found = groups_.find(token);
        if (found == groups_.end()) {
            found = groups_
                        .emplace(std::string(token),
                                 std::make_unique<Group>(Group{std::string(token), grant, {}, {}}))
                        .first;
            index(grant).push_back(found->second.get());
        }
        Group& group = *found->second;
        group.members.push_back(std::move(member));
        ++size_;
        return {&group, std::prev(group.members.end())};
    }

    Member remove(Place place) {
        auto& [group, at] = place;
        Member member = std::move(*at);
        group->members.erase(at);
        --size_;
        if (group->members.empty()) forget(*group);
        return member;
    }

    /// All members of a group, which is then gone.
    std::list<Member> take(Group& group) {
        std::list<Member> members = std::move(group.members);
        size_ -= members.size();
        forget(group);
        return members;
    }

    /// Calls `visit(Group&)` for each whose grant covers the record. `visit` must not add or remove.
    template <typename Visit>
    void for_each_covering(const Record& record, Visit visit) {
        if (const auto found = by_account_.find(record.account); found != by_account_.end())
            for (Group* group : found->second) visit(*group);
        if (const auto found = by_service_.find(record.ressource); found != by_service_.end())
            for (Group* group : found->second)
                if (group->grant.covers(record)) visit(*group);
    }

    std::vector<Group*> groups() {
        std::vector<Group*> all;
        all.reserve(groups_.size());
        for (auto& [token, group] : groups_) all.push_back(group.get());
        return all;
    }
    /// Groups whose token died: revoked, expired, or replaced.
    std::vector<Group*> dead(const TokenAuthority& tokens, Time now) {
        const auto generation = tokens.generation();
        const bool changed = std::exchange(generation_, generation) != generation;
        std::vector<Group*> gone;
        for (auto& [token, group] : groups_) {
            const bool expired = group->grant.expires && *group->grant.expires <= now;
            if (expired || (changed && !tokens.find(token, now))) gone.push_back(group.get());
        }
        return gone;
    }

    std::size_t size() const { return size_; }

  private:
    std::vector<Group*>& index(const Grant& grant) {
        return grant.service.empty() ? by_account_[grant.account] : by_service_[grant.service];
    }
    void forget(Group& group) {
        auto& indexed = index(group.grant);
        std::erase(indexed, &group);
        if (indexed.empty()) {
            by_account_.erase(group.grant.service.empty() ? group.grant.account : std::string());
            by_service_.erase(group.grant.service);
        }
        groups_.erase(groups_.find(std::string_view(group.token)));
    }

    StringMap<std::unique_ptr<Group>> groups_;
    StringMap<std::vector<Group*>> by_account_;
    StringMap<std::vector<Group*>> by_service_;
    std::size_t size_ = 0;
    std::uint64_t generation_ = 0;
};

}  // namespace callboard
