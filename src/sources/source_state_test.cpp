#include "sources/source_state.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(SourceState, TellsSinceWhenItIsSo) {
    ManualClock clock;
    Metrics metrics;
    SourceState state("sbc", "hep", clock, metrics);
    const auto gauge = [&metrics] {
        return metrics.gauge("callboard_source_up", "", {{"source", "sbc"}}).value();
    };
    const Time made = clock.now();
    EXPECT_FALSE(state.up());
    EXPECT_EQ(state.health().name, "sbc");
    EXPECT_EQ(state.health().kind, "hep");
    EXPECT_EQ(state.health().detail, "not started");

    clock.advance(std::chrono::seconds(1));
    state.set(false, "nobody answers");
    EXPECT_EQ(state.health().since, made) << "tried again, and still down";
    EXPECT_EQ(state.health().detail, "nobody answers");
    EXPECT_EQ(gauge(), 0);

    clock.advance(std::chrono::seconds(1));
    state.set(true, {});
    EXPECT_TRUE(state.up());
    EXPECT_EQ(state.health().since, made + std::chrono::seconds(2));
    EXPECT_EQ(state.health().detail, "");
    EXPECT_EQ(gauge(), 1);
}

}  // namespace
}  // namespace callboard
