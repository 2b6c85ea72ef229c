#include "api/api_keys.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <regex>

namespace callboard {
namespace {

using Verdict = ApiKeys::Verdict;

struct RuleCase {
    const char *rule_method, *rule_path, *method, *path;
    bool allowed;
};

TEST(AccessRule, AllowsWhatItsPatternMeans) {
    const RuleCase cases[] = {
        {"POST", "/api/ingest", "POST", "/api/ingest", true},
        {"POST", "/api/ingest", "GET", "/api/ingest", false},
        {"POST", "/api/ingest", "post", "/api/ingest", false},  // methods are case-sensitive (RFC 9110 §9.1)
        {"POST", "/api/ingest", "POST", "/api/ingest/", false},
        {"POST", "/api/ingest", "POST", "/api/ingests", false},
        {"POST", "/api/ingest", "POST", "/API/ingest", false},
        {"*", "/telephony/*", "DELETE", "/telephony/ba-demo/eventToken", true},
        {"*", "/telephony/*", "GET", "/telephony/", true},
        {"*", "/telephony/*", "GET", "/telephony", false},
        {"*", "/telephony/*", "GET", "/telephonyx/", false},
        {"POST", "/telephony/*/eventToken", "POST", "/telephony/ba-demo/eventToken", true},
        {"POST", "/telephony/*/eventToken", "POST", "/telephony/ba/line/0033/eventToken", true},
        {"POST", "/telephony/*/eventToken", "POST", "/telephony/eventToken", false},
        {"POST", "/telephony/*/eventToken", "POST", "/telephony/ba-demo/eventToken/x", false},
        {"*", "*", "PATCH", "/", true},
        {"GET", "/a*b*c", "GET", "/axxbxbc", true},
        {"GET", "/a*b*c", "GET", "/axxbxb", false},
        {"", "/a", "GET", "/a", false},
        {"GET", "", "GET", "/a", false},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(std::string(c.rule_method) + " " + c.rule_path + " on " + c.method + " " + c.path);
        EXPECT_EQ((AccessRule{c.rule_method, c.rule_path}.allows(c.method, c.path)), c.allowed);
    }
}

TEST(AccessRule, IsNotWidenedByPathsThatHaveTwoReadings) {
    const AccessRule wide{"*", "*"};
    const AccessRule narrow{"*", "/telephony/*"};
    for (const char* path :
         {"//telephony/x", "/telephony//x", "/telephony/../api/ingest", "/telephony/..", "/telephony/.",
          "/telephony/./x", "/telephony/%2e%2e/api", "/telephony/x%2Fy", "/telephony/%", "/telephony/a;b",
          "/telephony/a\\..\\b", "/telephony/x?y", "/telephony/x#y", "telephony/x", "", "//"}) {
        SCOPED_TRACE(path);
        EXPECT_FALSE(wide.allows("GET", path));
        EXPECT_FALSE(narrow.allows("GET", path));
    }
    EXPECT_TRUE(narrow.allows("GET", "/telephony/...")) << "an ordinary name";
}

TEST(AccessRule, MatchesAsTheRegularExpressionDoes) {
    EXPECT_TRUE(rc::check("a glob is the regular expression with .* for *", [] {
        const auto letters = [](const char* of) {
            return rc::gen::resize(12, rc::gen::container<std::string>(rc::gen::elementOf(std::string(of))));
        };
        const auto pattern = "/" + *letters("ab*");
        const auto path = "/" + *letters("ab");
        std::string expression;
        for (char c : pattern) expression += c == '*' ? std::string(".*") : std::string(1, c);
        const AccessRule rule{"*", pattern};
        RC_ASSERT(rule.allows("GET", path) == std::regex_match(path, std::regex(expression)));
    }));
}

TEST(AccessRule, ManyStarsCostNoMoreThanPatternTimesText) {
    std::string pattern = "/";
    for (int i = 0; i < 200; ++i) pattern += "*a";
    const AccessRule rule{"*", pattern + "b"};
    EXPECT_FALSE(rule.allows("GET", "/" + std::string(8'000, 'a')));  // exponential would never return
}

ApiKeys two_keys() {
    return ApiKeys({{"crm", Secret("first-key"), {{"POST", "/api/ingest"}}},
                    {"office", Secret("second"), {{"GET", "/telephony/*"}, {"DELETE", "/telephony/*"}}}});
}

TEST(ApiKeys, EachKeyHasItsOwnRules) {
    const ApiKeys keys = two_keys();
    EXPECT_EQ(keys.check("first-key", "POST", "/api/ingest"), Verdict::allowed);
    EXPECT_EQ(keys.check("first-key", "GET", "/telephony/x"), Verdict::forbidden);
    EXPECT_EQ(keys.check("second", "GET", "/telephony/x"), Verdict::allowed);
    EXPECT_EQ(keys.check("second", "DELETE", "/telephony/x"), Verdict::allowed);
    EXPECT_EQ(keys.check("second", "POST", "/api/ingest"), Verdict::forbidden);
}

TEST(ApiKeys, OtherKeysAreUnknown) {
    const ApiKeys keys = two_keys();
    for (const char* key : {"", "first-ke", "first-keyy", "FIRST-KEY", "secondsecond", "first-key second"})
        EXPECT_EQ(keys.check(key, "POST", "/api/ingest"), Verdict::unknown) << key;
    EXPECT_EQ(ApiKeys().check("first-key", "POST", "/api/ingest"), Verdict::unknown);
}

TEST(ApiKeys, AnEmptyKeyOpensNothing) {
    const ApiKeys keys({{"forgotten", Secret(""), {{"*", "*"}}}});
    EXPECT_EQ(keys.check("", "POST", "/api/ingest"), Verdict::unknown);
}

TEST(ApiKeys, AKeyWithoutRulesIsKnownAndMayNothing) {
    const ApiKeys keys({{"idle", Secret("k"), {}}});
    EXPECT_EQ(keys.check("k", "GET", "/"), Verdict::forbidden);
}

}  // namespace
}  // namespace callboard
