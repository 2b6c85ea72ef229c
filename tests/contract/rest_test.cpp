// The REST side of OVH's API through a real server: who may call what, discovery, and the tokens of the six
// places, which open the event service.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ovh/routes.hpp"
#include "api/ovh/signature.hpp"
#include "base/text.hpp"
#include "tests/contract/world.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kBearer = "Authorization: Bearer KEY\r\n";

class Rest : public ::testing::Test {
  protected:
    /// One call; what is given as `headers` ends with a line break.
    HttpAnswer call(std::string_view method, std::string_view target, std::string_view headers = kBearer,
                    std::string_view body = {}) {
        HttpClient client(world_.port());
        client.send(fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n{}\r\n{}", method,
                                target, host(), body.size(), headers, body));
        auto answer = method == "HEAD" ? client.head() : client.answer();
        EXPECT_TRUE(answer) << method << " " << target;
        return answer.value_or(HttpAnswer{});
    }
    std::string host() const { return "127.0.0.1:" + std::to_string(world_.port()); }
    std::string seconds() const {
        return std::to_string(
            std::chrono::floor<std::chrono::seconds>(world_.clock.now()).time_since_epoch().count());
    }
    /// Headers of a call that is signed as `url`.
    std::string signed_as(std::string_view url, std::string_view method, std::string_view body = {},
                          std::string_view secret = World::kApplicationSecret,
                          std::string_view consumer = World::kConsumer,
                          std::string_view application = World::kApplication) const {
        const std::string time = seconds();
        const auto signature = ovh_rest::signature(Secret(std::string(secret)), Secret(std::string(consumer)),
                                                   {method, "", "", body, time}, url);
        return fmt::format(
            "X-Ovh-Application: {}\r\nX-Ovh-Consumer: {}\r\nX-Ovh-Timestamp: {}\r\nX-Ovh-Signature: {}\r\n",
            application, consumer, time, signature);
    }
    /// A token made at a place, without its quotes.
    std::string made(std::string_view place, std::string_view expiration = "1 day") {
        const auto answer = call("POST", fmt::format("{}/eventToken", place), kBearer,
                                 fmt::format(R"({{"expiration":"{}"}})", expiration));
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.body.size(), 38U) << answer.body;
        return answer.body.size() == 38 ? answer.body.substr(1, 36) : std::string();
    }
    bool in_force(std::string_view token) const {
        return world_.tokens.find(token, world_.clock.now()).has_value();
    }
    int poll(std::string_view token) {
        HttpClient client(world_.port());
        const auto answer = client.get(fmt::format("/?token={}", token));
        return answer ? answer->status : 0;
    }
    static std::string error(int status, std::string_view phrase, std::string_view code,
                             std::string_view message, std::string_view name) {
        return fmt::format(R"({{"message":"{}","httpCode":"{} {}","errorCode":"{}","class":"Client::{}"}})",
                           message, status, phrase, code, name);
    }
    void expect_error(const HttpAnswer& answer, int status, std::string_view phrase, std::string_view code,
                      std::string_view message, std::string_view name) {
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.body, error(status, phrase, code, message, name));
        EXPECT_EQ(answer.headers.count("x-ovh-queryid"), 1U);
    }

    World world_{{.poll_timeout = std::chrono::milliseconds(50)}};
};

TEST_F(Rest, TellsTheTimeToAnyone) {
    for (const char* path : {"/auth/time", "/1.0/auth/time", "/v1/auth/time", "/1.0/auth/time/"}) {
        const auto answer = call("GET", path, "");
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_NEAR(std::stod(answer.body), std::stod(seconds()), 2);
        EXPECT_EQ(answer.body.find_first_not_of("0123456789"), std::string::npos) << answer.body;
        EXPECT_EQ(answer.headers.at("content-type"), "application/json; charset=utf-8");
    }
}

