// What only version 1 of the event service does (OVH protocol §1).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/contract/readers.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

const World::Settings kBrief{.poll_timeout = milliseconds(100)};

TEST(LongPoll, TimesOutWithAnAnswerThatHasEverything) {
    World world(kBrief);
    HttpClient client(world.port());
    const auto answer = client.get("/?token=ALPHA");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_THAT(
        answer->body,
        MatchesRegex(
            R"(\{"Session":"[A-Za-z0-9_-]{32}","Message":"Timeout, please reconnect","Events":\[\]\})"));
    EXPECT_THAT(answer->headers.at("content-type"), HasSubstr("application/json"));
    EXPECT_EQ(answer->headers.at("access-control-allow-origin"), "*");
}

TEST(LongPoll, TellsEventsInTheFormOfVersion1) {
    World world;
    HttpClient client(world.port());
    world.tell(World::kAlice);
    const auto answer =
        client.get("/?session=" + world.seal().seal({world.hub().epoch(), 0}) + "&token=ALICE");
    ASSERT_TRUE(answer);
    simdjson::dom::parser parser;
    const simdjson::dom::element body = parser.parse(answer->body);
    EXPECT_EQ(std::string_view(body["Message"]), "");
    const simdjson::dom::element event = body["Events"].at(0);
    EXPECT_EQ(std::string_view(event["Event"]), "start_ringing");
    EXPECT_EQ(std::string_view(event["Token"]), "ALICE");
    EXPECT_EQ(std::string_view(event["Ressource"]), World::kAlice);
    EXPECT_EQ(std::string_view(event["Details"]["Description"]), std::string("line ") + World::kAlice);
}

TEST(LongPoll, GoesOnWithoutASessionOnTheSameConnection) {
    World world;
    HttpClient client(world.port());
    client.send_get("/?token=ALPHA");
    while (world.figure("callboard_subscribers") < 1) std::this_thread::yield();
    world.tell(World::kAlice);
    EXPECT_THAT(client.answer()->body, HasSubstr(R"("CallId":"1")"));
    world.tell(World::kAlice, 2);  // while nobody waits
    const auto next = client.get("/?token=ALPHA");
    EXPECT_THAT(next->body, HasSubstr(R"("CallId":"2")"));
    EXPECT_THAT(next->body, HasSubstr(R"("CallId":"3")"));
}

TEST(LongPoll, KeepsTokensApartOnASharedConnection) {
    World world(kBrief);
    HttpClient proxy(world.port());
    proxy.get("/?token=ALPHA");
    world.tell(World::kAlice);
    EXPECT_THAT(proxy.get("/?token=ALICE")->body, HasSubstr("Timeout"));  // its own first poll: from now on
    EXPECT_THAT(proxy.get("/?token=ALPHA")->body, HasSubstr("Timeout"));  // the mark is the last one's alone
}

TEST(LongPoll, TellsNoNativeEvents) {
    World world(kBrief);
    const std::string begin = world.seal().seal({world.hub().epoch(), 0});
    world.tell(World::kAlice, 3, true);
    HttpClient client(world.port());
    EXPECT_THAT(client.get("/?token=ALPHA&session=" + begin)->body, HasSubstr(R"("Events":[])"));
    world.tell(World::kAlice);
    const auto answer = client.get("/?token=ALPHA&session=" + begin);
    EXPECT_THAT(answer->body, HasSubstr(R"("CallId":"4")"));
    EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("call_failed")));
}

TEST(LongPoll, AnswersAWrongTokenInItsOwnShape) {
    World world;
    HttpClient client(world.port());
    const auto answer = client.get("/?token=NOPE");
    EXPECT_EQ(answer->status, 403);
    EXPECT_EQ(answer->headers.at("access-control-allow-origin"), "*");
    EXPECT_THAT(answer->body, MatchesRegex(R"(\{"Session":"","Message":".+","Events":\[\]\})"));
    EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("NOPE")));
}

TEST(LongPoll, SlowsWrongTokensAndNeverRightOnes) {
    World world(kBrief);
    HttpClient guesser(world.port());
    for (int i = 0; i < 4; ++i) guesser.get("/?token=GUESS");
    guesser.send_get("/?token=GUESS");  // held back now
    world.tell(World::kAlice);
    HttpClient honest(world.port());
    const auto answer = honest.get("/?token=ALPHA&session=" + world.seal().seal({world.hub().epoch(), 0}));
    EXPECT_THAT(answer->body, HasSubstr(R"("CallId":"1")"));
    EXPECT_FALSE(guesser.answer(milliseconds(1)));
    EXPECT_EQ(guesser.answer()->status, 403);
}

TEST(LongPoll, CountsWhoWaitsAndWhatWasDelivered) {
    World world;
    std::vector<std::unique_ptr<PollingReader>> readers;
    for (int i = 0; i < 10; ++i) {
        readers.push_back(std::make_unique<PollingReader>(world, "ALPHA"));
        readers.back()->ask();
    }
    while (world.figure("callboard_subscribers", "longpoll") < 10) std::this_thread::yield();
    world.tell(World::kAlice, 2);
    for (auto& reader : readers) EXPECT_EQ(read_calls(*reader, 2).calls.size(), 2U);
    EXPECT_EQ(world.figure("callboard_subscribers", "longpoll"), 0);
    EXPECT_EQ(world.figure("callboard_deliveries_total", "longpoll"), 20);
    EXPECT_EQ(world.figure("callboard_delivery_seconds_count"), 20);
}

TEST(LongPoll, ForgetsClientsThatWentAway) {
    World world;
    {
        HttpClient client(world.port());
        client.send_get("/?token=ALPHA");
        while (world.figure("callboard_subscribers") < 1) std::this_thread::yield();
    }
    while (world.figure("callboard_subscribers") > 0) std::this_thread::yield();
    world.tell(World::kAlice);
    EXPECT_EQ(world.figure("callboard_deliveries_total"), 0);
}

}  // namespace
}  // namespace callboard::test
