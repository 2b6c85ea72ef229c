#include "app/exchange_script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kScript =
    "@answer show channels\n{}\n@answer show\nnothing\n+OK\n"
    "@begin 1795385338.190274\n@event 0.000\nA: 1\nB: 2\n@event 1.5\nA: 3\n"
    "@begin 1795385400\n@event 0\nC: 4\n";

TEST(ExchangeScript, HasAnswersAndConversations) {
    const auto script = ExchangeScript::read(kScript);
    ASSERT_TRUE(script) << script.error().what;
    ASSERT_THAT(script->conversations, SizeIs(2));
    const auto& first = script->conversations[0];
    EXPECT_EQ(nanoseconds_since_epoch(first.began), 1'795'385'338'190'274'000);
    ASSERT_THAT(first.said, SizeIs(2));
    EXPECT_EQ(first.said[0].text, "A: 1\nB: 2\n");
    EXPECT_EQ(first.said[1].at, milliseconds(1'500));
    EXPECT_EQ(script->conversations[1].said[0].text, "C: 4\n");
}

TEST(ExchangeScript, AnswersByTheFirstBeginningThatFits) {
    const auto script = ExchangeScript::read(kScript);
    ASSERT_TRUE(script);
    EXPECT_EQ(*script->answer_to("show channels as json"), "{}\n");
    EXPECT_EQ(*script->answer_to("show registrations"), "nothing\n+OK\n");
    EXPECT_EQ(script->answer_to("reload"), nullptr);
    EXPECT_EQ(script->answer_to(""), nullptr);
}

TEST(ExchangeScript, SaysWhatIsWrongInWhichLine) {
    const std::pair<const char*, const char*> cases[] = {
        {"A: 1\n", "line 1 belongs to nothing"}, {"@begin 1\nA: 1\n", "line 2 belongs to nothing"},
        {"@event 1\n", "line 1 is neither"},     {"@begin 1\n@event soon\n", "line 2 is neither"},
        {"@begin -1\n", "line 1 is neither"},    {"@begin nan\n", "line 1 is neither"},
        {"@begin 1e300\n", "line 1 is neither"}, {"@end 1\n", "line 1 is neither"},
        {"@begin 1\n", "has no events"},
    };
    for (const auto& [text, what] : cases) {
        const auto script = ExchangeScript::read(text);
        ASSERT_FALSE(script) << text;
        EXPECT_THAT(script.error().what, HasSubstr(what)) << text;
    }
}

TEST(ExchangeScript, TakesAnyText) {
    EXPECT_TRUE(rc::check([](const std::vector<std::string>& lines) {
        static constexpr std::string_view kBeginnings[] = {"@answer ", "@begin ", "@event ", "", "@"};
        std::string text;
        for (std::size_t i = 0; i < lines.size(); ++i)
            text.append(kBeginnings[i % std::size(kBeginnings)]).append(lines[i]).append("\n");
        const auto script = ExchangeScript::read(text);
        if (!script) RC_ASSERT(!script.error().what.empty());
    }));
}

TEST(FreeswitchLines, AreOfNowAndOfTheirRound) {
    EXPECT_EQ(freeswitch_lines(
                  "Event-Date-Timestamp: 1000000\nCC-Member-Joined-Time: 10\nCC-Agent-Aborted-Time: 0\n"
                  "CC-Member-UUID: 35373d4f-f526\nCC-Queue: a%40b\nno header\nUnique: x\n",
                  seconds(5) + milliseconds(1), 0x2A),
              "Event-Date-Timestamp: 6001000\nCC-Member-Joined-Time: 15\nCC-Agent-Aborted-Time: 0\n"
              "CC-Member-UUID: 0000002a-f526\nCC-Queue: a%40b\nno header\nUnique: x\n");
}

TEST(ExchangeLines, KeepNumbersThatCannotBeMoved) {
    const std::string freeswitch =
        "Event-Date-Timestamp: 9223372036854775807\nCC-Member-Joined-Time: 9223372036854775807\n";
    EXPECT_EQ(freeswitch_lines(freeswitch, seconds(1), 0), freeswitch);
    const std::string asterisk = "Uniqueid: 9223372036854775807.1\nLinkedid: 1795389957\n";
    EXPECT_EQ(asterisk_lines(asterisk, seconds(1)), asterisk);
}

TEST(AsteriskLines, HaveUniqueIdsOfNow) {
    EXPECT_EQ(asterisk_lines("Event: Newchannel\nUniqueid: 1795389957.12\nLinkedid: 1795389957.9\n"
                             "BridgeUniqueid: 3f-4\nDestUniqueid: 1.2\nCallerIDNum: 1795389957.12\n",
                             seconds(3)),
              "Event: Newchannel\nUniqueid: 1795389960.12\nLinkedid: 1795389960.9\n"
              "BridgeUniqueid: 3f-4\nDestUniqueid: 4.2\nCallerIDNum: 1795389957.12\n");
}

}  // namespace
}  // namespace callboard
