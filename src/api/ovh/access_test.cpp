#include "api/ovh/access.hpp"

#include <gtest/gtest.h>

#include "api/ovh/signature.hpp"

namespace callboard::ovh_rest {
namespace {

constexpr std::string_view kPublicUrl = "https://calls.example";

class AccessTest : public testing::Test {
  protected:
    AccessTest() {
        std::vector<ApiClient> clients;
        clients.push_back({Secret("application"), kSecret, kConsumer, {{"GET", "/telephony"}}});
        clients_ = std::make_unique<ApiClients>(std::move(clients), now_);
    }

    /// A call that is right until a test changes it. Views are of the members.
    HttpRequest request() {
        signature_ = signature(kSecret, kConsumer, {"GET", "/1.0/telephony", "calls.example", "", timestamp_},
                               "https://calls.example/1.0/telephony");
        HttpRequest call;
        call.method = "GET";
        call.target = call.path = "/1.0/telephony";
        call.headers = {{"Host", "calls.example"},
                        {"X-Ovh-Application", application_},
                        {"X-Ovh-Consumer", consumer_},
                        {"X-Ovh-Timestamp", timestamp_},
                        {"X-Ovh-Signature", signature_}};
        return call;
    }
    std::variant<Caller, Refusal> identify(const HttpRequest& call) const {
        return ovh_rest::identify(call, *clients_, keys_, kPublicUrl, now_);
    }
    void expect_refused(const HttpRequest& call, int status, std::string_view code, std::string_view message,
                        bool guessed) const {
        const auto who = identify(call);
        const auto* refusal = std::get_if<Refusal>(&who);
        ASSERT_NE(refusal, nullptr);
        EXPECT_EQ(refusal->error.status, status);
        EXPECT_EQ(refusal->error.code, code);
        EXPECT_EQ(refusal->error.message, message);
        EXPECT_EQ(refusal->guessed, guessed);
    }
    std::string seconds(std::chrono::nanoseconds from_now) const {
        return std::to_string(
            std::chrono::floor<std::chrono::seconds>(now_ + from_now).time_since_epoch().count());
    }

