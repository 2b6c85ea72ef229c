#include "delivery/listeners.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery/audit_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Grant kOffice{"office", "", {}};
constexpr const char* kPeer = "203.0.113.9";
constexpr const char* kToken = "ABCDEFAB-CDEF";

class ListenersTest : public testing::Test {
  protected:
    ManualClock clock_;
    test::NotedActs audit_;
    Listeners listeners_{audit_, clock_};
};

TEST_F(ListenersTest, AConnectionListensAsLongAsItLasts) {
    auto listening = listeners_.connected(kPeer, kToken, kOffice, "sse");
    ASSERT_THAT(audit_.all<act::ListenBegin>(), SizeIs(1));
    EXPECT_EQ(audit_.actors(), std::vector<Actor>({{kPeer, "ABCD…", "office", ""}}));
    listening->got(2);
    listening->got(3);
    clock_.advance(75s);
    listening.reset();
    const auto ended = audit_.all<act::ListenEnd>();
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].transport, "sse");
    EXPECT_EQ(ended[0].lasted, 75s);
    EXPECT_EQ(ended[0].events, 5U);
}

TEST_F(ListenersTest, WhoeverComesBackIsToldOfOnce) {
    for (int i = 0; i < 5; ++i) {
        listeners_.asked(kPeer, kToken, kOffice, "longpoll", kPeer)->got(1);
        clock_.advance(100s);
        listeners_.expire();
    }
    EXPECT_THAT(audit_.all<act::ListenBegin>(), SizeIs(1));
    EXPECT_THAT(audit_.all<act::ListenEnd>(), IsEmpty());
    clock_.advance(Listeners::kAbsence);
    listeners_.expire();
    const auto ended = audit_.all<act::ListenEnd>();
    ASSERT_THAT(ended, SizeIs(1));
    EXPECT_EQ(ended[0].lasted, 400s) << "until it was last heard of";
    EXPECT_EQ(ended[0].events, 5U);
    listeners_.asked(kPeer, kToken, kOffice, "longpoll", kPeer);
    EXPECT_THAT(audit_.all<act::ListenBegin>(), SizeIs(2)) << "another time";
}

TEST_F(ListenersTest, TokensAddressesAndSessionsAreToldApart) {
    Grant agent{"office", "0033972000009", {}};
    agent.agent = "42";
    agent.masked = true;
    listeners_.asked(kPeer, kToken, kOffice, "longpoll", kPeer);
    listeners_.asked("203.0.113.10", kToken, kOffice, "longpoll", "203.0.113.10");
    listeners_.asked(kPeer, "OTHER", agent, "v2", "session-a");
    listeners_.asked(kPeer, "OTHER", agent, "v2", "session-b");
    listeners_.asked(kPeer, "OTHER", agent, "v2", "session-a");
    EXPECT_THAT(audit_.all<act::ListenBegin>(), SizeIs(4));
    EXPECT_TRUE(audit_.all<act::ListenBegin>().back().masked);
    EXPECT_EQ(audit_.actors().back(), (Actor{kPeer, "OTHE…", "office", "0033972000009 agent 42"}));
}

TEST_F(ListenersTest, AllAreToldToEndWithTheServer) {
    {
        Listeners of_server(audit_, clock_);
        of_server.asked(kPeer, kToken, kOffice, "longpoll", kPeer);
    }
    EXPECT_THAT(audit_.all<act::ListenEnd>(), SizeIs(1));
}

TEST_F(ListenersTest, WithoutAnAuditNothingIsKept) {
    NoAudit none;
    Listeners listeners(none, clock_);
    EXPECT_EQ(listeners.connected(kPeer, kToken, kOffice, "sse"), nullptr);
    EXPECT_EQ(listeners.asked(kPeer, kToken, kOffice, "longpoll", kPeer), nullptr);
}

}  // namespace
}  // namespace callboard
