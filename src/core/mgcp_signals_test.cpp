#include "core/mgcp_signals.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(MgcpSignals, of_a_telephone_are_known_by_their_names) {
    for (const char* ring : {"L/rg", "rg", "L/R3", "L/ci(,,),L/rg", "H/rg(to=180)"})
        EXPECT_TRUE(read_signals(ring, "").ring) << ring;
    for (const char* other : {"", "L/rs", "L/r8", "MS/rg", "L/rt"})
        EXPECT_FALSE(read_signals(other, "").ring) << other;
    EXPECT_TRUE(read_signals("L/wt2", "").call_waiting);
    EXPECT_TRUE(read_signals("G/rt@A3F0", "").ringback);
    EXPECT_TRUE(read_signals("L/sl", "").dial_tone);
    EXPECT_EQ(read_signals("L/bz", "").refusal, "Busy tone");
    EXPECT_EQ(read_signals("G/cg", "").refusal, "Congestion tone");
    EXPECT_EQ(read_signals("L/dl", "").refusal, "");
}

TEST(MgcpSignals, say_who_calls) {
    EXPECT_EQ(read_signals("L/rg,L/ci(,0612345678,)", "").calling, "0612345678");
    EXPECT_EQ(read_signals("L/rg", "").calling, std::nullopt);
    EXPECT_EQ(read_signals("L/ci(,O,)", "").calling, "");
    EXPECT_TRUE(read_signals("L/ci(,P,)", "").withheld);
}

TEST(MgcpSignals, show_the_hook_by_the_event_that_is_waited_for) {
    EXPECT_TRUE(read_signals("", "L/hd(N)").expects_off_hook);
    EXPECT_TRUE(read_signals("", "L/hu(N),L/hf(N),D/[0-9](D)").expects_on_hook);
    // What an embedded request waits for is of later.
    EXPECT_FALSE(read_signals("", "L/hd(E(R(L/hu)))").expects_on_hook);
    const auto both = read_signals("", "L/hd,L/hu");
    EXPECT_FALSE(both.expects_off_hook || both.expects_on_hook);
}

}  // namespace
}  // namespace callboard