    const Secret kSecret{"the secret"};
    const Secret kConsumer{"consumer"};
    const Time now_ = time_from_nanoseconds(1'780'000'000'000'000'000);
    std::string application_ = "application", consumer_ = "consumer", timestamp_ = "1780000000", signature_;
    std::unique_ptr<ApiClients> clients_;
    const ApiKeys keys_{{{"crm", Secret("a key"), {{"GET", "/me"}}}}};
};

TEST_F(AccessTest, KnowsWhoSigns) {
    const auto who = identify(request());
    const auto* caller = std::get_if<Caller>(&who);
    ASSERT_NE(caller, nullptr);
    ASSERT_NE(caller->client, nullptr);
    EXPECT_EQ(caller->key, nullptr);
    EXPECT_EQ(caller->rules().front().path, "/telephony");
}

TEST_F(AccessTest, KnowsWhoHasAKey) {
    HttpRequest call;
    call.method = "GET";
    call.target = call.path = "/me";
    for (const char* authorization : {"Bearer a key", "bearer a key", "BEARER a key"}) {
        call.headers = {{"Authorization", authorization}};
        const auto who = identify(call);
        const auto* caller = std::get_if<Caller>(&who);
        ASSERT_NE(caller, nullptr) << authorization;
        ASSERT_NE(caller->key, nullptr);
        EXPECT_EQ(caller->key->name, "crm");
        EXPECT_EQ(caller->rules().front().path, "/me");
    }
    call.headers = {{"Authorization", "Bearer another"}};
    expect_refused(call, 403, "INVALID_CREDENTIAL", "This credential is not valid", true);
}

TEST_F(AccessTest, WhoSaysNothingMustLogInFirst) {
    HttpRequest call;
    call.method = "GET";
    call.target = call.path = "/me";
    expect_refused(call, 401, "MISSING_CREDENTIAL", "You must login first", false);
    call.headers = {{"Authorization", "Basic YTpi"}};
    expect_refused(call, 401, "MISSING_CREDENTIAL", "You must login first", false);
    // What libraries send on paths of /auth.
    call.headers = {{"X-Ovh-Application", "application"}};
    expect_refused(call, 401, "MISSING_CREDENTIAL", "You must login first", false);
}

TEST_F(AccessTest, EachMistakeHasItsCode) {
    application_ = "another";
    expect_refused(request(), 403, "INVALID_KEY", "This application key is invalid", true);
    application_ = "application";
    consumer_ = "another";
    expect_refused(request(), 403, "NOT_CREDENTIAL", "This credential does not exist", true);
    consumer_ = "consumer";
    HttpRequest call = request();
    call.method = "POST";
    expect_refused(call, 400, "INVALID_SIGNATURE", "Invalid signature", true);
    call = request();
    call.headers.pop_back();
    expect_refused(call, 400, "INVALID_SIGNATURE", "Invalid signature", true);
    clients_->log_out(*clients_->find("application", "consumer").client);
    expect_refused(request(), 403, "INVALID_CREDENTIAL", "This credential is not valid", false);
}

TEST_F(AccessTest, ClocksMayDifferByFiveMinutes) {
    using std::chrono::seconds;
    for (const auto off : {seconds(-300), seconds(-1), seconds(0), seconds(1), seconds(300)}) {
        timestamp_ = this->seconds(off);
        EXPECT_TRUE(std::holds_alternative<Caller>(identify(request()))) << off.count();
    }
    for (const auto off : {seconds(-301), seconds(301), seconds(-86'400)}) {
        timestamp_ = this->seconds(off);
        expect_refused(request(), 400, "QUERY_TIME_OUT", "Query out of time", false);
    }
}

TEST_F(AccessTest, ATimestampThatIsNoneIsOutOfTime) {
    for (const char* wrong :
         {"", " 1780000000", "1780000000 ", "1780000000.0", "+1780000000", "now", "0x6A18C0A0",
          "99999999999999999999999", "-9223372036854775808", "1780000000000"}) {
        timestamp_ = wrong;
        expect_refused(request(), 400, "QUERY_TIME_OUT", "Query out of time", false);
    }
}

TEST(Grants, ASlashAtTheEndMakesNoDifference) {
    const std::vector<AccessRule> all{{"*", "/telephony/*"}};
    EXPECT_TRUE(is_granted(all, "GET", "/telephony"));
    EXPECT_TRUE(is_granted(all, "GET", "/telephony/"));
    EXPECT_TRUE(is_granted(all, "DELETE", "/telephony/ba/eventToken/"));
    EXPECT_FALSE(is_granted(all, "GET", "/telephonyx"));
    EXPECT_FALSE(is_granted(all, "GET", "/me"));
    const std::vector<AccessRule> exact{{"GET", "/telephony"}, {"POST", "/telephony/*/eventToken"}};
    EXPECT_TRUE(is_granted(exact, "GET", "/telephony/"));
    EXPECT_TRUE(is_granted(exact, "HEAD", "/telephony"));
    EXPECT_FALSE(is_granted(exact, "GET", "/telephony/ba"));
    EXPECT_TRUE(is_granted(exact, "POST", "/telephony/ba/service/1/eventToken"));
    EXPECT_FALSE(is_granted(exact, "GET", "/telephony/ba/eventToken"));
    EXPECT_FALSE(is_granted(exact, "HEAD", "/telephony/ba/eventToken"));
    EXPECT_FALSE(is_granted({}, "GET", "/me"));
}

TEST(Grants, EscapesOpenNothing) {
    const std::vector<AccessRule> all{{"*", "/*"}};
    EXPECT_TRUE(is_granted(all, "GET", "/telephony/ba"));
    for (const char* path : {"/telephony/%62a", "/telephony/../me", "/telephony//ba"})
        EXPECT_FALSE(is_granted(all, "GET", path)) << path;
}

}  // namespace
}  // namespace callboard::ovh_rest