TEST_F(Rest, LeadsFromTheAccountsToEachService) {
    EXPECT_EQ(call("GET", "/1.0/telephony").body, R"(["alpha","beta"])");
    EXPECT_EQ(call("GET", "/telephony/").body, R"(["alpha","beta"])");
    EXPECT_THAT(call("GET", "/v1/telephony/alpha").body,
                AllOf(HasSubstr(R"("billingAccount":"alpha")"), HasSubstr(R"("description":"Alpha")")));
    EXPECT_EQ(call("GET", "/1.0/telephony/alpha/service").body,
              R"(["0033123456101","0033123456102","0033123456300"])");
    EXPECT_EQ(call("GET", "/1.0/telephony/alpha/line").body, R"(["0033123456101","0033123456102"])");
    EXPECT_THAT(call("GET", "/1.0/telephony/alpha/service/0033123456300").body,
                HasSubstr(R"("featureType":"easyHunting")"));
    EXPECT_THAT(call("GET", "/1.0/telephony/alpha/line/0033123456101").body,
                HasSubstr(R"("serviceName":"0033123456101")"));
    EXPECT_THAT(call("GET", "/1.0/me").body, HasSubstr(R"("nichandle":"callboard")"));
}

TEST_F(Rest, WhatIsNotConfiguredDoesNotExist) {
    for (const char* path :
         {"/telephony/gamma", "/telephony/gamma/service", "/telephony/gamma/line",
          "/telephony/alpha/service/0033123456103", "/telephony/alpha/service/1",
          "/telephony/beta/line/0033123456101", "/telephony/alpha/line/0033123456300",
          "/telephony/gamma/eventToken", "/telephony/alpha/service/0033123456103/eventToken",
          "/telephony/alpha/easyHunting/0033123456101/hunting/eventToken",
          "/telephony/alpha/ovhPabx/0033123456103/hunting/agent/1/eventToken"}) {
        SCOPED_TRACE(path);
        expect_error(call("GET", path), 404, "Not Found", "NOT_FOUND", "This service does not exist",
                     "NotFound");
    }
    for (const char* path :
         {"/1.0", "/1.0/", "/1.0/domain", "/v1/telephony/alpha/fax", "/telephony/alpha/x/y", "/auth/else",
          "/me/api", "/1.0/api/events", "/1.0/metrics", "/telephony//line"}) {
        SCOPED_TRACE(path);
        expect_error(call("GET", path), 404, "Not Found", "NOT_FOUND", "Got an invalid (or empty) URL",
                     "NotFound");
    }
    EXPECT_EQ(call("GET", "/telephonyx").body.find("errorCode"), std::string::npos) << "not of this side";
    EXPECT_EQ(call("GET", "/v2/auth/time").status, 404);
}

const char* const kPlaces[] = {"/telephony/alpha",
                               "/telephony/alpha/service/0033123456300",
                               "/telephony/alpha/ovhPabx/0033123456300/hunting",
                               "/telephony/alpha/ovhPabx/0033123456300/hunting/agent/4242",
                               "/telephony/alpha/easyHunting/0033123456300/hunting",
                               "/telephony/alpha/easyHunting/0033123456300/hunting/agent/4242"};

TEST_F(Rest, EachOfTheSixPlacesHasOneToken) {
    std::vector<std::string> tokens;
    for (const char* place : kPlaces) {
        SCOPED_TRACE(place);
        const std::string target = std::string("/1.0") + place + "/eventToken";
        expect_error(call("GET", target), 404, "Not Found", "NOT_FOUND",
                     "The requested object (eventToken) does not exist", "NotFound");
        tokens.push_back(made(place));
        EXPECT_EQ(call("GET", target).body, R"({"token":")" + tokens.back() + R"("})");
        EXPECT_EQ(poll(tokens.back()), 200);
    }
    EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), std::size(kPlaces));
    for (std::size_t i = 0; i < std::size(kPlaces); ++i) {
        SCOPED_TRACE(kPlaces[i]);
        const std::string target = std::string("/v1") + kPlaces[i] + "/eventToken/";
        const std::string next = made(kPlaces[i], "unlimited");
        EXPECT_NE(next, tokens[i]);
        EXPECT_FALSE(in_force(tokens[i])) << "the old one stops";
        EXPECT_EQ(poll(next), 200);
        const auto deleted = call("DELETE", target);
        EXPECT_EQ(deleted.status, 200);
        EXPECT_EQ(deleted.body, "null");
        EXPECT_FALSE(in_force(next));
        expect_error(call("DELETE", target), 404, "Not Found", "NOT_FOUND",
                     "The requested object (eventToken) does not exist", "NotFound");
        for (std::size_t other = i + 1; other < std::size(kPlaces); ++other)
            EXPECT_TRUE(in_force(tokens[other])) << kPlaces[other];
    }
}

