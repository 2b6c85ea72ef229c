// What only version 2 of the event service does: sessions, subscriptions and the poll (OVH protocol §2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <functional>

#include "tests/contract/session_readers.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

const World::Settings kBrief{.poll_timeout = milliseconds(100)};

bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// `CallId token` of each event of an answer.
std::vector<std::string> told(const std::optional<HttpAnswer>& answer) {
    std::vector<std::string> all;
    simdjson::dom::parser parser;
    simdjson::dom::array events;
    if (!answer || parser.parse(answer->body).get_array().get(events) != simdjson::SUCCESS)
        return {"no array"};
    for (const auto event : events)
        all.push_back(std::string(std::string_view(event["data"]["CallId"])) + " " +
                      std::string(std::string_view(event["token"])));
    return all;
}

/// A client of version 2 that does one request a connection, so that each may come in on another reactor.
class SessionTest : public ::testing::Test {
  protected:
    void begin(World::Settings settings = {}) { world.emplace(std::move(settings)); }
    HttpAnswer ask(std::string_view method, const std::string& target, std::string_view headers = {}) {
        HttpClient client(world->port());
        const auto answer = client.ask(method, target, headers);
        return answer ? *answer : HttpAnswer{};
    }
    std::string make() {
        const auto made = ask("POST", "/v2/session");
        simdjson::dom::parser parser;
        return std::string(std::string_view(parser.parse(made.body)["id"]));
    }
    std::string make(const std::vector<std::string>& tokens) {
        std::string id = make();
        for (const auto& token : tokens)
            EXPECT_EQ(ask("POST", of(id, "/subscribe/" + token)).body,
                      "Successfully subscribed on token " + token);
        return id;
    }
    static std::string of(const std::string& id, const std::string& rest = {}) {
        return "/v2/session/" + id + rest;
    }
    HttpAnswer poll(const std::string& id, std::string_view headers = {}) {
        return ask("GET", of(id, "/events/poll"), headers);
    }
    std::unique_ptr<HttpClient> waiting_poll(const std::string& id) {
        const double before = world->figure("callboard_subscribers", "v2");
        auto client = std::make_unique<HttpClient>(world->port());
        client->send_get(of(id, "/events/poll"));
        EXPECT_TRUE(eventually([&] { return world->figure("callboard_subscribers", "v2") > before; }));
        return client;
    }

    std::optional<World> world;
};

TEST_F(SessionTest, IsAnObjectWithItsTimes) {
    begin();
    const auto made = ask("POST", "/v2/session");
    EXPECT_EQ(made.status, 200);
    EXPECT_THAT(made.headers.at("content-type"), HasSubstr("application/json"));
    const std::string time = R"(20[0-9-]+T[0-9:]+(\.[0-9]*[1-9])?Z)";
    EXPECT_THAT(made.body,
                MatchesRegex(R"(\{"id":"[A-Za-z0-9]{12}","creation":")" + time + R"(","lastUpdate":")" +
                             time + R"(","lastConnection":")" + time + R"("\})"));
    simdjson::dom::parser parser;
    const std::string id{std::string_view(parser.parse(made.body)["id"])};
    EXPECT_EQ(ask("GET", of(id)).body, made.body);
    ask("POST", of(id, "/subscribe/ALPHA"));
    const auto changed = ask("GET", of(id)).body;
    EXPECT_NE(changed, made.body);
    EXPECT_THAT(changed, Not(HasSubstr("ALPHA")));
    EXPECT_EQ(ask("DELETE", of(id)).status, 200);
    EXPECT_EQ(ask("GET", of(id)).status, 404);
}

TEST_F(SessionTest, AnswersWithTheTextsOfTheService) {
    begin(kBrief);
    const std::string id = make();
    for (int i = 0; i < 2; ++i) {
        const auto subscribed = ask("POST", of(id, "/subscribe/ALPHA"));
        EXPECT_EQ(subscribed.status, 200);
        EXPECT_EQ(subscribed.body, "Successfully subscribed on token ALPHA");
    }
    const auto timeout = poll(id);
    EXPECT_EQ(timeout.status, 200);
    EXPECT_EQ(timeout.body, "Timeout, please reconnect");
    for (const auto& answer : {ask("GET", of("Xk3fQ0aP7b2z")), ask("DELETE", of("Xk3fQ0aP7b2z")),
                               poll("Xk3fQ0aP7b2z"), ask("POST", of("Xk3fQ0aP7b2z", "/subscribe/ALPHA")),
                               ask("POST", of("Xk3fQ0aP7b2z", "/unsubscribe/ALPHA")),
                               ask("DELETE", of("Xk3fQ0aP7b2z", "/subscribe/ALPHA"))}) {
        EXPECT_EQ(answer.status, 404);
        EXPECT_EQ(answer.body, "Session not found");
    }
}

