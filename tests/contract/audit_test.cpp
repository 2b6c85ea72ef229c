// Who read or listened through the real server, as its audit is told: once for each listener, however it
// reads; what was asked of the history, masked; and never a whole token.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/contract/session_readers.hpp"

namespace callboard::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class Audited : public testing::Test {
  protected:
    HttpAnswer ask(std::string_view method, const std::string& target, const std::string& token = "ALPHA",
                   const std::string& body = {}) {
        HttpClient client(world_.port());
        const std::string head = "Authorization: Bearer " + token + "\r\n";
        const auto answer =
            method == "POST" ? client.post(target, body, head) : client.ask(method, target, head);
        return answer ? *answer : HttpAnswer{};
    }
    /// Waits until that many acts of a kind were noted: some are told after the client has its answer.
    template <typename One>
    std::vector<One> noted(std::size_t count) {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        while (world_.audit.all<One>().size() < count && std::chrono::steady_clock::now() < patience)
            std::this_thread::yield();
        return world_.audit.all<One>();
    }
    /// Calls of one caller at Alice's line, which are in the history when this returns.
    void some_calls(int count) {
        std::vector<Event> events;
        for (int i = 0; i < count; ++i)
            for (const auto name : {event_name::start_ringing, event_name::end_ringing}) {
                events.push_back(world_.event(name, World::kAlice, "call-" + std::to_string(i)));
                auto& data = std::get<LineData>(events.back().data);
                data.calling = "0033612345678";
                data.called = data.dialed = World::kAlice;
            }
        world_.tell(std::move(events));
        const auto patience = std::chrono::steady_clock::now() + 20s;
        const std::string last = "\"call-" + std::to_string(count - 1) + "\"";
        while (ask("GET", "/api/calls").body.find(last) == std::string::npos &&
               std::chrono::steady_clock::now() < patience)
            std::this_thread::yield();
        world_.audit.forget();
    }

    World world_;
};

TEST_F(Audited, AStreamIsToldOfWhenItBeginsAndWhenItEnds) {
    {
        StreamReader reader(world_, "ALICE");
        world_.tell(World::kAlice, 3);
        EXPECT_EQ(read_calls(reader, 3).calls, calls(1, 3));
        EXPECT_EQ(noted<act::ListenBegin>(1)[0].transport, "sse");
        EXPECT_THAT(world_.audit.all<act::ListenEnd>(), IsEmpty());
    }
    const auto ended = noted<act::ListenEnd>(1);
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].events, 3U);
    EXPECT_THAT(world_.audit.actors(), testing::Each(Actor{"127.0.0.1", "ALIC…", "alpha", World::kAlice}));
}

TEST_F(Audited, PollsOfVersionOneAreOneListener) {
    // With a cursor: without one it would begin when its request arrives, which may be behind the first call.
    PollingReader reader(world_, "ALPHA", world_.seal().seal({world_.hub().epoch(), world_.hub().last()}));
    for (int i = 1; i <= 3; ++i) {
        reader.ask();
        world_.tell(World::kAlice);
        EXPECT_TRUE(reader.read());
    }
    EXPECT_THAT(noted<act::ListenBegin>(1), SizeIs(1));
    EXPECT_THAT(world_.audit.all<act::ListenEnd>(), IsEmpty());
    world_.stop();
    const auto ended = world_.audit.all<act::ListenEnd>();
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].transport, "longpoll");
}

TEST_F(Audited, PollsOfASessionAreOneListenerForEachToken) {
    SessionPollReader reader(world_, "ALPHA");
    world_.tell(World::kAlice, 2);
    EXPECT_TRUE(reader.read());
    ASSERT_EQ(ask("POST", "/v2/session/" + reader.cursor() + "/subscribe/BETA").status, 200);
    world_.tell(World::kCarol);
    EXPECT_TRUE(reader.read());
    EXPECT_THAT(noted<act::ListenBegin>(2), SizeIs(2));
    EXPECT_THAT(world_.audit.actors(), ElementsAre(Actor{"127.0.0.1", "ALPH…", "alpha", ""},
                                                   Actor{"127.0.0.1", "BETA", "beta", ""}));
    world_.stop();
    const auto ended = world_.audit.all<act::ListenEnd>();
    ASSERT_THAT(ended, SizeIs(2));
    EXPECT_EQ(ended[0].events + ended[1].events, 3U);
    EXPECT_EQ(ended[0].transport, "v2");
}

