#include "delivery/webhook/url_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.hpp"

namespace callboard::webhook {
namespace {

using ::testing::HasSubstr;

Message message() {
    Message made;
    made.event = "start_ringing";
    made.calling = "0033612345678";
    made.called = "0033972000001";
    made.dialed = "0033972000009";
    made.queue = "0033972000002";
    made.agent = "agent_1 & co";
    made.call_id = "a/b?c@d";
    return made;
}

TEST(UrlTemplate, FillsEachPlaceholderWhereverItStands) {
    EXPECT_EQ(filled("https://crm.example/*EVENT*?from=*CALLING*&to=*CALLED*&d=*DIALED*&q=*QUEUE*#*CALLED*",
                     message()),
              "https://crm.example/start_ringing?from=0033612345678&to=0033972000001&d=0033972000009"
              "&q=0033972000002#0033972000001");
}

TEST(UrlTemplate, FillsEveryOccurrence) {
    EXPECT_EQ(filled("http://h/*CALLING**CALLING*-*CALLING*", message()),
              "http://h/00336123456780033612345678-0033612345678");
}

TEST(UrlTemplate, EncodesWhatIsFilledIn) {
    EXPECT_EQ(filled("http://h/?a=*AGENT*&c=*CALLID*", message()),
              "http://h/?a=agent_1%20%26%20co&c=a%2Fb%3Fc%40d");
}

TEST(UrlTemplate, LeavesWhatIsNoPlaceholder) {
    EXPECT_EQ(filled("http://h/*calling*/a*b/**", message()), "http://h/*calling*/a*b/**");
    EXPECT_EQ(filled("http://h/*CALLING", message()), "http://h/*CALLING");
}

TEST(UrlTemplate, FillsNothingWhereThereIsNothing) {
    EXPECT_EQ(filled("http://h/?q=*QUEUE*&x=1", Message{}), "http://h/?q=&x=1");
}

TEST(UrlTemplate, FillsWhatIsFilledInOnlyOnce) {
    Message made = message();
    made.calling = "*CALLED*";
    EXPECT_EQ(filled("http://h/*CALLING*", made), "http://h/%2ACALLED%2A");
}

TEST(UrlTemplate, AValueNeverChangesTheUrlAroundIt) {
    const bool held = rc::check([](const std::string& calling, const std::string& agent) {
        Message made;
        made.calling = calling;
        made.agent = agent;
        const std::string url = filled("https://h/p?a=*CALLING*&b=*AGENT*&c=end", made);
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
    for (const char* good : {"http://h", "https://crm.example/call?from=*CALLING*&to=*CALLED*",
                             "HTTPS://H:8443/", "http://[::1]:80/x", "http://127.0.0.1:9/*", "http://h/a@b"})
        EXPECT_EQ(wrong_template(good), std::nullopt) << good;
}

TEST(UrlTemplate, RefusesOthers) {
    for (const char* bad :
         {"", "crm.example", "ftp://h/", "http://", "https:///x", "http://h/a b", "http://h/\xC3\xA9"})
        EXPECT_THAT(wrong_template(bad).value_or(""), HasSubstr("has to be a URL")) << bad;
    EXPECT_THAT(wrong_template("http://h/" + std::string(kLongestUrl, 'a')).value_or(""),
                HasSubstr("at most 2048"));
    EXPECT_THAT(wrong_template("http://me:word@h/").value_or(""), HasSubstr("must not have a user"));
    EXPECT_THAT(wrong_template("http://*CALLING*/").value_or(""), HasSubstr("has to name its host"));
    EXPECT_THAT(wrong_template("http://:80/").value_or(""), HasSubstr("has to name its host"));
    EXPECT_THAT(wrong_template("http://[::1/").value_or(""), HasSubstr("has to name its host"));
}

TEST(UrlTemplate, NamesAPlaceholderThatThereIsNot) {
    EXPECT_THAT(wrong_template("http://h/?n=*CALLING*&x=*CALER*").value_or(""),
                HasSubstr("no placeholder *CALER*"));
}

TEST(UrlTemplate, FindsTheHost) {
    EXPECT_EQ(host_of("https://CRM.example:8443/x"), "crm.example");
    EXPECT_EQ(host_of("http://h?x=:"), "h");
    EXPECT_EQ(host_of("http://[FD00::1]:80/"), "fd00::1");
    EXPECT_EQ(host_of("ftp://h/"), "");
}

}  // namespace
}  // namespace callboard::webhook
