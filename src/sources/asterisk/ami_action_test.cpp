#include "sources/asterisk/ami_action.hpp"

#include <gtest/gtest.h>

#include <regex>

#include "sources/asterisk/stable_uuid.hpp"

namespace callboard {
namespace {

TEST(AmiAction, IsWrittenAsLinesThatEndWithAnEmptyOne) {
    EXPECT_EQ(AmiAction("Ping").with("ActionID", "7").text(), "Action: Ping\r\nActionID: 7\r\n\r\n");
}

TEST(AmiAction, CannotBeMadeToHoldAnotherLine) {
    EXPECT_EQ(AmiAction("Getvar").with("Channel", "PJSIP/1\r\nAction: Logoff\r\n\r\nx").text(),
              "Action: Getvar\r\nChannel: PJSIP/1  Action: Logoff    x\r\n\r\n");
}

TEST(AmiAction, AnswersAChallengeWithTheMd5OfBoth) {
    EXPECT_EQ(ami_login_key("", ""), "d41d8cd98f00b204e9800998ecf8427e");                // RFC 1321, "" …
    EXPECT_EQ(ami_login_key("mess", "age digest"), "f96b697d7cb7938d525a2f31aaf161d0");  // … "message digest"
}

TEST(StableUuid, IsTheSameForTheSameNameAndHasTheFormOfVersion5) {
    const std::string one = stable_uuid("member 1795389734.0 sales 0");
    EXPECT_EQ(one, stable_uuid("member 1795389734.0 sales 0"));
    EXPECT_NE(one, stable_uuid("member 1795389734.0 sales 1"));
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    EXPECT_TRUE(std::regex_match(one, form)) << one;
    EXPECT_TRUE(std::regex_match(stable_uuid(""), form));
}

}  // namespace
}  // namespace callboard