TEST_F(SessionTest, IgnoresWhatClientsSendBesides) {
    begin();
    HttpClient client(world->port());
    const std::string json = "Content-Type: application/json\r\nAccept: text/plain\r\n";
    const auto made = client.post("/v2/session", "", json);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->status, 200);
    simdjson::dom::parser parser;
    const std::string id{std::string_view(parser.parse(made->body)["id"])};
    EXPECT_EQ(client.post(of(id, "/subscribe/ALPHA"), "", "Cache-Control: no-cache\r\n")->status, 200);
    EXPECT_EQ(client
                  .post(of(id, "/subscribe/ALICE"), "data={}",
                        "Content-Type: application/x-www-form-urlencoded\r\n")
                  ->body,
              "Successfully subscribed on token ALICE");
    world->tell(World::kBob);
    EXPECT_THAT(told(client.get(of(id, "/events/poll"), json)), ElementsAre("1 ALPHA"));
}

TEST_F(SessionTest, IsForPagesOfAnyOrigin) {
    begin(kBrief);
    const std::string id = make({"ALPHA"});
    for (const auto& answer :
         {ask("POST", "/v2/session"), ask("GET", of(id)), poll(id), poll("none"),
          ask("POST", of(id, "/subscribe/ALPHA")), ask("POST", of(id, "/subscribe/NOPE")),
          ask("GET", of(id, "/events/websocket"))})
        EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "*");
    for (const auto& [target, method] : {std::pair(std::string("/v2/session"), "POST"),
                                         {of(id), "DELETE"},
                                         {of(id, "/subscribe/ALPHA"), "DELETE"},
                                         {of(id, "/subscribe/ALPHA"), "POST"},
                                         {of(id, "/unsubscribe/ALPHA"), "POST"},
                                         {of(id, "/events/poll"), "GET"}}) {
        const auto preflight = ask("OPTIONS", target, "Origin: http://page\r\n");
        EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*") << target;
        EXPECT_THAT(preflight.headers.at("access-control-allow-methods"), HasSubstr(method)) << target;
    }
}

