// A masked token through the real server: whatever it reads, and however, no number of a stranger is in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <thread>

#include "tests/contract/session_readers.hpp"

namespace callboard::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMasked = "0033612****78";

/// What strangers are known by in the events of some_calls().
auto tells_no_stranger() {
    return AllOf(Not(HasSubstr("612345678")), Not(HasSubstr("698765432")), Not(HasSubstr("12 34 56 78")),
                 Not(HasSubstr("Dupont")));
}

/// With much in memory, and with nearly everything on the disk.
class Masked : public testing::TestWithParam<std::size_t> {
  protected:
    Masked() : world_({.tail = GetParam()}) {
        world_.tokens.allow("MASKED", {"alpha", "", {}, {}, true});
        begin_ = world_.seal().seal({world_.hub().epoch(), world_.hub().last()});
    }
    HttpAnswer ask(std::string_view method, const std::string& target, const std::string& token = "MASKED") {
        HttpClient client(world_.port());
        const auto answer = client.ask(method, target, "Authorization: Bearer " + token + "\r\n");
        return answer ? *answer : HttpAnswer{};
    }
    std::string get(const std::string& target, const std::string& token = "MASKED") {
        const auto answer = ask("GET", target, token);
        EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
        return answer.body;
    }
    /// The answer once `text` is in it: the history is filled beside the journal.
    std::string get_with(const std::string& target, const std::string& text) {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        std::string body;
        do {
            body = get(target);
        } while (body.find(text) == std::string::npos && std::chrono::steady_clock::now() < patience);
        return body;
    }
    void ingest(const std::string& events) {
        HttpClient client(world_.port());
        const auto answer = client.post("/api/ingest", events, "Authorization: Bearer KEY\r\n");
        ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
    }
    /// A stranger is missed at Alice's line, another talks to Bob, one waits in the queue.
    void some_calls() {
        const auto line = [](const char* event, const char* number, const char* call, const char* calling,
                             const char* called) {
            return std::string(R"({"event":")") + event + R"(","service":"sip","ressource":")" + number +
                   R"(","data":{"CallId":")" + call + R"(","Calling":")" + calling + R"(","Called":")" +
                   called + R"(","Dialed":")" + called +
                   R"(","Body":"INVITE sip:+33612345678@10.0.0.1 SIP/2.0",)"
                   R"("RelevantInfo":"for 06 12 34 56 78","CallingName":"Jean Dupont"}})";
        };
        ingest(
            "[" + line("start_ringing", World::kAlice, "0612345678@pbx", "0612345678", World::kAlice) + "," +
            line("end_ringing", World::kAlice, "0612345678@pbx", "0612345678", World::kAlice) + "," +
            line("start_ringing", World::kBob, "talk", World::kBob, "0033698765432") + "," +
            line("start_calling", World::kBob, "talk", World::kBob, "0033698765432") + "," +
            R"({"event":"member-queue-start","service":"queues","ressource":")" + World::kQueue +
            R"(","data":{"Action":"member-queue-start","Queue":")" + World::kQueue +
            R"(","Calling":"0033612345678","QueueMemberUUID":"the-last","QueueMemberCIDNumber":"0612345678",)"
            R"("QueueMemberCIDName":"Jean Dupont","Note":"0612345678"}}])");
    }
    /// The text of an event stream up to the last of some_calls().
    static std::string stream(HttpClient& client) {
        std::string all;
        while (all.find("the-last") == std::string::npos) {
            const auto block = client.until("\n\n");
            if (!block) return all + "the stream ended too early";
            all += *block;
        }
        return all;
    }
    static std::string messages(WebSocketClient& client) {
        std::string all;
        while (all.find("the-last") == std::string::npos) {
            const auto said = client.read();
            if (!said || said->close) return all + "the socket ended too early";
            all += said->text;
        }
        return all;
    }
    static void expect_masked(const std::string& text) {
        EXPECT_THAT(text, AllOf(tells_no_stranger(), HasSubstr(kMasked), HasSubstr("the-last"),
                                HasSubstr(World::kAlice)));
    }

    World world_;
    std::string begin_;
};
INSTANTIATE_TEST_SUITE_P(FromMemoryAndDisk, Masked, testing::Values(65'536, 2));

TEST_P(Masked, WhatWasBeforeIsReadMasked) {
    some_calls();
    expect_masked(get("/?token=MASKED&session=" + begin_));
    HttpClient events(world_.port());
    events.send_get("/api/events?token=MASKED&after=" + begin_);
    expect_masked(stream(events));
    const SessionClient poll(world_, "MASKED", begin_), socket(world_, "MASKED", begin_);
    expect_masked(get(poll.path("/events/poll")));
    WebSocketClient web_socket(world_.port(), socket.path("/events/websocket"));
    expect_masked(messages(web_socket));
}

TEST_P(Masked, WhatComesIsReadMasked) {
    HttpClient events(world_.port()), long_poll(world_.port()), session_poll(world_.port());
    const SessionClient poll(world_, "MASKED", ""), socket(world_, "MASKED", "");
    WebSocketClient web_socket(world_.port(), socket.path("/events/websocket"));
    events.send_get("/api/events?token=MASKED");
    long_poll.send_get("/?token=MASKED");
    session_poll.send_get(poll.path("/events/poll"));
    const auto patience = std::chrono::steady_clock::now() + 10s;
    while (world_.figure("callboard_subscribers") < 4 && std::chrono::steady_clock::now() < patience)
        std::this_thread::yield();
    some_calls();
    expect_masked(stream(events));
    expect_masked(messages(web_socket));
    for (auto* client : {&long_poll, &session_poll}) {
        const auto answer = client->answer();
        ASSERT_TRUE(answer);
        expect_masked(answer->body);
    }
}

TEST_P(Masked, OneSessionReadsUnderBothKindsOfToken) {
    some_calls();
    const SessionClient session(world_, "MASKED", "");
    HttpClient client(world_.port());
    ASSERT_TRUE(client.post(session.path("/subscribe/ALPHA")));
    some_calls();
    simdjson::dom::parser parser;
    std::string masked, plain;
    for (const auto event : parser.parse(get(session.path("/events/poll"))).get_array())
        (std::string_view(event["token"]) == "MASKED" ? masked : plain) += simdjson::minify(event);
    expect_masked(masked);
    EXPECT_THAT(plain, AllOf(HasSubstr("0612345678"), HasSubstr("Dupont"), Not(HasSubstr("****"))));
}

TEST_P(Masked, TheBoardIsMaskedNowAndAsItWas) {
    some_calls();
    for (const auto& target :
         {std::string("/api/snapshot"),
          "/api/snapshot?at=" + std::to_string(nanoseconds_since_epoch(world_.clock.now()))}) {
        expect_masked(get(target));
        EXPECT_THAT(get(target, "ALPHA"), HasSubstr("0033612345678"));
    }
}

TEST_P(Masked, TheHistoryIsMasked) {
    some_calls();
    get_with("/api/calls", "the-last");
    for (const char* target : {"/api/calls", "/api/calls.csv", "/api/calls.jsonl"}) {
        expect_masked(get(target));
        EXPECT_THAT(get(target, "ALPHA"), HasSubstr("612345678"));
    }
    EXPECT_THAT(get("/api/statistics?by=line"), tells_no_stranger());
    const std::string missed = get("/api/callbacks");
    EXPECT_THAT(missed, AllOf(tells_no_stranger(), HasSubstr(kMasked)));
    simdjson::dom::parser parser;
    const std::string id{std::string_view(parser.parse(missed)["callbacks"].at(0)["id"])};
    for (const char* method : {"POST", "DELETE"}) {
        const auto ticked = ask(method, "/api/callbacks/" + id + "/done");
        EXPECT_EQ(ticked.status, 200) << ticked.body;
        EXPECT_THAT(ticked.body, AllOf(tells_no_stranger(), HasSubstr(kMasked)));
    }
}

TEST_P(Masked, NobodyIsFoundByNumber) {
    some_calls();
    for (const char* path : {"/api/calls", "/api/calls.csv", "/api/calls.jsonl"})
        for (const char* number : {"0612345678", "0699999999", "0033612****78"}) {
            const auto refused = ask("GET", std::string(path) + "?number=" + number);
            EXPECT_EQ(refused.status, 403) << path;
            EXPECT_THAT(refused.body, HasSubstr("masked"));
        }
}

/// Deliveries have numbers in their addresses.
TEST_P(Masked, NoWebhookIsSeen) {
    HttpClient client(world_.port());
    const auto made = client.post(
        "/api/webhooks",
        R"({"name":"crm","account":"alpha","events":["end_ringing"],"url":"http://crm.example/?n=*CALLING*"})",
        "Authorization: Bearer KEY\r\n");
    ASSERT_TRUE(made);
    ASSERT_EQ(made->status, 201) << made->body;
    simdjson::dom::parser parser;
    const std::string id{std::string_view(parser.parse(made->body)["id"])};
    EXPECT_THAT(get("/api/webhooks", "ALPHA"), HasSubstr(id));
    EXPECT_THAT(get("/api/webhooks"), Not(HasSubstr(id)));
    EXPECT_EQ(ask("GET", "/api/webhooks/" + id + "/deliveries", "ALPHA").status, 200);
    EXPECT_EQ(ask("GET", "/api/webhooks/" + id + "/deliveries").status, 404);
}

}  // namespace
}  // namespace callboard::test
