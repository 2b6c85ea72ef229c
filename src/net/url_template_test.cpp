#include "net/url_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

#include "base/text.hpp"

namespace callboard {
namespace {

using ::testing::HasSubstr;

constexpr std::array<std::string_view, 2> kPlaceholders = {"*CALLING*", "*AGENT*"};
constexpr UrlTemplate kTemplate = {kPlaceholders, "https://crm.example/?n=*CALLING*", "sign it"};

std::string filled(std::string_view url, const std::string& calling = "0033612345678",
                   const std::string& agent = "a&b") {
    return kTemplate.filled(url, [&](std::size_t i) -> std::string_view { return i == 0 ? calling : agent; });
}

TEST(UrlTemplate, FillsEachPlaceholderWhereverItStands) {
    EXPECT_EQ(filled("http://h/*AGENT*?n=*CALLING**CALLING*#*AGENT*"),
              "http://h/a%26b?n=00336123456780033612345678#a%26b");
}

TEST(UrlTemplate, LeavesWhatIsNoPlaceholder) {
    EXPECT_EQ(filled("http://h/*calling*/a*b/**"), "http://h/*calling*/a*b/**");
    EXPECT_EQ(filled("http://h/*CALLING"), "http://h/*CALLING");
}

TEST(UrlTemplate, FillsWhatIsFilledInOnlyOnce) {
    EXPECT_EQ(filled("http://h/*CALLING*", "*AGENT*"), "http://h/%2AAGENT%2A");
}

TEST(UrlTemplate, AValueNeverChangesTheUrlAroundIt) {
    const bool held = rc::check([](const std::string& calling, const std::string& agent) {
        const std::string url = filled("https://h/p?a=*CALLING*&b=*AGENT*&c=end", calling, agent);
        const std::size_t b = url.find("&b=");
        const std::size_t c = url.find("&c=end");
        RC_ASSERT(b != std::string::npos && c != std::string::npos);
        RC_ASSERT(url.find_first_of("#/", 10) == std::string::npos);
        RC_ASSERT(percent_decoded(url.substr(14, b - 14)) == calling);
        RC_ASSERT(percent_decoded(url.substr(b + 3, c - b - 3)) == agent);
    });
    EXPECT_TRUE(held);
}

TEST(UrlTemplate, TakesUrlsWithAHost) {
    for (const char* good : {"http://h", "https://crm.example/call?from=*CALLING*&to=*AGENT*",
                             "HTTPS://H:8443/", "http://[::1]:80/x", "http://127.0.0.1:9/*", "http://h/a@b"})
        EXPECT_EQ(kTemplate.wrong(good), std::nullopt) << good;
}

TEST(UrlTemplate, RefusesOthers) {
    for (const char* bad :
         {"", "crm.example", "ftp://h/", "http://", "https:///x", "http://h/a b", "http://h/\xC3\xA9"})
        EXPECT_THAT(kTemplate.wrong(bad).value_or(""), HasSubstr("has to be a URL")) << bad;
    EXPECT_THAT(kTemplate.wrong("http://h/" + std::string(UrlTemplate::kLongest, 'a')).value_or(""),
                HasSubstr("at most 2048"));
    EXPECT_THAT(kTemplate.wrong("http://me:word@h/").value_or(""), HasSubstr("must not have a user"));
    EXPECT_THAT(kTemplate.wrong("http://*CALLING*/").value_or(""), HasSubstr("has to name its host"));
    EXPECT_THAT(kTemplate.wrong("http://:80/").value_or(""), HasSubstr("has to name its host"));
    EXPECT_THAT(kTemplate.wrong("http://[::1/").value_or(""), HasSubstr("has to name its host"));
}

TEST(UrlTemplate, FindsTheHost) {
    EXPECT_EQ(host_of("https://CRM.example:8443/x"), "crm.example");
    EXPECT_EQ(host_of("http://h?x=:"), "h");
    EXPECT_EQ(host_of("http://[FD00::1]:80/"), "fd00::1");
    EXPECT_EQ(host_of("ftp://h/"), "");
}

TEST(UrlTemplate, NamesAPlaceholderThatThereIsNot) {
    EXPECT_EQ(kTemplate.wrong("http://h/?n=*CALLING*&x=*E164*").value_or(""),
              "has no placeholder *E164*; there are *CALLING* and *AGENT*");
}

}  // namespace
}  // namespace callboard
