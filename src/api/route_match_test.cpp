#include "api/route_match.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.hpp"

namespace callboard {
namespace {

constexpr std::string_view kPlace = "/telephony/{billingAccount}/service/{serviceName}/eventToken";

TEST(RouteMatch, APathWithoutParametersIsItself) {
    EXPECT_TRUE(match_path("/", "/"));
    EXPECT_TRUE(match_path("/api/events", "/api/events"));
    EXPECT_FALSE(match_path("/api/events", "/api/event"));
    EXPECT_FALSE(match_path("/api/events", "/api/events/"));
    EXPECT_FALSE(match_path("/api/events", ""));
}

TEST(RouteMatch, HandsOverWhatTheBracesStandFor) {
    const auto found = match_path(kPlace, "/telephony/ba-demo/service/0033972000001/eventToken");
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)["billingAccount"], "ba-demo");
    EXPECT_EQ((*found)["serviceName"], "0033972000001");
    EXPECT_EQ((*found)["agentId"], "");
}

TEST(RouteMatch, AParameterIsOneSegmentAndNotEmpty) {
    for (const char* path :
         {"/telephony/ba-demo/service/0033972000001", "/telephony/ba-demo/service/0033972000001/eventToken/",
          "/telephony/ba-demo/service//eventToken", "/telephony//service/0033972000001/eventToken",
          "/telephony/ba/demo/service/0033972000001/eventToken",
          "/telephony/ba-demo/line/0033972000001/eventToken",
          "telephony/ba-demo/service/0033972000001/eventToken", "/telephony/ba-demo/service/1/eventtoken",
          "/", ""})
        EXPECT_FALSE(match_path(kPlace, path)) << path;
    EXPECT_FALSE(match_path("/v2/session/{id}", "/v2/session/"));
    EXPECT_TRUE(match_path("/v2/session/{id}", "/v2/session/x"));
}

TEST(RouteMatch, EscapesAreResolvedInsideASegmentAlone) {
    const auto found = match_path("/telephony/{billingAccount}/line", "/telephony/a%2Fb%20c/line");
    ASSERT_TRUE(found);
    EXPECT_EQ((*found)["billingAccount"], "a/b c");
    EXPECT_FALSE(match_path("/telephony/{billingAccount}/line", "/telephony/a%2Fline"));
}

TEST(RouteMatch, FindsEveryValueThatWasPutIn) {
    EXPECT_TRUE(rc::check("what is escaped into a path comes out of it", [] {
        const auto account = *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>());
        const auto service = *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>());
        const auto found = match_path(kPlace, "/telephony/" + percent_encoded(account) + "/service/" +
                                                  percent_encoded(service) + "/eventToken");
        RC_ASSERT(found.has_value());
        RC_ASSERT((*found)["billingAccount"] == account);
        RC_ASSERT((*found)["serviceName"] == service);
    }));
}

}  // namespace
}  // namespace callboard
