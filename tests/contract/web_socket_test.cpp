// What only the WebSocket of version 2 does (OVH protocol §2, RFC 6455).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <functional>

#include "tests/contract/session_readers.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using websocket::Opcode;
namespace close_code = websocket::close_code;

bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

/// Asked for acknowledgement at once.
World::Settings prompt() {
    World::Settings settings;
    settings.web_socket.ask_every = milliseconds(1);
    settings.web_socket.close_within = milliseconds(200);
    return settings;
}

std::string told(const std::optional<WebSocketClient::Said>& said) {
    if (!said) return "nothing";
    if (said->close) return "closed " + std::to_string(said->close->code);
    simdjson::dom::parser parser;
    simdjson::dom::element event;
    if (parser.parse(said->text).get(event) != simdjson::SUCCESS) return said->text;
    return std::string(std::string_view(event["data"]["CallId"])) + " " +
           std::string(std::string_view(event["token"]));
}

std::string session(World& world, const std::vector<std::string>& tokens) {
    HttpClient client(world.port());
    simdjson::dom::parser parser;
    const auto made = client.post("/v2/session", "data={}");
    std::string id{std::string_view(parser.parse(made->body)["id"])};
    for (const auto& token : tokens)
        EXPECT_EQ(client.post("/v2/session/" + id + "/subscribe/" + token, "data={}")->status, 200);
    return id;
}

std::string path(const std::string& id) { return "/v2/session/" + id + "/events/websocket"; }