TEST_F(Audited, AWebSocketIsToldOfUntilItsTokenIsGone) {
    world_.tokens.allow("MASKED", {"alpha", "", {}, {}, true});
    WebSocketReader reader(world_, "MASKED");
    world_.tell(World::kAlice, 2);
    EXPECT_THAT(read_calls(reader, 2).calls, SizeIs(2));
    const auto begun = noted<act::ListenBegin>(1);
    EXPECT_EQ(begun[0].transport, "websocket");
    EXPECT_TRUE(begun[0].masked);
    world_.tokens.end("MASKED");
    const auto ended = noted<act::ListenEnd>(1);
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].events, 2U);
}

TEST_F(Audited, SnapshotsOfWhoeverAsksAgainAreOneListener) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("GET", "/api/snapshot").status, 200);
    EXPECT_THAT(world_.audit.all<act::ListenBegin>(), SizeIs(1));
}

TEST_F(Audited, WhatIsAskedOfTheHistoryIsToldMasked) {
    some_calls(3);
    EXPECT_EQ(ask("GET", "/api/calls?number=06%2012%2034%2056%2078&limit=2&nonsense=secret").status, 200);
    EXPECT_EQ(ask("GET", "/api/statistics?by=line").status, 200);
    EXPECT_EQ(ask("GET", "/api/callbacks").status, 200);
    EXPECT_EQ(ask("GET", "/api/snapshot?at=2026-05-28", "ALICE").status, 404) << "before the journal";
    const auto read = world_.audit.all<act::HistoryRead>();
    ASSERT_THAT(read, SizeIs(3)) << "what was refused is not told";
    EXPECT_EQ(read[0].what, "calls");
    EXPECT_EQ(read[0].rows, 2U);
    EXPECT_THAT(read[0].asked, ElementsAre(Pair("number", "0033612****78"), Pair("limit", "2")));
    EXPECT_EQ(read[1].what, "statistics");
    EXPECT_EQ(read[1].rows, 1U);
    EXPECT_EQ(read[2].what, "callbacks");
    EXPECT_EQ(read[2].rows, 1U);
    EXPECT_EQ(world_.audit.actors()[0], (Actor{"127.0.0.1", "ALPH…", "alpha", ""}));
}

TEST_F(Audited, ANumberIsMaskedWhereOneOfOursIsMeant) {
    const std::string line = World::kAlice;
    EXPECT_EQ(ask("GET", "/api/calls?line=" + line).status, 200);
    EXPECT_EQ(ask("GET", "/api/calls?queue=0698765432").status, 200);
    EXPECT_EQ(ask("GET", "/api/statistics?by=agent&key=agent_0033123456300_42").status, 200);
    const auto read = world_.audit.all<act::HistoryRead>();
    ASSERT_THAT(read, SizeIs(3));
    EXPECT_THAT(read[0].asked, ElementsAre(Pair("line", line)));
    EXPECT_THAT(read[1].asked, ElementsAre(Pair("queue", "0033698****32")));
    EXPECT_THAT(read[2].asked, ElementsAre(Pair("key", "agent_0033123456300_42"), Pair("by", "agent")));
}

