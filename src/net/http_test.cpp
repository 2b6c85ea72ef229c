#include "net/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(HttpHeader, ListsWordsInAnyCase) {
    EXPECT_TRUE(lists("websocket", "websocket"));
    EXPECT_TRUE(lists("keep-alive, Upgrade", "upgrade"));
    EXPECT_TRUE(lists(",\t Close ,,", "close"));
    EXPECT_FALSE(lists("", "close"));
    EXPECT_FALSE(lists(" , ", "close"));
    EXPECT_FALSE(lists("closed, x-close", "close"));
    EXPECT_FALSE(lists("keep alive", "keep"));
}

TEST(HttpHeader, HasABearerTokenInOneScheme) {
    EXPECT_EQ(bearer_token("Bearer abc"), "abc");
    EXPECT_EQ(bearer_token("BEARER abc"), "abc");
    EXPECT_EQ(bearer_token("bearer  a b "), " a b ") << "as sent";
    for (const char* other : {"", "Bearer", "Bearer ", "Bearerabc", "Basic abc", " Bearer abc"})
        EXPECT_EQ(bearer_token(other), "") << other;
}

HttpRequest with_query(std::string_view query) {
    HttpRequest request;
    request.query = query;
    return request;
}

TEST(HttpRequest, FindsParameters) {
    const auto request = with_query("token=T%2D1&empty=&flag&&a+b=c%3Dd=e&token=second&%74oken2=x");
    EXPECT_EQ(request.parameter("token"), "T-1") << "the first one counts";
    EXPECT_EQ(request.parameter("empty"), "");
    EXPECT_EQ(request.parameter("flag"), "");
    EXPECT_EQ(request.parameter("a b"), "c=d=e");
    EXPECT_EQ(request.parameter("token2"), "x");
    EXPECT_FALSE(request.parameter("Token"));
    EXPECT_FALSE(request.parameter("toke"));
    EXPECT_FALSE(with_query("").parameter("token"));
    EXPECT_FALSE(with_query("&&&").parameter("token"));
}

TEST(HttpRequest, FindsHeadersWithoutCase) {
    HttpRequest request;
    request.headers = {{"Accept", "a"}, {"ACCEPT", "b"}, {"X-Y", ""}};
    EXPECT_EQ(request.header("accept"), "a");
    EXPECT_EQ(request.header("x-y"), "");
    EXPECT_EQ(request.header("accep"), "");
    EXPECT_EQ(request.header("acceptt"), "");
}

TEST(HttpRequest, CutsItsPath) {
    const auto segments = [](std::string_view path) {
        HttpRequest request;
        request.path = path;
        return request.segments();
    };
    EXPECT_THAT(segments("/"), IsEmpty());
    EXPECT_THAT(segments(""), IsEmpty());
    EXPECT_THAT(segments("/telephony/ba%2Ddemo/line/"), ElementsAre("telephony", "ba-demo", "line"));
    EXPECT_THAT(segments("//a///b"), ElementsAre("a", "b"));
    EXPECT_THAT(segments("/a%2Fb/c"), ElementsAre("a/b", "c")) << "an escaped slash cuts nothing";
}

TEST(HttpResponse, HasAHeadThatSaysWhereItEnds) {
    EXPECT_EQ(response_head({200, {{"A", "b"}}, "ignored"}, 7, true),
              "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 7\r\n\r\n");
    EXPECT_EQ(response_head({404, {}, {}}, 0, false),
              "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(response_head({200, {}, {}}, std::nullopt, true),
              "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        << "without a length the end of the connection is the end of the body";
    EXPECT_EQ(response_head({204, {}, {}}, 0, true), "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(response_head({304, {{"ETag", "\"x\""}}, {}}, 0, true),
              "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
    EXPECT_EQ(*response_bytes({200, {}, "body"}), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
}

TEST(HttpResponse, EveryStatusThatWeSendHasItsPhrase) {
    for (const int status :
         {100, 200, 204, 304, 400, 401, 403, 404, 405, 408, 409, 413, 414, 429, 431, 500, 501, 503, 505})
        EXPECT_NE(reason_phrase(status), "Unknown") << status;
    EXPECT_EQ(reason_phrase(299), "Unknown");
}

}  // namespace
}  // namespace callboard