TEST_F(Rest, TokensExpire) {
    const std::pair<const char*, std::chrono::seconds> lifetimes[] = {{"5 minutes", std::chrono::minutes(5)},
                                                                      {"1 hour", std::chrono::hours(1)},
                                                                      {"1 day", std::chrono::hours(24)}};
    for (const auto& [expiration, lifetime] : lifetimes) {
        SCOPED_TRACE(expiration);
        const std::string token = made("/telephony/alpha", expiration);
        world_.clock.move(lifetime - std::chrono::seconds(60));
        EXPECT_EQ(poll(token), 200);
        world_.clock.move(std::chrono::seconds(60));
        EXPECT_EQ(poll(token), 403);
        EXPECT_EQ(call("GET", "/telephony/alpha/eventToken").status, 404);
    }
}

TEST_F(Rest, ATokenReadsWhatItsPlaceIsAbout) {
    const auto queue_event = [](const char* name, const char* agent) {
        Event event;
        event.name = name;
        event.protocol = Protocol::queues;
        event.ressource = World::kQueue;
        QueueData data;
        data.set("Action", name);
        if (agent != nullptr) data.set("QueueAgent", agent);
        event.data = std::move(data);
        return event;
    };
    const std::string begin = world_.seal().seal({world_.hub().epoch(), world_.hub().last()});
    world_.tell({queue_event("member-queue-start", nullptr),
                 queue_event("agent-offering", "agent_0033123456101_4242"),
                 queue_event("agent-offering", "agent_0033123456102_4243")});
    world_.tell(World::kAlice);
    const int expected[] = {4, 3, 3, 1, 3, 1};
    for (std::size_t i = 0; i < std::size(kPlaces); ++i) {
        HttpClient client(world_.port());
        const auto answer =
            client.get(fmt::format("/?token={}&session={}", made(kPlaces[i]), percent_encoded(begin)));
        ASSERT_TRUE(answer);
        int events = 0;
        for (std::size_t at = 0; (at = answer->body.find(R"("Event":")", at)) != std::string::npos; ++at)
            if (answer->body.compare(at - 1, 1, "{") == 0) ++events;
        // A line's Data has an Event of its own, which is not the first member.
        EXPECT_EQ(events, expected[i]) << kPlaces[i] << " " << answer->body;
    }
}

TEST_F(Rest, NamesTheParameterThatIsWrong) {
    for (const char* body : {"", "{}", R"({"expiration":"2 days"})", R"({"expiration":7})"}) {
        const auto answer = call("POST", "/1.0/telephony/alpha/eventToken", kBearer, body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_THAT(answer.body, AllOf(StartsWith(R"({"message":"[expiration] )"),
                                       HasSubstr(R"("errorCode":"INVALID_PARAMETER")")));
    }
    EXPECT_THAT(call("POST", "/1.0/telephony/alpha/eventToken", kBearer, "[").body, HasSubstr("[body]"));
    EXPECT_EQ(call("GET", "/telephony/alpha/eventToken").status, 404) << "nothing was made";
    EXPECT_THAT(call("GET", "/telephony/alpha/easyHunting/0033123456300/hunting/agent/a%20b/eventToken").body,
                HasSubstr("NOT_GRANTED_CALL"));
    const auto answer = call("POST", "/1.0/telephony/alpha/eventToken", kBearer,
                             R"({"expiration":"1 day","padding":")" + std::string(65'536, 'x') + "\"}");
    EXPECT_EQ(answer.status, 413);
    EXPECT_THAT(answer.body, HasSubstr("Client::ContentTooLarge"));
}

TEST_F(Rest, TakesSignedCalls) {
    const std::string body = R"({"expiration":"1 hour"})";
    const std::string target = "/1.0/telephony/alpha/eventToken";
    for (const std::string& url :
         {"http://" + host() + target, "https://" + host() + target, "https://127.0.0.1" + target,
          "https://calls.example/board" + target, "https://calls.example" + target,
          std::string("https://calls.example/v1/telephony/alpha/eventToken")}) {
        const auto answer = call("POST", target, signed_as(url, "POST", body), body);
        EXPECT_EQ(answer.status, 200) << url << " " << answer.body;
    }
    EXPECT_EQ(call("GET", "/telephony?x=y", signed_as("http://" + host() + "/telephony?x=y", "GET")).status,
              200);
    EXPECT_EQ(call("HEAD", "/telephony", signed_as("http://" + host() + "/telephony", "HEAD")).status, 200);
}

TEST_F(Rest, RefusesEachMistakeInItsOwnWords) {
    const std::string target = "/1.0/telephony";
    const std::string url = "http://" + host() + target;
    expect_error(call("GET", target, ""), 401, "Unauthorized", "MISSING_CREDENTIAL", "You must login first",
                 "Unauthorized");
    expect_error(call("GET", target, signed_as(url, "GET", "", "wrong")), 400, "Bad Request",
                 "INVALID_SIGNATURE", "Invalid signature", "BadRequest");
    expect_error(call("GET", target, signed_as(url, "GET", "", World::kApplicationSecret, "wrong")), 403,
                 "Forbidden", "NOT_CREDENTIAL", "This credential does not exist", "Forbidden");
    expect_error(
        call("GET", target, signed_as(url, "GET", "", World::kApplicationSecret, World::kConsumer, "wrong")),
        403, "Forbidden", "INVALID_KEY", "This application key is invalid", "Forbidden");
    expect_error(call("GET", target, "Authorization: Bearer wrong\r\n"), 403, "Forbidden",
                 "INVALID_CREDENTIAL", "This credential is not valid", "Forbidden");
    const std::string stale = signed_as(url, "GET");
    world_.clock.move(std::chrono::minutes(6));
    expect_error(call("GET", target, stale), 400, "Bad Request", "QUERY_TIME_OUT", "Query out of time",
                 "BadRequest");
}

TEST_F(Rest, WrongKeysAreSlowedAndRightOnesAreNot) {
    const auto now = [] { return std::chrono::steady_clock::now(); };
    for (unsigned i = 0; i < WrongTokens::kFree; ++i) call("GET", "/me", "Authorization: Bearer wrong\r\n");
    // What is held back is not quicker than its wait; that the right key does not wait shows in its own
    // order.
    const auto begun = now();
    HttpClient guesser(world_.port()), owner(world_.port());
    guesser.send_get("/me", "Authorization: Bearer wrong\r\n");
    const auto right = owner.get("/me", kBearer);
    ASSERT_TRUE(right);
    EXPECT_EQ(right->status, 200);
    const auto wrong = guesser.answer();
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->status, 403);
    EXPECT_GE(now() - begun, WrongTokens::kFirst);
}

TEST_F(Rest, RulesDecide) {
    world_.stop();
    world_.allowed = {{"GET", "/telephony/*"}, {"POST", "/telephony/*/eventToken"}};
    world_.start();
    EXPECT_EQ(call("GET", "/1.0/telephony").status, 200) << "a slash at the end makes no difference";
    EXPECT_EQ(call("GET", "/v1/telephony/alpha/line").status, 200);
    EXPECT_EQ(call("HEAD", "/telephony/alpha").status, 200);
    EXPECT_EQ(poll(made("/1.0/telephony/alpha")), 200);
    for (const auto& [method, path] :
         {std::pair{"DELETE", "/1.0/telephony/alpha/eventToken"}, {"GET", "/me"}, {"GET", "/v1/me"}}) {
        SCOPED_TRACE(path);
        for (const std::string& headers :
             {std::string(kBearer), signed_as("http://" + host() + path, method)})
            expect_error(call(method, path, headers), 403, "Forbidden", "NOT_GRANTED_CALL",
                         "This call has not been granted", "Forbidden");
    }
    EXPECT_EQ(call("GET", "/auth/currentCredential").status, 200) << "about the caller alone";
}

TEST_F(Rest, TellsACallerAboutItself) {
    const std::string target = "/1.0/auth/currentCredential";
    const auto credential = call("GET", target, signed_as("http://" + host() + target, "GET"));
    EXPECT_THAT(credential.body,
                AllOf(HasSubstr(R"("status":"validated")"), HasSubstr(R"({"method":"DELETE","path":"/*"})")));
    EXPECT_EQ(credential.body.find(World::kConsumer), std::string::npos);
    EXPECT_EQ(call("GET", target).status, 200);
    EXPECT_EQ(call("GET", target, "").status, 401);
    EXPECT_THAT(call("GET", "/auth/details").body, HasSubstr(R"("description":"tests")"));
    EXPECT_EQ(call("GET", "/auth/details", signed_as("http://" + host() + "/auth/details", "GET")).status,
              200);
}

TEST_F(Rest, ALogoutEndsTheConsumerKeyUntilTheConfigurationIsReadAgain) {
    const auto me = [this] { return call("GET", "/me", signed_as("http://" + host() + "/me", "GET")); };
    EXPECT_EQ(me().status, 200);
    const auto out = call("POST", "/auth/logout", signed_as("http://" + host() + "/auth/logout", "POST"));
    EXPECT_EQ(out.status, 200);
    EXPECT_EQ(out.body, "null");
    expect_error(me(), 403, "Forbidden", "INVALID_CREDENTIAL", "This credential is not valid", "Forbidden");
    EXPECT_EQ(call("POST", "/auth/logout").status, 403) << "a Bearer key has no session";
    EXPECT_EQ(call("GET", "/me").status, 200);
    world_.stop();
    world_.start();
    EXPECT_EQ(me().status, 200);
}

TEST_F(Rest, GivesOutNoKeys) {
    const std::string body = R"({"accessRules":[{"method":"GET","path":"/*"}],"redirection":null})";
    const std::string known = fmt::format("X-Ovh-Application: {}\r\n", World::kApplication);
    const auto answer = call("POST", "/1.0/auth/credential", known, body);
    EXPECT_EQ(answer.status, 403);
    EXPECT_THAT(answer.body,
                AllOf(HasSubstr("come from its configuration"), HasSubstr(R"("errorCode":"FORBIDDEN")")));
    for (const char* headers : {"X-Ovh-Application: wrong\r\n", ""})
        expect_error(call("POST", "/auth/credential", headers, body), 403, "Forbidden", "INVALID_KEY",
                     "This application key is invalid", "Forbidden");
}

TEST_F(Rest, AnswersOtherMethodsAsTheRestOfTheServerDoes) {
    const auto wrong = call("PUT", "/1.0/telephony/alpha/eventToken");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD, POST, DELETE, OPTIONS");
    EXPECT_THAT(wrong.body, HasSubstr(R"("class":"Client::MethodNotAllowed")"));
    EXPECT_EQ(call("POST", "/auth/time", "").headers.at("allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(call("HEAD", "/auth/time", "").status, 200);

    const auto preflight = call("OPTIONS", "/1.0/telephony/alpha/eventToken",
                                "Origin: https://crm.example\r\nAccess-Control-Request-Method: DELETE\r\n"
                                "Access-Control-Request-Headers: x-ovh-signature\r\n");
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*");
    EXPECT_THAT(preflight.headers.at("access-control-allow-methods"), HasSubstr("DELETE"));
    EXPECT_THAT(preflight.headers.at("access-control-allow-headers"), HasSubstr("X-Ovh-Signature"));
    EXPECT_EQ(call("OPTIONS", "/1.0/nothing").status, 404);
    for (const auto& answer : {call("GET", "/1.0/telephony"), call("GET", "/1.0/telephony", "")})
        EXPECT_EQ(answer.headers.at("access-control-allow-origin"), "*") << "errors are read by pages too";
}

TEST_F(Rest, EveryRouteNeedsWhatItSays) {
    for (const auto& route : ovh_rest::route_table()) {
        std::string path(route.path);
        for (const auto& [name, value] :
             {std::pair{"{billingAccount}", "alpha"}, {"{serviceName}", World::kQueue}, {"{agentId}", "1"}})
            if (const auto at = path.find(name); at != std::string::npos)
                path.replace(at, std::string_view(name).size(), value);
        SCOPED_TRACE(std::string(route.method) + " " + path);
        EXPECT_EQ(call(route.method, path, "").status == 401, route.needs != ovh_rest::Needs::nothing);
    }
}

}  // namespace
}  // namespace callboard::test
