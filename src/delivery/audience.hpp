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
///
/// A group whose members have gone is kept for a while, because those of a long poll come back at once.
template <typename Member>
class Audience {
  public:
    struct Group {
        std::string token;
        Grant grant;
        std::list<Member> members;
        std::vector<Announced> fresh;  ///< scratch of the transport: what this group is about to get
        bool deserted = false;         ///< had no members at the last prune()
    };
    using Place = std::pair<Group*, typename std::list<Member>::iterator>;

    Place add(std::string_view token, const Grant& grant, Member member) {
        auto found = groups_.find(token);
        if (found != groups_.end() && found->second->members.empty() && found->second->grant != grant) {
            forget(*found->second);
            found = groups_.end();
        }
        if (found == groups_.end()) {
            found = groups_
                        .emplace(std::string(token),
                                 std::make_unique<Group>(Group{std::string(token), grant, {}, {}, false}))
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
        return member;
    }

    /// All members of a group.
    std::list<Member> take(Group& group) {
        std::list<Member> members;
        members.swap(group.members);
        size_ -= members.size();
        return members;
    }

    /// Forgets the groups that have had no members since the last call but one. To be called now and then;
    /// no pointer to a group without members outlives it.
    void prune() {
        for (auto at = groups_.begin(); at != groups_.end();) {
            Group& group = *(at++)->second;
            if (!group.members.empty())
                group.deserted = false;
            else if (std::exchange(group.deserted, true))
                forget(group);
        }
    }

    /// Calls `visit(Group&)` for each that has members and whose grant covers the record. `visit` must not
    /// add or remove.
    template <typename Visit>
    void for_each_covering(const Record& record, Visit visit) {
        if (const auto found = by_account_.find(record.account); found != by_account_.end())
            for (Group* group : found->second)
                if (!group->members.empty()) visit(*group);
        if (const auto found = by_service_.find(record.ressource); found != by_service_.end())
            for (Group* group : found->second)
                if (!group->members.empty() && group->grant.covers(record)) visit(*group);
    }

    /// Those that have members.
    std::vector<Group*> groups() {
        std::vector<Group*> all;
        all.reserve(groups_.size());
        for (auto& [token, group] : groups_)
            if (!group->members.empty()) all.push_back(group.get());
        return all;
    }
    /// Groups whose token died: revoked, expired, or replaced.
    std::vector<Group*> dead(const TokenAuthority& tokens, Time now) {
        const auto generation = tokens.generation();
        const bool changed = std::exchange(generation_, generation) != generation;
        std::vector<Group*> gone;
        for (auto& [token, group] : groups_) {
            if (group->members.empty()) continue;
            const bool expired = group->grant.expires && *group->grant.expires <= now;
            if (expired || (changed && !tokens.find(token, now))) gone.push_back(group.get());
        }
        return gone;
    }

    /// Members.
    std::size_t size() const { return size_; }
    /// Groups, with and without members.
    std::size_t kept() const { return groups_.size(); }

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