TEST_F(SessionTest, RefusesWrongTokensLaterAndLater) {
    begin();
    const std::string id = make();
    for (int i = 0; i < 3; ++i) {
        const auto refused = ask("POST", of(id, "/subscribe/GUESS"));
        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(refused.body, "This token is wrong, revoked or expired");
    }
    HttpClient guesser(world->port());
    guesser.send("POST " + of(id, "/subscribe/GUESS") + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_FALSE(guesser.answer(milliseconds(1)));  // held back
    EXPECT_EQ(ask("POST", of(id, "/subscribe/ALPHA")).status, 200);
    EXPECT_EQ(guesser.answer()->status, 403);
}

TEST_F(SessionTest, TakesFiftyTokensAndSaysSoToMore) {
    begin();
    const std::string id = make();
    HttpClient client(world->port());
    for (int i = 0; i <= 50; ++i) {
        world->tokens.allow("T" + std::to_string(i), {"alpha", "", {}});
        const auto answer = client.post(of(id, "/subscribe/T" + std::to_string(i)));
        EXPECT_EQ(answer->status, i < 50 ? 200 : 400);
        if (i == 50) {
            EXPECT_THAT(answer->body, HasSubstr("at most 50 tokens"));
        }
    }
    world->tell(World::kAlice, 30);
    // Whole events only: 20 of them under 50 tokens each are a thousand.
    EXPECT_EQ(told(client.get(of(id, "/events/poll"))).size(), 1'000U);
    const auto rest = told(client.get(of(id, "/events/poll")));
    ASSERT_EQ(rest.size(), 500U);
    EXPECT_EQ(rest.front(), "21 T0");
    EXPECT_EQ(rest.back(), "30 T49");
}

TEST_F(SessionTest, EndsASubscriptionInEitherWay) {
    begin(kBrief);
    const std::string id = make({"ALPHA", "BETA", "ALICE"});
    EXPECT_EQ(ask("POST", of(id, "/unsubscribe/ALPHA")).status, 200);
    EXPECT_EQ(ask("DELETE", of(id, "/subscribe/BETA")).status, 200);
    EXPECT_EQ(ask("DELETE", of(id, "/subscribe/BETA")).status, 200);
    for (const auto* line : {World::kAlice, World::kBob, World::kCarol}) world->tell(line);
    EXPECT_THAT(told(poll(id)), ElementsAre("1 ALICE"));
    ask("POST", of(id, "/unsubscribe/ALICE"));
    world->tell(World::kAlice);
    EXPECT_EQ(poll(id).body, "Timeout, please reconnect");
}

TEST_F(SessionTest, TellsAnEventOncePerTokenInOrder) {
    begin();
    const std::string id = make({"ALICE", "ALPHA", "BETA"});
    for (const auto* line : {World::kBob, World::kAlice, World::kCarol, World::kAlice}) world->tell(line);
    EXPECT_THAT(told(poll(id)), ElementsAre("1 ALPHA", "2 ALICE", "2 ALPHA", "3 BETA", "4 ALICE", "4 ALPHA"));
    for (int i = 5; i < 12; i += 3) {  // the same for one that waits
        const auto waits = waiting_poll(id);
        std::vector<Event> events;
        for (const auto* line : {World::kCarol, World::kAlice, World::kBob})
            events.push_back(world->event(event_name::start_ringing, line,
                                          std::to_string(i + static_cast<int>(events.size()))));
        world->tell(std::move(events));
        const auto number = [i](int more) { return std::to_string(i + more); };
        EXPECT_THAT(told(waits->answer()), ElementsAre(number(0) + " BETA", number(1) + " ALICE",
                                                       number(1) + " ALPHA", number(2) + " ALPHA"));
    }
}

TEST_F(SessionTest, BeginsWithEachSubscription) {
    begin();
    const std::string id = make({"ALPHA"});
    world->tell(World::kAlice);
    world->tell(World::kCarol);
    ask("POST", of(id, "/subscribe/BETA"));
    world->tell(World::kCarol);
    EXPECT_THAT(told(poll(id)), ElementsAre("1 ALPHA", "3 BETA"));
}

TEST_F(SessionTest, WhoWaitsGetsWhatItSubscribesToMeanwhile) {
    begin();
    for (int i = 1; i <= 20; ++i) {
        const std::string id = make();
        const auto waits = waiting_poll(id);
        EXPECT_EQ(ask("POST", of(id, "/subscribe/BETA")).status, 200);
        world->tell(World::kCarol);
        EXPECT_THAT(told(waits->answer()), ElementsAre(std::to_string(i) + " BETA"));
    }
}

TEST_F(SessionTest, TellsNoNativeEvents) {
    begin();
    const std::string id = make({"ALPHA"});
    world->tell(World::kAlice, 3, true);
    world->tell(World::kAlice);
    EXPECT_THAT(told(poll(id)), ElementsAre("4 ALPHA"));
}

/// A client that makes a new session at a time-out and goes on with the old one all the same.
TEST_F(SessionTest, OutlivesItsTimeOuts) {
    begin(kBrief);
    const std::string id = make({"ALPHA"});
    for (int i = 1; i <= 3; ++i) {
        EXPECT_EQ(poll(id, "Accept: text/plain\r\n").body, "Timeout, please reconnect");
        make({"ALPHA"});
        world->tell(World::kAlice);
        EXPECT_THAT(told(poll(id)), ElementsAre(std::to_string(i) + " ALPHA"));
    }
}

/// A client that gives up a poll and asks again.
TEST_F(SessionTest, LosesNothingWhenAPollIsAborted) {
    begin();
    const std::string id = make({"ALPHA"});
    for (int i = 1; i <= 20; i += 2) {
        auto waits = waiting_poll(id);
        if (i % 4 == 1) {
            waits.reset();
            EXPECT_TRUE(eventually([&] { return world->figure("callboard_subscribers", "v2") == 0; }));
        }
        world->tell(World::kAlice);
        waits.reset();  // the answer, if there is one, is on its way
        world->tell(World::kAlice);
        std::vector<std::string> seen;
        while (seen.size() < 2)
            for (auto& one : told(poll(id))) seen.push_back(one);
        EXPECT_THAT(seen, ElementsAre(std::to_string(i) + " ALPHA", std::to_string(i + 1) + " ALPHA"));
    }
}

TEST_F(SessionTest, RepeatsAnAnswerThatNobodyRead) {
    begin();
    const std::string id = make({"ALPHA"});
    world->tell(World::kAlice, 3);
    for (int i = 0; i < 3; ++i) {
        HttpClient broken(world->port());
        broken.send_get(of(id, "/events/poll"));
        // It lies in the client's machine, which acknowledged it; the client itself never looks at it.
        EXPECT_TRUE(
            eventually([&] { return world->figure("callboard_deliveries_total", "v2") == 3.0 * (i + 1); }));
        broken.close();
    }
    EXPECT_THAT(told(poll(id)), ElementsAre("1 ALPHA", "2 ALPHA", "3 ALPHA"));
    world->tell(World::kAlice);
    EXPECT_THAT(told(poll(id)), ElementsAre("4 ALPHA"));
}

TEST_F(SessionTest, RepeatsNothingThatWasRead) {
    begin();
    const std::string id = make({"ALPHA"});
    HttpClient kept(world->port());
    for (int i = 1; i <= 30; ++i) {
        world->tell(World::kAlice);
        const auto answer = i % 3 == 0   ? kept.get(of(id, "/events/poll"))
                            : i % 3 == 1 ? std::optional(poll(id))
                                         : std::optional(poll(id, "Connection: close\r\n"));
        EXPECT_THAT(told(answer), ElementsAre(std::to_string(i) + " ALPHA"));
    }
}

TEST_F(SessionTest, TheNewestPollWins) {
    begin();
    const std::string id = make({"ALPHA"});
    for (int i = 1; i <= 10; ++i) {
        const auto first = waiting_poll(id);
        HttpClient second(world->port());
        second.send_get(of(id, "/events/poll"));
        const auto answer = first->answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 409);
        EXPECT_EQ(answer->body, "Another connection reads this session now");
        world->tell(World::kAlice);
        EXPECT_THAT(told(second.answer()), ElementsAre(std::to_string(i) + " ALPHA"));
    }
}

TEST_F(SessionTest, PollsThatFightOverASessionLoseNothing) {
    begin({.reactors = 4});
    const std::string id = make({"ALPHA"});
    std::vector<std::string> seen;
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 6; ++i) clients.push_back(std::make_unique<HttpClient>(world->port()));
    for (int i = 1; i <= 60; ++i) {
        for (auto& client : clients) client->send_get(of(id, "/events/poll"));
        world->tell(World::kAlice);
        std::size_t refused = 0;
        for (auto& client : clients) {
            // The last one may be waiting for what comes next.
            const auto answer = client->answer(milliseconds(300));
            if (!answer) continue;
            if (answer->status == 409)
                ++refused;
            else
                for (auto& one : told(answer)) seen.push_back(one);
        }
        for (auto& client : clients) client = std::make_unique<HttpClient>(world->port());
        EXPECT_LE(refused, clients.size());
        if (seen.size() < static_cast<std::size_t>(i))
            for (auto& one : told(poll(id))) seen.push_back(one);
        ASSERT_EQ(seen.size(), static_cast<std::size_t>(i));
        EXPECT_EQ(seen.back(), std::to_string(i) + " ALPHA");
    }
}

