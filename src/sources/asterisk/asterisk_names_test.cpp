#include "sources/asterisk/asterisk_names.hpp"

#include <gtest/gtest.h>

#include <set>

namespace callboard {
namespace {

TEST(AsteriskNames, ReadTheEndpointFromAChannel) {
    const auto resource = [](std::string_view name) { return parse_channel_name(name).resource; };
    EXPECT_EQ(resource("PJSIP/101-00000000"), "101");
    EXPECT_EQ(resource("PJSIP/front-desk-0000002a"), "front-desk");
    EXPECT_EQ(resource("SIP/trunk.example-00000b1c<ZOMBIE>"), "trunk.example");
    EXPECT_EQ(resource("Local/102@viakam-00000000;1"), "102@viakam");
    EXPECT_EQ(resource("PJSIP/101"), "101");
    EXPECT_EQ(resource("nonsense"), "");
    EXPECT_EQ(parse_channel_name("DAHDI/1-1").technology, "DAHDI");
}

TEST(AsteriskNames, KnowChannelsWithoutAPhone) {
    for (const auto* name : {"Local/103@internal-00000000;2", "Surrogate/PJSIP/102-1",
                             "AsyncGoto/PJSIP/101-0", "CBAnn/conf-00000001;2", "Snoop/1795-1"})
        EXPECT_TRUE(parse_channel_name(name).internal) << name;
    for (const auto* name : {"PJSIP/101-00000000", "SIP/101-1", "IAX2/peer-123", "DAHDI/i1/0612-1", ""})
        EXPECT_FALSE(parse_channel_name(name).internal) << name;
}

TEST(AsteriskNames, FindWhoIsDialled) {
    EXPECT_EQ(dialled_user("PJSIP/201"), "201");
    EXPECT_EQ(dialled_user("201"), "201");
    EXPECT_EQ(dialled_user("Local/102@viakam/n"), "102");
    EXPECT_EQ(dialled_user("102@kam"), "102");
    EXPECT_EQ(dialled_user("kam/sip:102@pbx.example:5060"), "102");
    EXPECT_EQ(dialled_user("PJSIP/trunk/0612345678"), "0612345678");
    EXPECT_EQ(dialled_user("DAHDI/g1/0612345678"), "0612345678");
    EXPECT_EQ(dialled_user(""), "");
}

TEST(AsteriskNames, APhoneIsALinesByItsEndpointThenByItsNumber) {
    const std::set<std::string, std::less<>> ours = {"101", "0033123456101", "desk"};
    const KnowsName knows = [&](std::string_view name) { return ours.contains(name); };
    EXPECT_EQ(device_of("101", "5555", knows), "101");
    EXPECT_EQ(device_of("desk", "101", knows), "desk");
    EXPECT_EQ(device_of("kam", "101", knows), "101");
    EXPECT_EQ(device_of("gw", "0612345678", knows), "") << "a trunk, and a number of nobody's";
    EXPECT_EQ(device_of("150", "0612345678", knows), "150") << "an extension that is not configured";
    EXPECT_EQ(device_of("gw", "", {}), "");
}

TEST(AsteriskNames, ANumberMayBeUnknown) {
    EXPECT_EQ(number_or_nothing("<unknown>"), "");
    EXPECT_EQ(number_or_nothing("unknown"), "");
    EXPECT_EQ(number_or_nothing("0612345678"), "0612345678");
}

TEST(AsteriskNames, ReadPresentationsInBothForms) {
    for (const auto* withheld : {"32 (Presentation Prohibited, Not Screened)", "35",
                                 "67 (Number Unavailable)", "prohib_not_screened", "prohib", "unavailable"})
        EXPECT_TRUE(is_withheld(withheld)) << withheld;
    for (const auto* shown :
         {"0 (Presentation Allowed, Not Screened)", "1", "3", "allowed_not_screened", "allowed", ""})
        EXPECT_FALSE(is_withheld(shown)) << shown;
}

}  // namespace
}  // namespace callboard
