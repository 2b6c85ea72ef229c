#include "sources/freeswitch/esl_event.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

EslEvent plain(std::string body) { return *EslEvent::read({"text/event-plain", "", std::move(body)}); }

TEST(EslEvent, decodes_values_and_takes_the_subclass_for_the_name) {
    const auto event = plain(
        "Event-Subclass: callcenter%3A%3Ainfo\nEvent-Name: CUSTOM\nCC-Agent: 1001%40default\n"
        "CC-Agent-Status: Available%20(On%20Demand)\nEmpty: \nPlus: %2B33\n\n");
    EXPECT_EQ(event.name(), "callcenter::info");
    EXPECT_EQ(event.get("CC-Agent"), "1001@default");
    EXPECT_EQ(event.get("CC-Agent-Status"), "Available (On Demand)");
    EXPECT_EQ(event.get("Plus"), "+33");
    EXPECT_TRUE(event.has("Empty"));
    EXPECT_EQ(event.get("Empty"), "");
    EXPECT_FALSE(event.has("CC"));
    EXPECT_EQ(event.get("CC-Queue"), "");
    EXPECT_EQ(event.raw("CC-Agent"), "1001%40default");
}

TEST(EslEvent, of_a_header_that_comes_twice_the_first_counts) {
    EXPECT_EQ(plain("Hangup-Cause: USER_BUSY\nHangup-Cause: NONE\n\n").get("Hangup-Cause"), "USER_BUSY");
}

TEST(EslEvent, may_have_a_body_of_its_own) {
    const auto event = plain("Event-Name: BACKGROUND_JOB\nContent-Length: 10\n\nLogged Out");
    EXPECT_EQ(event.name(), "BACKGROUND_JOB");
    EXPECT_EQ(event.body(), "Logged Out");
    EXPECT_EQ(plain("Event-Name: X\nContent-Length: 99\n\nshort").body(), "short");
    EXPECT_EQ(plain("Event-Name: X\nContent-Length: -1\n\nno").body(), "");
}

TEST(EslEvent, reads_json_the_same) {
    const auto event = *EslEvent::read(
        {"text/event-json", "",
         R"({"Event-Subclass":"callcenter::info","Event-Name":"CUSTOM","CC-Agent":"1001@default","n":5,"_body":"b"})"});
    EXPECT_EQ(event.name(), "callcenter::info");
    EXPECT_EQ(event.get("CC-Agent"), "1001@default");
    EXPECT_EQ(event.body(), "b");
    EXPECT_FALSE(event.has("n"));
    EXPECT_EQ(event.get("Literal"), "");
}

TEST(EslEvent, json_values_are_not_decoded) {
    EXPECT_EQ(EslEvent::read({"text/event-json", "", R"({"a":"100%25"})"})->get("a"), "100%25");
}

TEST(EslEvent, what_is_no_event_is_refused) {
    EXPECT_FALSE(EslEvent::read({"text/event-json", "", "{"}));
    EXPECT_FALSE(EslEvent::read({"text/event-json", "", "[]"}));
    EXPECT_FALSE(EslEvent::read({"text/event-xml", "", "<event/>"}));
}

TEST(EslEvent, survives_a_move) {
    auto event = plain("a: b\n\n");
    const auto moved = std::move(event);
    EXPECT_EQ(moved.get("a"), "b");
}

TEST(EslEvent, visits_headers_by_their_beginning) {
    std::string seen;
    plain("CC-Queue: q\nCall: x\nCC-Count: 1\n\n")
        .each("CC-", [&](std::string_view name, const std::string& value) {
            seen += fmt::format("{}={} ", name, value);
        });
    EXPECT_EQ(seen, "CC-Queue=q CC-Count=1 ");
}

TEST(EslEvent, is_bounded) {
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += fmt::format("h{}: v\n", i);
    EXPECT_TRUE(plain(many).has("h4095"));
    EXPECT_FALSE(plain(many).has("h4096"));
    EXPECT_EQ(plain("a: " + std::string(10'000, 'x') + "\n").get("a").size(), EslEvent::kLongestValue);
}

}  // namespace
}  // namespace callboard