TEST_F(SessionTest, GoesOnWithTheTokensThatAreLeft) {
    begin(kBrief);
    world->tokens.allow("BRIEF", {"alpha", "", {}});
    const std::string id = make({"BRIEF", "ALICE"});
    const auto waits = waiting_poll(id);
    world->tokens.end("BRIEF");
    EXPECT_EQ(waits->answer()->body, "Timeout, please reconnect");
    world->tell(World::kBob);
    world->tell(World::kAlice);
    EXPECT_THAT(told(poll(id)), ElementsAre("2 ALICE"));
    world->tokens.end("ALICE");
    for (int i = 0; i < 2; ++i) {
        const auto refused = poll(id);
        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(refused.body, "This token is wrong, revoked or expired");
    }
    world->tell(World::kAlice);
    EXPECT_EQ(ask("POST", of(id, "/subscribe/ALPHA")).status, 200);
    world->tell(World::kAlice);
    EXPECT_THAT(told(poll(id)), ElementsAre("4 ALPHA"));
}

TEST_F(SessionTest, TellsWhoWaitsThatItWasDeleted) {
    begin();
    const std::string id = make({"ALPHA"});
    const auto waits = waiting_poll(id);
    EXPECT_EQ(ask("DELETE", of(id)).body, "Session deleted");
    const auto answer = waits->answer();
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, "Session not found");
}

