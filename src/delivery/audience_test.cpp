#include "delivery/audience.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Numbers = Audience<int>;

Record record(std::string account, std::string line) {
    Record record;
    record.account = std::move(account);
    record.ressource = std::move(line);
    return record;
}

std::vector<std::string> tokens_for(Numbers& audience, const Record& record) {
    std::vector<std::string> tokens;
    audience.for_each_covering(record, [&](Numbers::Group& group) { tokens.push_back(group.token); });
    return tokens;
}

class Fixed final : public TokenAuthority {
  public:
    std::map<std::string, Grant, std::less<>> grants;
    std::uint64_t changes = 1;

    std::optional<Grant> find(std::string_view token, Time) const override {
        const auto found = grants.find(token);
        return found == grants.end() ? std::nullopt : std::optional(found->second);
    }
    std::uint64_t generation() const override { return changes; }
};

TEST(Audience, FindsThoseWhomAnEventConcerns) {
    Numbers audience;
    audience.add("ACCOUNT", {"alpha", "", {}}, 1);
    audience.add("LINE", {"alpha", "100", {}}, 2);
    audience.add("OTHER LINE", {"alpha", "200", {}}, 3);
    audience.add("OTHER ACCOUNT", {"beta", "", {}}, 4);
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), UnorderedElementsAre("ACCOUNT", "LINE"));
    EXPECT_THAT(tokens_for(audience, record("alpha", "300")), ElementsAre("ACCOUNT"));
    EXPECT_THAT(tokens_for(audience, record("beta", "100")), ElementsAre("OTHER ACCOUNT"));
    EXPECT_THAT(tokens_for(audience, record("gamma", "100")), IsEmpty());
}

TEST(Audience, KeepsMembersOfOneTokenTogether) {
    Numbers audience;
    for (int i = 0; i < 3; ++i) audience.add("T", {"alpha", "", {}}, i);
    EXPECT_EQ(audience.size(), 3U);
    ASSERT_EQ(audience.groups().size(), 1U);
    EXPECT_THAT(audience.take(*audience.groups().front()), ElementsAre(0, 1, 2));
    EXPECT_EQ(audience.size(), 0U);
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), IsEmpty());
}

TEST(Audience, TouchesNoTokenWithoutMembers) {
    Numbers audience;
    const auto first = audience.add("T", {"alpha", "100", {}}, 1);
    const auto second = audience.add("T", {"alpha", "100", {}}, 2);
    const auto neighbour = audience.add("N", {"alpha", "100", {}}, 3);
    EXPECT_EQ(audience.remove(first), 1);
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), UnorderedElementsAre("T", "N"));
    EXPECT_EQ(audience.remove(second), 2);
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), ElementsAre("N"));
    EXPECT_EQ(audience.remove(neighbour), 3);
    EXPECT_THAT(audience.groups(), IsEmpty());
    audience.add("T", {"alpha", "100", {}}, 4);
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), ElementsAre("T"));
}

TEST(Audience, KeepsAnEmptyGroupForThoseWhoComeBackAtOnce) {
    Numbers audience;
    const auto member = audience.add("T", {"alpha", "100", {}}, 1);
    const auto* group = member.first;
    audience.remove(member);
    audience.prune();
    EXPECT_EQ(audience.add("T", {"alpha", "100", {}}, 2).first, group);
    audience.prune();
    audience.prune();
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), ElementsAre("T")) << "it has a member";
}

TEST(Audience, ForgetsAGroupThatNobodyCameBackTo) {
    Numbers audience;
    audience.add("ACCOUNT", {"100", "", {}}, 1);  // an account that is called as a line is
    for (int i = 0; i < 10; ++i) audience.remove(audience.add("LINE", {"100", "100", {}}, 2));
    EXPECT_EQ(audience.kept(), 2U);
    audience.prune();
    EXPECT_EQ(audience.kept(), 2U);
    audience.prune();
    EXPECT_EQ(audience.kept(), 1U);
    EXPECT_THAT(tokens_for(audience, record("100", "100")), ElementsAre("ACCOUNT"));
}

TEST(Audience, TakesATokenThatCameBackAsAnotherForWhatItIs) {
    Numbers audience;
    audience.remove(audience.add("T", {"alpha", "100", {}}, 1));
    audience.add("T", {"beta", "", {}}, 2);
    EXPECT_THAT(tokens_for(audience, record("alpha", "100")), IsEmpty());
    EXPECT_THAT(tokens_for(audience, record("beta", "100")), ElementsAre("T"));
}

TEST(Audience, NamesTokensThatDied) {
    Numbers audience;
    Fixed authority;
    const Time now = time_from_nanoseconds(1'000'000);
    authority.grants["KEPT"] = authority.grants["REVOKED"] = {"alpha", "", {}};
    authority.grants["BRIEF"] = {"alpha", "", now + Duration(5)};
    for (const auto& [token, grant] : authority.grants) audience.add(token, grant, 1);
    const auto dead = [&](Time at) {
        std::vector<std::string> tokens;
        for (const auto* group : audience.dead(authority, at)) tokens.push_back(group->token);
        return tokens;
    };
    EXPECT_THAT(dead(now), IsEmpty());
    EXPECT_THAT(dead(now + Duration(5)), ElementsAre("BRIEF"));
    authority.grants.erase("REVOKED");
    EXPECT_THAT(dead(now), IsEmpty()) << "nobody said that something changed";
    ++authority.changes;
    EXPECT_THAT(dead(now), ElementsAre("REVOKED"));
}

}  // namespace
}  // namespace callboard
