#include "delivery/sse/frame.hpp"

#include <gtest/gtest.h>

namespace callboard::sse {
namespace {

TEST(Frame, OfAnEvent) {
    Encoded event;
    event.v2_before = R"({"event":"e","token":")";
    event.v2_after = R"("})";
    std::string out = "before|";
    append_event(out, "CURSOR", event, "T");
    EXPECT_EQ(out, "before|id: CURSOR\ndata: {\"event\":\"e\",\"token\":\"T\"}\n\n");
}

TEST(Frame, OfANoticeStaysOneLineWhateverItSays) {
    EXPECT_EQ(notice("gap", "7 are gone"), "event: gap\ndata: {\"message\":\"7 are gone\"}\n\n");
    EXPECT_EQ(notice("end", "a\nb\"c"), "event: end\ndata: {\"message\":\"a\\nb\\\"c\"}\n\n");
}

TEST(Frame, OfAHeartbeatMovesTheCursorAndNothingElse) { EXPECT_EQ(heartbeat("C"), ":\nid: C\n\n"); }

}  // namespace
}  // namespace callboard::sse
