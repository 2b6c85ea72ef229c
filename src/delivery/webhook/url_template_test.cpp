#include "delivery/webhook/url_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(WebhookUrl, FillsEachPlaceholderWhereverItStands) {
    EXPECT_EQ(filled("https://crm.example/*EVENT*?from=*CALLING*&to=*CALLED*&d=*DIALED*&q=*QUEUE*#*CALLED*",
                     message()),
              "https://crm.example/start_ringing?from=0033612345678&to=0033972000001&d=0033972000009"
              "&q=0033972000002#0033972000001");
}

TEST(WebhookUrl, FillsEveryOccurrence) {
    EXPECT_EQ(filled("http://h/*CALLING**CALLING*-*CALLING*", message()),
              "http://h/00336123456780033612345678-0033612345678");
}

TEST(WebhookUrl, EncodesWhatIsFilledIn) {
    EXPECT_EQ(filled("http://h/?a=*AGENT*&c=*CALLID*", message()),
              "http://h/?a=agent_1%20%26%20co&c=a%2Fb%3Fc%40d");
}

TEST(WebhookUrl, FillsNothingWhereThereIsNothing) {
    EXPECT_EQ(filled("http://h/?q=*QUEUE*&x=1", Message{}), "http://h/?q=&x=1");
}

TEST(WebhookUrl, SaysWhatToDo) {
    EXPECT_EQ(wrong_template("https://crm.example/call?from=*CALLING*"), std::nullopt);
    EXPECT_THAT(wrong_template("").value_or(""), HasSubstr("as in https://crm.example/call?from=*CALLING*"));
    EXPECT_THAT(wrong_template("http://me:word@h/").value_or(""), HasSubstr("give the receiver a secret"));
}

TEST(WebhookUrl, NamesAPlaceholderThatThereIsNot) {
    EXPECT_THAT(
        wrong_template("http://h/?n=*CALLING*&x=*CALER*").value_or(""),
        HasSubstr("no placeholder *CALER*; there are *CALLING*, *CALLED*, *DIALED*, *EVENT*, *QUEUE*, "
                  "*AGENT* and *CALLID*"));
}

}  // namespace
}  // namespace callboard::webhook
