#include "delivery/webhook/feed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "event/json.hpp"

namespace callboard::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Time kStart = time_from_nanoseconds(1'780'000'000'000'000'000);
constexpr const char* kLine = "0033972000001";

Webhook webhook(std::vector<std::string> events) {
    Webhook made;
    made.account = "ba-demo";
    made.events = std::move(events);
    return made;
}

Record record(Sequence sequence, std::string_view name, std::string call, Time at,
              std::string account = "ba-demo") {
    Service service;
    service.account = std::move(account);
    service.number = kLine;
    Event event;
    event.name = name;
    event.ressource = kLine;
    LineData data;
    data.call_id = std::move(call);
    data.calling = "0033612345678";
    event.data = std::move(data);
    Record made = record_of(event, service, at, TimeZone::utc());
    made.sequence = sequence;
    return made;
}

std::vector<std::string> names(const std::vector<Message>& messages) {
    std::vector<std::string> all;
    for (const Message& one : messages) all.push_back(one.event);
    return all;
}

TEST(Feed, TellsWhatIsWantedOfItsScope) {
    Feed feed(webhook({"start_ringing"}), {1, 0, kStart}, 0, TimeZone::utc());
    std::vector<Message> told;
    feed.take(record(1, "start_ringing", "1", kStart), {}, told);
    feed.take(record(2, "end_ringing", "1", kStart), {}, told);
    feed.take(record(3, "start_ringing", "2", kStart, "another"), {}, told);
    EXPECT_THAT(names(told), ElementsAre("start_ringing"));
    EXPECT_EQ(feed.place().sequence, 3U);
    EXPECT_FALSE(feed.folds());
}

TEST(Feed, OfOneServiceAlone) {
    Webhook one = webhook({"*"});
    one.account.clear();
    one.service = "0033972000009";
    Feed feed(one, {1, 0, kStart}, 0, TimeZone::utc());
    std::vector<Message> told;
    feed.take(record(1, "start_ringing", "1", kStart), {}, told);
    EXPECT_THAT(told, IsEmpty());
}

TEST(Feed, AnEventComesBeforeWhatFollowsOfIt) {
    Feed feed(webhook({"*"}), {1, 0, kStart}, 0, TimeZone::utc());
    std::vector<Message> told;
    feed.take(record(1, "start_calling", "1", kStart), {}, told);
    feed.take(record(2, "end_calling", "1", kStart + 1s), {}, told);
    EXPECT_THAT(names(told), ElementsAre("start_calling", "end_calling", "call.ended"));
    EXPECT_EQ(told[2].sequence, 2U);
}

TEST(Feed, WhatTimeBroughtAboutComesBeforeTheNextEvent) {
    Feed feed(webhook({"*"}), {1, 0, kStart}, 0, TimeZone::utc());
    std::vector<Message> told;
    feed.take(record(1, "start_ringing", "1", kStart), {}, told);
    feed.take(record(2, "end_ringing", "1", kStart), {}, told);
    told.clear();
    feed.take(record(3, "start_ringing", "1", kStart + 10s), {}, told);
    EXPECT_THAT(names(told), ElementsAre("call.missed", "start_ringing"));
}

TEST(Feed, TimeAloneMovesItsPlace) {
    Feed feed(webhook({"call.missed"}), {1, 0, kStart}, 0, TimeZone::utc());
    std::vector<Message> told;
    feed.take(record(1, "start_ringing", "1", kStart), {}, told);
    feed.take(record(2, "end_ringing", "1", kStart), {}, told);
    EXPECT_EQ(feed.next({}), kStart + Lifecycle::kAnswerFollows);
    feed.until(kStart + 10s, {}, told);
    EXPECT_THAT(names(told), ElementsAre("call.missed"));
    EXPECT_EQ(feed.place().time, kStart + 10s);
}

TEST(Feed, SkipsAGapAndGoesNeverBack) {
    Feed feed(webhook({"*"}), {1, 10, kStart}, 10, TimeZone::utc());
    feed.skip(5);
    EXPECT_EQ(feed.position(), 10U);
    feed.skip(20);
    EXPECT_EQ(feed.position(), 20U);
    EXPECT_EQ(feed.place().sequence, 20U);
}

/// Cut anywhere, the two parts tell what the whole tells: nothing lost, nothing twice.
TEST(Feed, GoesOnAsIfItHadNeverStopped) {
    const bool held = rc::check([](const std::vector<std::uint8_t>& script, std::uint8_t cut, bool idle) {
        constexpr std::array<const char*, 4> kNames = {"start_ringing", "end_ringing", "start_calling",
                                                       "end_calling"};
        std::vector<Record> journal;
        Time now = kStart;
        for (const std::uint8_t step : script) {
            now += std::chrono::milliseconds(step * 30);
            journal.push_back(
                record(journal.size() + 1, kNames[step % 4], std::to_string(step / 4 % 3), now));
        }
        const std::size_t middle = journal.empty() ? 0 : cut % (journal.size() + 1);
        const auto run = [&](Feed& feed, std::size_t from, std::size_t to, std::vector<Message>& told) {
            for (std::size_t i = from; i < to; ++i) feed.take(journal[i], {}, told);
        };
        // While nothing comes, time passes, but never beyond the next event.
        const Time quiet = middle < journal.size() ? journal[middle].timestamp - Duration(1) : now + 1h;
        std::vector<Message> whole, parts;
        Feed one(webhook({"*"}), {1, 0, kStart}, 0, TimeZone::utc());
        run(one, 0, middle, whole);
        if (idle) one.until(quiet, {}, whole);
        run(one, middle, journal.size(), whole);
        one.until(now + 2h, {}, whole);

        Feed before(webhook({"*"}), {1, 0, kStart}, 0, TimeZone::utc());
        run(before, 0, middle, parts);
        if (idle) before.until(quiet, {}, parts);
        Feed after(webhook({"*"}), before.place(), 0, TimeZone::utc());
        run(after, 0, journal.size(), parts);
        after.until(now + 2h, {}, parts);
        RC_ASSERT(parts == whole);
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace callboard::webhook
