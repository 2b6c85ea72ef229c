#include "app/config_for_test.hpp"

namespace callboard {
namespace {

using test::good;

TEST(Config, ReadsAFreeswitch) {
    const auto config = good(R"(
data_dir = "/d"
[[source]]
name = "pbx"
kind = "freeswitch"
address = "pbx.example:8021"
password = "ClueCon"
lines = "never"
[[source]]
name = "other"
kind = "freeswitch"
address = "[::1]:8021"
password = "ClueCon"
)");
    ASSERT_EQ(config.freeswitch_inputs.size(), 2U);
    EXPECT_EQ(config.freeswitch_inputs[0].name, "pbx");
    EXPECT_EQ(config.freeswitch_inputs[0].address, "pbx.example:8021");
    EXPECT_TRUE(config.freeswitch_inputs[0].password.equals("ClueCon"));
    EXPECT_EQ(config.freeswitch_inputs[0].lines, Config::LineEvents::never);
    EXPECT_EQ(config.freeswitch_inputs[1].lines, Config::LineEvents::automatic);
    EXPECT_FALSE(config.freeswitch_inputs[0].same(config.freeswitch_inputs[1]));
    EXPECT_TRUE(config.freeswitch_inputs[0].same(config.freeswitch_inputs[0]));
}

TEST(Config, ReadsAnAsterisk) {
    const auto config = good(R"(
data_dir = "/d"
[[source]]
name = "office"
kind = "asterisk"
address = "pbx.example:5038"
username = "callboard"
secret = "s3cret"
lines = "always"
[[source]]
name = "other"
kind = "asterisk"
address = "[::1]:5038"
username = "callboard"
secret = "s3cret"
)");
    ASSERT_EQ(config.asterisk_inputs.size(), 2U);
    EXPECT_EQ(config.asterisk_inputs[0].name, "office");
    EXPECT_EQ(config.asterisk_inputs[0].address, "pbx.example:5038");
    EXPECT_EQ(config.asterisk_inputs[0].username, "callboard");
    EXPECT_TRUE(config.asterisk_inputs[0].secret.equals("s3cret"));
    EXPECT_EQ(config.asterisk_inputs[0].lines, Config::LineEvents::always);
    EXPECT_EQ(config.asterisk_inputs[1].lines, Config::LineEvents::automatic);
    EXPECT_FALSE(config.asterisk_inputs[0].same(config.asterisk_inputs[1]));
    EXPECT_TRUE(config.asterisk_inputs[0].same(config.asterisk_inputs[0]));
}

TEST(Config, ReadsAnEventService) {
    const auto config = good(R"(
data_dir = "/d"
[[source]]
name = "ovh"
kind = "ovh"
token = "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB"
[[source]]
name = "branch"
kind = "ovh"
token = "other"
url = "http://callboard.example:8080/"
version = 2
)");
    ASSERT_EQ(config.ovh_inputs.size(), 2U);
    EXPECT_EQ(config.ovh_inputs[0].name, "ovh");
    EXPECT_EQ(config.ovh_inputs[0].url, "https://events.voip.ovh.net");
    EXPECT_EQ(config.ovh_inputs[0].version, 1);
    EXPECT_TRUE(config.ovh_inputs[0].token.equals("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB"));
    EXPECT_EQ(config.ovh_inputs[1].url, "http://callboard.example:8080");
    EXPECT_EQ(config.ovh_inputs[1].version, 2);
    EXPECT_TRUE(config.ovh_inputs[0].same(config.ovh_inputs[0]));
    EXPECT_FALSE(config.ovh_inputs[0].same(config.ovh_inputs[1]));
}

TEST(Config, WhatIsInProgressIsAnExchangesWhenNoOtherSourceTellsOfIt) {
    Config config;
    EXPECT_FALSE(config.has_one_exchange());
    config.asterisk_inputs.emplace_back();
    EXPECT_TRUE(config.has_one_exchange());
    config.freeswitch_inputs.emplace_back();
    EXPECT_FALSE(config.has_one_exchange());
    config.freeswitch_inputs.clear();
    config.asterisk_inputs[0].lines = Config::LineEvents::always;
    config.hep_inputs.emplace_back();
    EXPECT_FALSE(config.has_one_exchange());
    EXPECT_FALSE(config.has_one_mirror());
}

TEST(Config, BesideAMirrorThatTellsTheLinesAnExchangeHasTheCallersOfQueues) {
    Config config;
    config.hep_inputs.emplace_back();
    config.asterisk_inputs.emplace_back();
    EXPECT_TRUE(config.has_one_mirror());
    EXPECT_TRUE(config.has_one_exchange());
    config.ovh_inputs.emplace_back();
    EXPECT_FALSE(config.has_one_mirror());
    EXPECT_FALSE(config.has_one_exchange());
}

TEST(Config, NamesEverySource) {
    Config config;
    EXPECT_TRUE(config.source_names().empty());
    config.hep_inputs.push_back({.name = "sbc", .listen = "", .password = {}});
    config.freeswitch_inputs.emplace_back().name = "fs";
    config.asterisk_inputs.emplace_back().name = "desk";
    config.ovh_inputs.emplace_back().name = "ovh";
    EXPECT_EQ(config.source_names(), (std::vector<std::string>{"sbc", "fs", "desk", "ovh"}));
}

TEST(Config, AnExchangeTellsOfLinesWhenNoMirrorDoes) {
    using Lines = Config::LineEvents;
    Config config;
    EXPECT_TRUE(config.tells_lines(Lines::automatic));
    EXPECT_FALSE(config.tells_lines(Lines::never));
    config.hep_inputs.emplace_back();
    EXPECT_FALSE(config.tells_lines(Lines::automatic));
    EXPECT_TRUE(config.tells_lines(Lines::always));
}

}  // namespace
}  // namespace callboard