TEST_F(Audited, ANameThatIsSearchedForIsToldAsTheNumbersThatItMeans) {
    some_calls(1);
    ASSERT_EQ(
        ask("POST", "/api/contacts?account=alpha", "KEY", "number,name\n0612345678,Jean Dupont\n").status,
        200);
    EXPECT_EQ(ask("GET", "/api/calls?number=Dupont").status, 200);
    const auto imported = world_.audit.all<act::ContactsImport>();
    ASSERT_THAT(imported, SizeIs(1));
    EXPECT_EQ(imported[0].imported, 1U);
    EXPECT_EQ(world_.audit.actors()[0], (Actor{"127.0.0.1", "KEY", "alpha", ""}));
    const auto read = world_.audit.all<act::HistoryRead>();
    ASSERT_THAT(read, SizeIs(1));
    EXPECT_THAT(read[0].asked, ElementsAre(Pair("number", "…,0033612****78")));
}

TEST_F(Audited, ContactsThatAreRead) {
    ASSERT_EQ(ask("POST", "/api/contacts", "KEY", "number,name\n0612345678,Jean Dupont\n").status, 200);
    EXPECT_EQ(ask("GET", "/api/contacts?number=0612345678,0698765432").status, 200);
    EXPECT_EQ(ask("GET", "/api/contacts?search=Dupont").status, 200);
    const auto read = world_.audit.all<act::ContactsRead>();
    ASSERT_THAT(read, SizeIs(2));
    EXPECT_EQ(read[0].rows, 1U);
    EXPECT_THAT(read[0].asked, ElementsAre(Pair("number", "0033612****78,0033698****32")));
    EXPECT_THAT(read[1].asked, ElementsAre(Pair("search", "…")));
}

TEST_F(Audited, AnExportSaysHowManyRowsWillComeAndIsToldWithThoseThatWereWritten) {
    some_calls(5);
    const auto csv = ask("GET", "/api/calls.csv?number=0612345678");
    EXPECT_EQ(csv.headers.at("callboard-rows"), "5");
    const auto lines = ask("GET", "/api/calls.jsonl?outcome=answered");
    EXPECT_EQ(lines.headers.at("callboard-rows"), "0");
    EXPECT_EQ(ask("HEAD", "/api/calls.csv").status, 200);
    const auto exported = noted<act::HistoryExport>(2);
    ASSERT_THAT(exported, SizeIs(2));
    EXPECT_EQ(exported[0].form, "csv");
    EXPECT_EQ(exported[0].rows, 5U);
    EXPECT_TRUE(exported[0].whole);
    EXPECT_THAT(exported[0].asked, ElementsAre(Pair("number", "0033612****78")));
    EXPECT_EQ(exported[1].form, "jsonl");
    EXPECT_EQ(exported[1].rows, 0U);
}

TEST_F(Audited, TokensThatClientsMake) {
    const std::string path = "/1.0/telephony/alpha/eventToken";
    const auto made = ask("POST", path, "KEY", R"({"expiration":"1 day"})");
    ASSERT_EQ(made.status, 200) << made.body;
    const std::string shown = made.body.substr(1, 4) + "…";
    EXPECT_EQ(ask("GET", path, "KEY").status, 200);
    EXPECT_EQ(ask("DELETE", path, "KEY").status, 200);
    EXPECT_EQ(ask("DELETE", path, "KEY").status, 404);
    ASSERT_THAT(world_.audit.all<act::TokenCreate>(), SizeIs(1));
    EXPECT_EQ(world_.audit.all<act::TokenCreate>()[0].token, shown);
    EXPECT_EQ(world_.audit.all<act::TokenRead>().at(0).token, shown);
    ASSERT_THAT(world_.audit.all<act::TokenDelete>(), SizeIs(1));
    EXPECT_EQ(world_.audit.all<act::TokenDelete>()[0].token, shown);
    EXPECT_THAT(world_.audit.actors(), testing::Each(Actor{"127.0.0.1", "KEY", "alpha", ""}));
}

TEST_F(Audited, WhatIsRefusedIsNotTold) {
    EXPECT_EQ(ask("GET", "/api/calls", "NOBODY").status, 403);
    EXPECT_EQ(ask("GET", "/api/events", "NOBODY").status, 403);
    EXPECT_EQ(ask("GET", "/api/calls?from=never").status, 400);
    EXPECT_THAT(world_.audit.actors(), IsEmpty());
}

}  // namespace
}  // namespace callboard::test