TEST(WebSocket, TellsOneEventAMessage) {
    World world;
    const std::string id = session(world, {"ALPHA", "ALICE"});
    WebSocketClient client(world.port(), path(id));
    ASSERT_TRUE(client.open());
    EXPECT_EQ(client.handshake().headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_FALSE(client.handshake().headers.contains("sec-websocket-extensions"));
    world.tell(World::kAlice, 2);
    world.tell(World::kBob);
    for (const auto* wanted : {"1 ALPHA", "1 ALICE", "2 ALPHA", "2 ALICE", "3 ALPHA"})
        EXPECT_EQ(told(client.read()), wanted);
}

/// A client that says something empty when it begins, and makes a new session after every close.
TEST(WebSocket, IgnoresWhatClientsSay) {
    World world;
    for (int i = 1; i <= 3; ++i) {
        WebSocketClient client(world.port(), path(session(world, {"ALPHA"})));
        client.send(Opcode::text, "");
        client.send(Opcode::text, "whatever", false);
        client.send(Opcode::ping, "are you there?");
        client.send(Opcode::continuation, " it is");
        client.send(Opcode::binary, std::string(60'000, '\xFF'));
        EXPECT_EQ(client.pong(), "are you there?");
        world.tell(World::kAlice);
        EXPECT_EQ(told(client.read()), std::to_string(i) + " ALPHA");
        client.say_goodbye(1000);
        EXPECT_EQ(told(client.read()), "closed 1000");
    }
    EXPECT_TRUE(eventually([&] { return world.figure("callboard_subscribers", "websocket") == 0; }));
}

TEST(WebSocket, SaysThatThereIsNoSuchSession) {
    World world;
    WebSocketClient client(world.port(), path("Xk3fQ0aP7b2z"));
    ASSERT_TRUE(client.open());
    const auto text = client.read();
    ASSERT_TRUE(text);
    EXPECT_EQ(text->text, "Session not found\n");
    EXPECT_EQ(told(client.read()), "closed 4404");
}

TEST(WebSocket, AsksForAnUpgradeOfTheRightVersion) {
    World world;
    HttpClient client(world.port());
    const auto answer = client.get(path("Xk3fQ0aP7b2z"));
    EXPECT_EQ(answer->status, 426);
    EXPECT_EQ(answer->headers.at("upgrade"), "websocket");
    EXPECT_EQ(
        client.get(path("x"), "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n")
            ->headers.at("sec-websocket-version"),
        "13");
    EXPECT_EQ(
        client.get(path("x"), "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            ->status,
        400);
    client.send("HEAD " + path("x") + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.head()->status, 200);
}

TEST(WebSocket, TellsAgainWhatWasNotAcknowledged) {
    World world(prompt());
    const std::string id = session(world, {"ALPHA"});
    for (int i = 0; i < 3; ++i) {
        world.tell(World::kAlice);
        WebSocketClient deaf(world.port(), path(id), {.answers_pings = false});
        for (int told_before = 1; told_before <= i + 1; ++told_before)
            EXPECT_EQ(told(deaf.read()), std::to_string(told_before) + " ALPHA");
        EXPECT_TRUE(eventually([&] { return deaf.pings() > 0; }));
    }
    HttpClient poll(world.port());
    EXPECT_THAT(poll.get("/v2/session/" + id + "/events/poll")->body, HasSubstr(R"("CallId":"3")"));
}

TEST(WebSocket, TellsNothingAgainThatWasAcknowledged) {
    World world(prompt());
    const std::string id = session(world, {"ALPHA"});
    for (int i = 1; i <= 10; ++i) {
        WebSocketClient client(world.port(), path(id));
        world.tell(World::kAlice);
        EXPECT_EQ(told(client.read()), std::to_string(i) + " ALPHA");
        EXPECT_TRUE(eventually([&] { return world.sessions().find(id)->place() == world.hub().last(); }));
    }
}

TEST(WebSocket, APongThatAnswersNothingAcknowledgesNothing) {
    World world(prompt());
    const std::string id = session(world, {"ALPHA"});
    {
        WebSocketClient client(world.port(), path(id), {.answers_pings = false});
        world.tell(World::kAlice);
        EXPECT_EQ(told(client.read()), "1 ALPHA");
        for (const auto* pong : {"", "7", "99999999999999999999", "x"}) client.send(Opcode::pong, pong);
        client.send(Opcode::ping, "seen");
        EXPECT_EQ(client.pong(), "seen");
    }
    EXPECT_EQ(world.sessions().find(id)->place(), 0U);
}

TEST(WebSocket, ProbesAndEndsWhoDoesNotAnswer) {
    World world({.heartbeat = milliseconds(50)});
    WebSocketClient alive(world.port(), path(session(world, {"ALPHA"})));
    WebSocketClient dead(world.port(), path(session(world, {"ALPHA"})), {.answers_pings = false});
    EXPECT_EQ(told(dead.read()), "closed 1006");
    EXPECT_EQ(dead.pings(), 2U);
    EXPECT_TRUE(eventually([&] { return alive.pings() > 5; }));
    world.tell(World::kAlice);
    EXPECT_EQ(told(alive.read()), "1 ALPHA");
    EXPECT_EQ(world.figure("callboard_subscribers", "websocket"), 1);
}

TEST(WebSocket, TheNewestReaderOfASessionWins) {
    World world(prompt());
    const std::string id = session(world, {"ALPHA"});
    WebSocketClient first(world.port(), path(id));
    HttpClient second(world.port());
    second.send_get("/v2/session/" + id + "/events/poll");
    EXPECT_EQ(told(first.read()), "closed 4409");
    EXPECT_TRUE(eventually([&] { return world.figure("callboard_subscribers", "v2") == 1; }));
    WebSocketClient third(world.port(), path(id));
    EXPECT_EQ(second.answer()->status, 409);
    WebSocketClient fourth(world.port(), path(id));
    EXPECT_EQ(told(third.read()), "closed 4409");
    world.tell(World::kAlice);
    EXPECT_EQ(told(fourth.read()), "1 ALPHA");
}

TEST(WebSocket, SaysThatItsTokenDied) {
    World world({.reactors = 1});  // both sockets are checked at once
    world.tokens.allow("BRIEF", {"alpha", "", {}});
    WebSocketClient both(world.port(), path(session(world, {"BRIEF", "ALICE"})));
    WebSocketClient one(world.port(), path(session(world, {"BRIEF"})));
    world.tokens.end("BRIEF");
    const auto text = one.read();
    ASSERT_TRUE(text);
    EXPECT_EQ(text->text, "This token is wrong, revoked or expired\n");
    EXPECT_EQ(told(one.read()), "closed 4403");
    world.tell(World::kAlice);
    EXPECT_EQ(told(both.read()), "1 ALICE");
    world.tokens.end("ALICE");
    EXPECT_EQ(told(both.read()), "This token is wrong, revoked or expired\n");
    EXPECT_EQ(told(both.read()), "closed 4403");
}

TEST(WebSocket, SaysThatItsSessionWasDeleted) {
    World world;
    const std::string id = session(world, {"ALPHA"});
    WebSocketClient client(world.port(), path(id));
    HttpClient(world.port()).ask("DELETE", "/v2/session/" + id);
    EXPECT_EQ(told(client.read()), "Session not found\n");
    EXPECT_EQ(told(client.read()), "closed 4404");
}

TEST(WebSocket, TakesSubscriptionsWhileItIsRead) {
    World world;
    const std::string id = session(world, {});
    WebSocketClient client(world.port(), path(id));
    HttpClient http(world.port());
    world.tell(World::kCarol);
    http.post("/v2/session/" + id + "/subscribe/BETA");
    world.tell(World::kCarol);
    EXPECT_EQ(told(client.read()), "2 BETA");
    http.post("/v2/session/" + id + "/subscribe/ALPHA");
    world.tell(World::kAlice);
    EXPECT_EQ(told(client.read()), "3 ALPHA");
    http.post("/v2/session/" + id + "/unsubscribe/BETA");
    world.tell(World::kCarol);
    world.tell(World::kBob);
    EXPECT_EQ(told(client.read()), "5 ALPHA");
}

TEST(WebSocket, FailsWhoBreaksTheProtocol) {
    World world;
    const auto closed_after = [&](const std::function<void(WebSocketClient&)>& deed) {
        WebSocketClient client(world.port(), path(session(world, {"ALPHA"})));
        deed(client);
        return told(client.read());
    };
    EXPECT_EQ(closed_after([](auto& client) { client.send(std::string_view("\x81\x02hi")); }), "closed 1002");
    EXPECT_EQ(closed_after([](auto& client) { client.send(Opcode::text, "\xFF"); }), "closed 1007");
    EXPECT_EQ(closed_after([](auto& client) { client.send(Opcode::text, std::string(65'537, 'x')); }),
              "closed 1009");
    EXPECT_EQ(closed_after([](auto& client) { client.say_goodbye(4999); }), "closed 4999");
    EXPECT_TRUE(eventually([&] { return world.figure("callboard_subscribers", "websocket") == 0; }));
}

TEST(WebSocket, ClosesOnItsOwnWhoDoesNotSayGoodbye) {
    World world(prompt());
    const std::string id = session(world, {"ALPHA"});
    HttpClient rude(world.port());
    rude.send_get(path(id),
                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    ASSERT_EQ(rude.head()->status, 101);
    HttpClient(world.port()).ask("DELETE", "/v2/session/" + id);
    EXPECT_TRUE(rude.closed_by_server());
}

TEST(WebSocket, TellsWhatIsGoneUntilItsClientKnows) {
    World world(prompt());
    const std::string id = session(world, {"ALPHA"});
    for (int i = 0; i < 10; ++i) world.tell(World::kAlice);
    SessionRecord kept = *world.sessions().find(id);
    world.clock.move(std::chrono::hours(24 * 91));
    world.tell(World::kAlice, 2);
    world.stop();
    world.start();
    ASSERT_TRUE(eventually([&] { return world.hub().first() == 11; }));
    world.sessions().restore(kept);
    for (const bool answers : {false, false, true}) {
        WebSocketClient client(world.port(), path(id), {.answers_pings = answers});
        const auto said = client.read();
        ASSERT_TRUE(said && said->close);
        EXPECT_EQ(said->close->code, close_code::events_gone);
        EXPECT_THAT(said->close->reason, HasSubstr("10 events are gone"));
    }
    WebSocketClient client(world.port(), path(id));
    EXPECT_EQ(told(client.read()), "11 ALPHA");
    EXPECT_EQ(told(client.read()), "12 ALPHA");
}

TEST(WebSocket, StandsWhereItsClientIsAfterAStop) {
    World::Settings settings;
    settings.web_socket.ask_every = std::chrono::hours(24'000);  // the end is the first to ask
    World world(settings);
    const std::string id = session(world, {"ALPHA"});
    WebSocketClient client(world.port(), path(id));
    world.tell(World::kAlice, 3);
    world.stop();
    for (const auto* wanted : {"1 ALPHA", "2 ALPHA", "3 ALPHA", "closed 1001"})
        EXPECT_EQ(told(client.read()), wanted);
    world.start();
    EXPECT_EQ(world.sessions().find(id)->place(), 3U);
}

TEST(WebSocket, SharesABurstAmongReadersBehindAndInFront) {
    World world({.tail = 500, .most_backlog = 4 << 10});
    const std::string begin = world.seal().seal({world.hub().epoch(), 0});
    std::vector<std::unique_ptr<WebSocketReader>> readers;
    for (int i = 0; i < 30; ++i)
        readers.push_back(std::make_unique<WebSocketReader>(
            world, i % 2 == 0 ? "ALPHA" : "ALICE", begin,
            WebSocketClient::Options{.most_unread = i % 3 == 0 ? 1U : 100'000U,
                                     .receive_buffer = i % 3 == 0 ? 4'096 : 0}));
    for (int i = 0; i < 30; ++i) world.tell(World::kAlice, 100);
    for (auto& reader : readers) ASSERT_EQ(read_calls(*reader, 3'000).calls, calls(1, 3'000));
}

TEST(WebSocket, SessionsOfManyTokensShareWithThoseOfOne) {
    World world;
    const std::vector<std::vector<std::string>> sets = {
        {"ALPHA"}, {"ALICE"}, {"ALPHA", "BETA"}, {"ALICE", "ALPHA"}, {"BETA", "ALICE", "ALPHA"}};
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    for (const auto& tokens : sets)
        clients.push_back(std::make_unique<WebSocketClient>(
            world.port(), path(session(world, tokens)), WebSocketClient::Options{.most_unread = 100'000}));
    std::vector<std::string> lines;
    for (int i = 0; i < 300; ++i)
        lines.emplace_back(i % 7 == 0 ? World::kCarol : i % 3 == 0 ? World::kBob : World::kAlice);
    for (std::size_t i = 0; i < lines.size();) {  // some alone, some in groups over all lines
        std::vector<Event> group;
        for (const std::size_t size = i % 11 + 1; group.size() < size && i < lines.size(); ++i)
            group.push_back(world.event(event_name::start_ringing, lines[i], std::to_string(i + 1)));
        world.tell(std::move(group));
    }
    for (std::size_t client = 0; client < sets.size(); ++client)
        for (std::size_t i = 0; i < lines.size(); ++i)
            for (const auto& token : sets[client]) {
                const bool covers = token == "ALPHA"   ? lines[i] != World::kCarol
                                    : token == "ALICE" ? lines[i] == World::kAlice
                                                       : lines[i] == World::kCarol;
                if (covers) {
                    ASSERT_EQ(told(clients[client]->read()), std::to_string(i + 1) + " " + token);
                }
            }
}

TEST(WebSocket, CountsItsReaders) {
    World world;
    {
        WebSocketReader one(world, "ALPHA"), two(world, "ALICE");
        EXPECT_TRUE(eventually([&] { return world.figure("callboard_subscribers", "websocket") == 2; }));
        world.tell(World::kAlice);
        read_calls(one, 1);
        read_calls(two, 1);
        EXPECT_EQ(world.figure("callboard_deliveries_total", "websocket"), 2);
        EXPECT_EQ(world.figure("callboard_delivery_seconds_count"), 2);
    }
    EXPECT_TRUE(eventually([&] { return world.figure("callboard_subscribers", "websocket") == 0; }));
}

}  // namespace
}  // namespace callboard::test
