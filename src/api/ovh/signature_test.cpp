#include "api/ovh/signature.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

namespace callboard::ovh_rest {
namespace {

using testing::Contains;
using testing::Not;

// The vectors that OVH's own client libraries are tested with (python-ovh, go-ovh).
const Secret kSecret("9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk");
const Secret kConsumer("5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY");
constexpr std::string_view kTime = "1457018875";

struct Vector {
    const char *method, *url, *body, *signature;
};
constexpr Vector kVectors[] = {
    {"GET", "https://eu.api.ovh.com/1.0/auth", "", "$1$e9556054b6309771395efa467c22e627407461ad"},
    {"DELETE", "https://eu.api.ovh.com/1.0/auth", "", "$1$a1eecd00b3b02b6cf5708b84b9ff42059a950d85"},
    {"POST", "https://eu.api.ovh.com/1.0/auth", R"({"a":"b","c":"d"})",
     "$1$ec2fb5c7a81f64723c77d2e5b609ae6f58a84fc1"},
    {"GET", "https://eu.api.ovh.com/1.0/call", "", "$1$7f2db49253edfc41891023fcd1a54cf61db05fbb"},
};

SignedCall call_to(std::string_view method, std::string_view target, std::string_view host,
                   std::string_view body = {}) {
    return {method, target, host, body, kTime};
}

TEST(Signature, IsThatOfThePublishedVectors) {
    for (const auto& v : kVectors)
        EXPECT_EQ(signature(kSecret, kConsumer, call_to(v.method, "", "", v.body), v.url), v.signature)
            << v.method << " " << v.url;
}

TEST(Signature, TheVectorsAreTakenAsCalls) {
    for (const auto& v : kVectors) {
        const std::string target = std::string(v.url).substr(std::string("https://eu.api.ovh.com").size());
        const auto call = call_to(v.method, target, "eu.api.ovh.com", v.body);
        EXPECT_TRUE(is_signed(v.signature, kSecret, kConsumer, call, "http://127.0.0.1:8080")) << v.url;
    }
}

TEST(Signature, TakesEveryUrlThatAClientMayHaveMeant) {
    struct Case {
        const char *signed_url, *target, *host, *public_url;
    };
    const Case cases[] = {
        // As it is sent.
        {"http://127.0.0.1:8080/1.0/telephony", "/1.0/telephony", "127.0.0.1:8080", "http://other"},
        {"http://127.0.0.1:8080/telephony?a=b&c", "/telephony?a=b&c", "127.0.0.1:8080", "http://other"},
        // The scheme is unknown behind a proxy that ends TLS.
        {"https://calls.example/1.0/me", "/1.0/me", "calls.example", "http://127.0.0.1:8080"},
        // Libraries that leave the port out.
        {"https://127.0.0.1/1.0/me", "/1.0/me", "127.0.0.1:8443", "http://other"},
        {"https://[::1]/v1/me", "/v1/me", "[::1]:8443", "http://other"},
        // A default port that is written is signed, and not sent.
        {"https://calls.example:443/1.0/me", "/1.0/me", "calls.example", "http://other"},
        {"http://calls.example:80/1.0/me", "/1.0/me", "calls.example", "http://other"},
        // A proxy that puts its own Host header.
        {"https://calls.example/1.0/me", "/1.0/me", "127.0.0.1:8080", "https://calls.example"},
        {"https://calls.example:8443/1.0/me", "/1.0/me", "127.0.0.1:8080", "https://calls.example:8443"},
        {"https://calls.example/1.0/me", "/1.0/me", "127.0.0.1:8080", "https://calls.example:8443"},
        // A proxy that takes a part of the path away, or adds one.
        {"https://calls.example/board/1.0/me", "/1.0/me", "calls.example", "https://calls.example/board"},
        {"https://calls.example/1.0/me", "/me", "calls.example", "http://other"},
        {"https://calls.example/v1/me", "/1.0/me", "calls.example", "http://other"},
        {"https://calls.example/me", "/v1/me", "calls.example", "http://other"},
        // A slash at the end is signed as it is sent.
        {"https://calls.example/1.0/telephony/", "/1.0/telephony/", "calls.example", "http://other"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.signed_url) + " sent as " + c.target + " to " + c.host);
        const auto call = call_to("POST", c.target, c.host, "{}");
        const auto given = signature(kSecret, kConsumer, call, c.signed_url);
        EXPECT_TRUE(is_signed(given, kSecret, kConsumer, call, c.public_url));
    }
}

TEST(Signature, RefusesWhatIsNotOfThisCall) {
    const auto call = call_to("POST", "/1.0/telephony?a=b", "calls.example", "{}");
    const std::string_view url = "https://calls.example/1.0/telephony?a=b";
    const auto right = signature(kSecret, kConsumer, call, url);
    const auto taken = [&](const std::string& given) {
        return is_signed(given, kSecret, kConsumer, call, "https://calls.example");
    };
    ASSERT_TRUE(taken(right));
    const SignedCall others[] = {call_to("GET", call.target, call.host, "{}"),
                                 call_to("POST", call.target, call.host, "{ }"),
                                 call_to("POST", call.target, call.host, ""),
                                 {"POST", call.target, call.host, "{}", "1457018876"}};
    for (const auto& other : others) EXPECT_FALSE(taken(signature(kSecret, kConsumer, other, url)));
    for (const char* other :
         {"https://calls.example/1.0/telephony", "https://calls.example/1.0/telephony?a=c",
          "https://calls.example/1.0/me?a=b", "https://other.example/1.0/telephony?a=b",
          "https://calls.example/2.0/telephony?a=b", "calls.example/1.0/telephony?a=b", ""})
        EXPECT_FALSE(taken(signature(kSecret, kConsumer, call, other))) << other;
    EXPECT_FALSE(taken(signature(Secret("other"), kConsumer, call, url)));
    EXPECT_FALSE(taken(signature(kSecret, Secret("other"), call, url)));
    std::string upper = right;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    for (const std::string& form :
         {std::string(), right.substr(3), right.substr(0, right.size() - 1), right + "0", upper, " " + right,
          "$2$" + right.substr(3), std::string("$1$"), std::string(43, '\0')})
        EXPECT_FALSE(taken(form)) << form;
}

TEST(Signature, NoUrlIsTriedTwiceAndThereAreNotMany) {
    const auto urls = urls_of(call_to("GET", "/1.0/telephony?x", "calls.example:8080"),
                              "https://calls.example:8080/board/");
    EXPECT_EQ(std::set<std::string>(urls.begin(), urls.end()).size(), urls.size());
    EXPECT_LE(urls.size(), 100U);
    EXPECT_THAT(urls, Contains("https://calls.example/1.0/telephony?x"));
    EXPECT_THAT(urls, Not(Contains("")));
}

TEST(Signature, TheHostHasNoPartOfThePath) {
    // One URL, cut elsewhere: what was signed for an account must not be taken for what is at the root.
    const auto whole = call_to("GET", "/1.0/telephony/me", "calls.example");
    const auto given = signature(kSecret, kConsumer, whole, "https://calls.example/1.0/telephony/me");
    EXPECT_TRUE(is_signed(given, kSecret, kConsumer, whole, "http://p"));
    for (const char* host : {"calls.example/1.0/telephony", "calls.example/1.0/telephony:443",
                             "calls.example/1.0/telephony?", "a@calls.example/1.0/telephony"})
        EXPECT_FALSE(is_signed(given, kSecret, kConsumer, call_to("GET", "/me", host), "http://p")) << host;
}

TEST(Signature, SurvivesCallsThatAreNone) {
    EXPECT_TRUE(urls_of(call_to("GET", "", "h"), "http://p").empty());
    EXPECT_TRUE(urls_of(call_to("GET", "*", "h"), "http://p").empty());
    EXPECT_FALSE(urls_of(call_to("GET", "/", ""), "http://p").empty()) << "there is the public one";
    EXPECT_TRUE(urls_of(call_to("GET", "/", ""), "").empty());
    EXPECT_TRUE(urls_of(call_to("GET", "/", ""), "nonsense").empty());
    EXPECT_TRUE(urls_of(call_to("GET", "/", std::string(300, 'h')), "").empty());
    EXPECT_FALSE(is_signed("$1$", kSecret, kConsumer, call_to("GET", "/", ""), ""));
}

TEST(Signature, HoldsForAnyCall) {
    EXPECT_TRUE(rc::check("what is signed as it is sent is taken, and a changed byte is not", [] {
        const auto target = "/" + *rc::gen::container<std::string>(rc::gen::inRange('!', '~'));
        const auto host = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
        const auto body = *rc::gen::arbitrary<std::string>();
        const auto call = call_to("POST", target, host, body);
        auto given = signature(kSecret, kConsumer, call, "https://" + host + target);
        RC_ASSERT(is_signed(given, kSecret, kConsumer, call, "http://p"));
        const auto at = *rc::gen::inRange<std::size_t>(0, given.size());
        given[at] = static_cast<char>(given[at] ^ 1);
        RC_ASSERT(!is_signed(given, kSecret, kConsumer, call, "http://p"));
    }));
}

TEST(Base, IsTakenAwayOnceAndAsAWholeSegment) {
    const std::pair<const char*, const char*> paths[] = {{"/1.0/telephony", "/telephony"},
                                                         {"/v1/telephony", "/telephony"},
                                                         {"/telephony", "/telephony"},
                                                         {"/1.0", "/"},
                                                         {"/v1", "/"},
                                                         {"/1.0/", "/"},
                                                         {"/1.00/telephony", "/1.00/telephony"},
                                                         {"/v1x", "/v1x"},
                                                         {"/v2/session", "/v2/session"},
                                                         {"/1.0/v1/me", "/v1/me"},
                                                         {"/", "/"},
                                                         {"", ""}};
    for (const auto& [path, inside] : paths) EXPECT_EQ(without_base(path), inside) << path;
}

}  // namespace
}  // namespace callboard::ovh_rest
