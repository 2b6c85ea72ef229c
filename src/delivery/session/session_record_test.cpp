#include "delivery/session/session_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

namespace callboard {
namespace {

std::shared_ptr<const Subscriptions> list(Subscriptions subscriptions) {
    return std::make_shared<const Subscriptions>(std::move(subscriptions));
}

bool same(const SessionRecord& a, const SessionRecord& b) {
    return a.id == b.id && a.creation == b.creation && a.last_update == b.last_update &&
           a.last_connection == b.last_connection && a.epoch == b.epoch && a.acknowledged == b.acknowledged &&
           a.replaced == b.replaced && a.bereft == b.bereft && a.address == b.address &&
           *a.subscriptions == *b.subscriptions;
}

rc::Gen<SessionRecord> any_session() {
    return rc::gen::exec([] {
        SessionRecord session;
        session.id = *rc::gen::arbitrary<std::string>();
        for (auto* time : {&session.creation, &session.last_update, &session.last_connection})
            *time = time_from_nanoseconds(*rc::gen::arbitrary<std::int64_t>());
        session.epoch = *rc::gen::arbitrary<std::uint64_t>();
        session.acknowledged = *rc::gen::arbitrary<std::uint64_t>();
        session.replaced = *rc::gen::arbitrary<bool>();
        session.bereft = *rc::gen::arbitrary<bool>();
        session.address = *rc::gen::arbitrary<std::string>();
        Subscriptions subscriptions;
        for (const auto& token : *rc::gen::arbitrary<std::vector<std::string>>())
            subscriptions.push_back({token, *rc::gen::arbitrary<std::uint64_t>()});
        session.subscriptions = list(std::move(subscriptions));
        return session;
    });
}

TEST(SessionRecord, IsTheSameAfterPacking) {
    EXPECT_TRUE(rc::check([] {
        const SessionRecord session = *any_session();
        const auto back = unpacked(packed(session));
        RC_ASSERT(back.has_value());
        RC_ASSERT(same(*back, session));
    }));
}

TEST(SessionRecord, NothingElseUnpacks) {
    SessionRecord session;
    session.id = "Xk3fQ0aP7b2z";
    session.subscriptions = list({{"ALPHA", 1}, {"BETA", 2}});
    const std::string bytes = packed(session);
    for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_FALSE(unpacked(bytes.substr(0, i))) << i;
    EXPECT_FALSE(unpacked(bytes + "x"));
    EXPECT_FALSE(unpacked("\x01" + bytes.substr(1)));
    EXPECT_TRUE(rc::check([](const std::string& noise) { RC_ASSERT(!unpacked(noise)); }));
}

TEST(SessionRecord, GoesOnBehindWhatItHasAndNotBeforeItsFirstSubscription) {
    SessionRecord session;
    session.acknowledged = 7;
    EXPECT_EQ(session.place(), 7U);
    session.subscriptions = list({{"A", 20}, {"B", 10}});
    EXPECT_EQ(session.place(), 10U);
    session.acknowledged = 15;
    EXPECT_EQ(session.place(), 15U);
}

TEST(SessionRecord, IsShownWithoutItsTokens) {
    SessionRecord session;
    session.id = "Xk3fQ0aP7b2z";
    session.creation = time_from_nanoseconds(1'780'825'216'036'197'406);
    session.last_update = time_from_nanoseconds(1'780'825'216'036'508'950);
    session.last_connection = time_from_nanoseconds(1'780'825'216'000'000'000);
    session.subscriptions = list({{"SECRET", 1}});
    EXPECT_EQ(
        session_json(session, *TimeZone::named("Europe/Paris")),
        R"({"id":"Xk3fQ0aP7b2z","creation":"2026-06-07T11:40:16.036197406+02:00",)"
        R"("lastUpdate":"2026-06-07T11:40:16.03650895+02:00","lastConnection":"2026-06-07T11:40:16+02:00"})");
}

TEST(SessionId, IsTwelveLettersAndDigitsAndNeverTheSame) {
    std::set<std::string> seen;
    std::set<char> used;
    for (int i = 0; i < 2'000; ++i) {
        const std::string id = random_session_id();
        EXPECT_THAT(id, ::testing::MatchesRegex("[A-Za-z0-9]{12}"));
        seen.insert(id);
        used.insert(id.begin(), id.end());
    }
    EXPECT_EQ(seen.size(), 2'000U);
    EXPECT_EQ(used.size(), 62U);
}

}  // namespace
}  // namespace callboard
