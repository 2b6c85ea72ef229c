#include "sources/asterisk/ami_frame.hpp"

#include <gtest/gtest.h>

#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using testing::ami;

TEST(AmiFrame, FindsTheFirstOfRepeatedKeysWhateverTheirCase) {
    const AmiFrame frame = ami("Event: VarSet\nVariable: A\nVariable: B\nLinkedId: 7");
    EXPECT_EQ(frame.event(), "VarSet");
    EXPECT_EQ(frame.get("variable"), "A");
    EXPECT_EQ(frame.get("Linkedid"), "7");
    EXPECT_EQ(frame.get("Value"), "");
    EXPECT_FALSE(frame.has("Value"));
    EXPECT_EQ(frame.size(), 4U);
    EXPECT_EQ(frame.field(2), (std::pair<std::string_view, std::string_view>("Variable", "B")));
}

TEST(AmiFrame, TellsAnEmptyValueFromNone) {
    const AmiFrame frame = ami("Event: Newchannel\nAccountCode:");
    EXPECT_TRUE(frame.has("AccountCode"));
    EXPECT_EQ(frame.get("AccountCode"), "");
}

TEST(AmiFrame, ReadsChannelVariablesOfEitherChannel) {
    const AmiFrame frame =
        ami("Event: DialBegin\n"
            "ChanVariable: CHANNEL(pjsip,call-id)=one@phone\n"
            "ChanVariable: CALLERID(num-pres)=prohib\n"
            "DestChanVariable: CHANNEL(pjsip,call-id)=two=2@phone\n"
            "ChanVariable: EMPTY=");
    EXPECT_EQ(frame.channel_variable("CHANNEL(pjsip,call-id)"), "one@phone");
    EXPECT_EQ(frame.channel_variable("CALLERID(num-pres)"), "prohib");
    EXPECT_EQ(frame.channel_variable("CHANNEL(pjsip,call-id)", "Dest"), "two=2@phone");
    EXPECT_EQ(frame.channel_variable("EMPTY"), "");
    EXPECT_EQ(frame.channel_variable("CHANNEL"), "");
    EXPECT_EQ(frame.channel_variable("CALLERID(num-pres)", "Dest"), "");
}

TEST(AmiFrame, IsAValue) {
    AmiFrame frame = ami("Event: Hangup\nCause: 16");
    const AmiFrame copy = frame;
    frame.clear();
    frame.add("Event", "Newchannel");
    EXPECT_EQ(copy.get("Cause"), "16");
    EXPECT_EQ(frame.event(), "Newchannel");
    EXPECT_FALSE(frame.has("Cause"));
}

}  // namespace
}  // namespace callboard