TEST_F(SessionTest, ExpiresWhenIdleAndNotWhenTheCalendarIsSet) {
    begin();
    const std::string id = make({"ALPHA"}), other = make({"ALPHA"});
    const auto waits = waiting_poll(id);
    world->clock.move(std::chrono::minutes(61));
    world->tell(World::kAlice);
    EXPECT_THAT(told(waits->answer()), ElementsAre("1 ALPHA"));
    EXPECT_THAT(told(poll(other)), ElementsAre("1 ALPHA"));
    world->clock.pass(std::chrono::minutes(59));
    world->tell(World::kAlice);
    EXPECT_THAT(told(poll(id)), ElementsAre("2 ALPHA"));
    world->clock.pass(std::chrono::minutes(60));
    EXPECT_EQ(poll(id).status, 404);
    EXPECT_EQ(poll(other).status, 404);
}

TEST_F(SessionTest, AreLimitedForAnAddressAndInAll) {
    begin({.sessions = {.most = 3, .most_of_address = 2}});
    make({"ALPHA"});
    make({"ALPHA"});
    const auto more = ask("POST", "/v2/session");
    EXPECT_EQ(more.status, 429);
    EXPECT_THAT(more.body, HasSubstr("too many sessions"));
    begin({.sessions = {.most = 2}});
    make({"ALPHA"});
    make({"ALPHA"});
    EXPECT_EQ(ask("POST", "/v2/session").status, 503);
}

TEST_F(SessionTest, SurvivesACrash) {
    begin();
    std::string id = make({"ALPHA"});
    world->tell(World::kAlice, 3);
    EXPECT_EQ(told(poll(id)).size(), 3U);
    world->tell(World::kAlice, 2);
    world->crash();
    world->start();
    // What was answered just now may come again; nothing may be missing.
    auto seen = told(poll(id));
    EXPECT_THAT(seen.front(), AnyOf("1 ALPHA", "4 ALPHA"));
    EXPECT_EQ(seen.back(), "5 ALPHA");
    id = make({"ALPHA"});
    world->tell(World::kAlice);
    world->crash();  // at once behind the answer to the subscription
    world->start();
    EXPECT_THAT(told(poll(id)), ElementsAre("6 ALPHA"));
}

TEST_F(SessionTest, HeadTakesNoEvents) {
    begin();
    const std::string id = make({"ALPHA"});
    world->tell(World::kAlice);
    HttpClient client(world->port());
    client.send("HEAD " + of(id, "/events/poll") + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.head()->status, 200);
    EXPECT_THAT(told(client.get(of(id, "/events/poll"))), ElementsAre("1 ALPHA"));
}

TEST_F(SessionTest, CountsWhoWaitsAndWhatWasDelivered) {
    begin();
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 10; ++i) clients.push_back(waiting_poll(make({i % 2 == 0 ? "ALPHA" : "ALICE"})));
    world->tell(World::kAlice, 2);
    for (auto& client : clients) EXPECT_EQ(told(client->answer()).size(), 2U);
    EXPECT_EQ(world->figure("callboard_subscribers", "v2"), 0);
    EXPECT_TRUE(eventually([&] { return world->figure("callboard_deliveries_total", "v2") == 20; }));
    EXPECT_EQ(world->figure("callboard_delivery_seconds_count"), 20);
    EXPECT_EQ(world->figure("callboard_sessions"), 10);
}

TEST_F(SessionTest, StandsWhereItsClientIsAfterAStop) {
    begin();
    const std::string id = make({"ALPHA"});
    HttpClient client(world->port());
    world->tell(World::kAlice, 3);
    EXPECT_EQ(told(client.get(of(id, "/events/poll"))).size(), 3U);
    const auto waits = waiting_poll(id);
    world->tell(World::kAlice);
    world->stop();
    EXPECT_THAT(told(waits->answer()), ElementsAre("4 ALPHA"));
    world->start();
    world->tell(World::kAlice);
    EXPECT_THAT(told(poll(id)), ElementsAre("5 ALPHA"));
}

}  // namespace
}  // namespace callboard::test
