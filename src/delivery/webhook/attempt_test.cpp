#include "delivery/webhook/attempt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery/webhook/signature.hpp"

namespace callboard::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr Time kNow = time_from_nanoseconds(1'780'000'000'999'999'999);

Message message() {
    Message made;
    made.event = "start_ringing";
    made.calling = "0033612345678";
    made.body = R"({"event":"start_ringing"})";
    return made;
}

TEST(Attempt, PostsTheMessageSigned) {
    Webhook webhook;
    webhook.url = "https://crm.example/?from=*CALLING*";
    webhook.method = Webhook::Method::post;
    webhook.secret = Secret("new");
    webhook.previous_secret = Secret("old");
    const auto request = request_of(webhook, message(), "file-1", kNow, 10s);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://crm.example/?from=0033612345678");
    EXPECT_EQ(request.body, message().body);
    EXPECT_EQ(request.limits.within, 10s);
    EXPECT_EQ(request.limits.most_redirects, 0U);
    EXPECT_THAT(request.headers, Contains(Pair("Callboard-Id", "file-1")));
    EXPECT_THAT(request.headers, Contains(Pair("Callboard-Timestamp", "1780000000")));
    EXPECT_THAT(request.headers,
                Contains(Pair("Callboard-Signature", signature(Secret("new"), Secret("old"), "file-1",
                                                               "1780000000", message().body))));
}

TEST(Attempt, GetsWithoutABodyOrASignature) {
    Webhook webhook;
    webhook.url = "http://h/";
    webhook.secret = Secret("new");
    const auto request = request_of(webhook, message(), "file-1", kNow, 10s);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.body, "");
    for (const auto& [name, value] : request.headers) EXPECT_NE(name, "Callboard-Signature");
}

TEST(Reply, IsDeliveredOnlyWithTwoHundreds) {
    for (const int status : {200, 201, 204, 299}) {
        const Reply reply = reply_of(HttpClient::Answer{status, {}, "fine"});
        EXPECT_EQ(reply.outcome, Schedule::Outcome::delivered) << status;
        EXPECT_EQ(reply.error, "");
        EXPECT_EQ(reply.answer, "fine");
    }
    for (const int status : {301, 302, 307, 400, 401, 404, 429, 500, 503}) {
        const Reply reply = reply_of(HttpClient::Answer{status, {}, ""});
        EXPECT_EQ(reply.outcome, Schedule::Outcome::failed) << status;
        EXPECT_THAT(reply.error, HasSubstr(std::to_string(status)));
    }
    EXPECT_EQ(reply_of(HttpClient::Answer{410, {}, ""}).outcome, Schedule::Outcome::gone);
}

TEST(Reply, KeepsTheBeginningOfAnAnswer) {
    EXPECT_EQ(reply_of(HttpClient::Answer{200, {}, std::string(5'000, 'x')}).answer,
              std::string(kLongestAnswer, 'x'));
}

TEST(Reply, SaysWhatWentWrong) {
    const Reply reply = reply_of(Error{Error::Kind::unavailable, "http: crm.example: nobody there"});
    EXPECT_EQ(reply.outcome, Schedule::Outcome::failed);
    EXPECT_EQ(reply.status, 0);
    EXPECT_EQ(reply.error, "http: crm.example: nobody there");
}

}  // namespace
}  // namespace callboard::webhook
