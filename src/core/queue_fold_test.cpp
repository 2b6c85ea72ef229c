#include "core/queue_fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/fold_for_test.hpp"

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;
using test::Fold;
using test::kAlice;
using test::kNoon;
using test::kSupport;
using test::Members;
using test::queue_event;

constexpr const char* kAgent = "agent_0033972000001_4242";
constexpr const char* kOther = "agent_0033972000002_7";

/// A queue in a fold, told of in the words of the call centre.
class QueueFold : public ::testing::Test {
  protected:
    Fold fold;

    const Queue& queue() { return fold.state.queues.find(kSupport)->second; }
    const QueueCounters& counters() { return queue().counters; }
    const QueueAgent& agent(const char* name = kAgent) { return queue().agents.find(name)->second; }
    void tell(std::string_view name, Members members) { fold.tell(queue_event(name, members)); }

    void join(const char* uuid) {
        tell("member-queue-start", {{"QueueMemberUUID", uuid}, {"Calling", "0033612345678"}});
    }
    void offer(const char* uuid, const char* name = kAgent) {
        tell("agent-offering", {{"QueueMemberUUID", uuid}, {"QueueAgent", name}});
    }
    void bridge(const char* uuid) {
        tell("bridge-agent-start", {{"QueueMemberUUID", uuid}, {"QueueAgent", kAgent}});
    }
    void cancel(const char* uuid) {
        tell("member-queue-end", {{"QueueMemberUUID", uuid}, {"QueueCause", "Cancel"}});
    }
    void count(const char* number) { tell("members-count", {{"Count", number}}); }

    void expect_counters(std::uint64_t offered, std::uint64_t answered, std::uint64_t lost) {
        EXPECT_EQ(counters().offered, offered);
        EXPECT_EQ(counters().answered, answered);
        EXPECT_EQ(counters().lost, lost);
    }
};

TEST_F(QueueFold, FollowsAnAnsweredCaller) {
    join("a");
    EXPECT_THAT(queue().waiting, ElementsAre(WaitingCaller{"a", "0033612345678", kNoon, std::nullopt}));
    expect_counters(1, 0, 0);
    count("1");
    fold.pass(5s);
    offer("a");
    EXPECT_EQ(queue().waiting.front().agent, kAgent);
    EXPECT_EQ(agent().number, kAlice);
    EXPECT_EQ(agent().state, "Receiving");
    EXPECT_EQ(agent().since, kNoon + 5s);
    fold.pass(7s);
    bridge("a");
    EXPECT_THAT(queue().waiting, IsEmpty());
    EXPECT_EQ(agent().state, "In a queue call");
    count("0");
    tell("bridge-agent-end", {{"QueueMemberUUID", "a"}, {"QueueAgent", kAgent}});
    EXPECT_EQ(agent().state, "Waiting");
    tell("member-queue-end", {{"QueueMemberUUID", "a"}, {"QueueCause", "Terminated"}});
    expect_counters(1, 1, 0);
    EXPECT_EQ(counters().answered_in_time, 1U);
    EXPECT_EQ(counters().total_wait, 12s);
    EXPECT_EQ(counters().longest_wait, 12s);
}

TEST_F(QueueFold, FollowsACallerWhoGivesUp) {
    join("a");
    offer("a");
    tell("bridge-agent-fail",
         {{"QueueMemberUUID", "a"}, {"QueueAgent", kAgent}, {"QueueHangupCause", "ORIGINATOR_CANCEL"}});
    EXPECT_EQ(agent().state, "Waiting");
    EXPECT_EQ(queue().waiting.front().agent, std::nullopt);
    cancel("a");
    cancel("a");
    count("0");
    EXPECT_THAT(queue().waiting, IsEmpty());
    expect_counters(1, 0, 1);
    EXPECT_EQ(counters().total_wait, 0s) << "the wait of those who were answered";
}

TEST_F(QueueFold, KeepsTheOrderOfArrival) {
    for (const char* uuid : {"a", "b", "c"}) join(uuid);
    bridge("b");
    EXPECT_THAT(queue().waiting,
                ElementsAre(Field(&WaitingCaller::uuid, "a"), Field(&WaitingCaller::uuid, "c")));
}

TEST_F(QueueFold, ANewAgentIsRungWhenTheFirstDidNotAnswer) {
    join("a");
    offer("a");
    offer("a", kOther);
    tell("bridge-agent-fail", {{"QueueMemberUUID", "a"}, {"QueueAgent", kAgent}});
    EXPECT_EQ(queue().waiting.front().agent, kOther) << "the other one still rings";
    EXPECT_EQ(agent(kOther).state, "Receiving");
    EXPECT_EQ(agent().state, "Waiting");
    expect_counters(1, 0, 0);
}

TEST_F(QueueFold, AFailedBridgeDoesNotEndACallThatTheAgentHas) {
    join("a");
    offer("a");
    bridge("a");
    tell("bridge-agent-fail", {{"QueueMemberUUID", "b"}, {"QueueAgent", kAgent}});
    EXPECT_EQ(agent().state, "In a queue call");
}

TEST_F(QueueFold, ACallerMayTakeTheOldPlaceAgain) {
    join("a");
    cancel("a");
    tell("member-queue-resume", {{"QueueMemberUUID", "a"}});
    expect_counters(1, 0, 0);
    EXPECT_THAT(queue().waiting, SizeIs(1));
    bridge("a");
    expect_counters(1, 1, 0);
}

TEST_F(QueueFold, WhoComesBackAndGivesUpAgainIsLostAgain) {
    join("a");
    cancel("a");
    join("a");
    cancel("a");
    EXPECT_THAT(queue().waiting, IsEmpty());
    expect_counters(2, 0, 2);
}

TEST_F(QueueFold, CountsThoseWhoCameBeforeItListened) {
    bridge("x");
    cancel("y");
    offer("z");
    expect_counters(3, 1, 1);
    EXPECT_THAT(queue().waiting, ElementsAre(Field(&WaitingCaller::uuid, "z")));
    tell("member-queue-end", {{"QueueMemberUUID", "w"}, {"QueueCause", "Terminated"}});
    expect_counters(3, 1, 1);
}

TEST_F(QueueFold, AnEndWithoutABridgeIsAnAnswer) {
    join("a");
    fold.pass(30s);
    tell("member-queue-end", {{"QueueMemberUUID", "a"}, {"QueueCause", "Terminated"}});
    expect_counters(1, 1, 0);
    EXPECT_EQ(counters().answered_in_time, 0U);
    EXPECT_EQ(counters().longest_wait, 30s);
}

TEST_F(QueueFold, TakesTheWaitFromTheExchangesOwnTimesWhenTheyMakeSense) {
    struct Case {
        const char *joined, *answered;
        Duration wait;
    };
    const Case cases[] = {
        {"1780000000", "1780000023", 23s}, {"1780000000", "1780000000", 0s},
        {"1780000023", "1780000000", 0s},  // clocks of two machines
        {"1780000000", "1790000000", 0s},  {"", "1780000023", 4s},
        {"0", "1780000023", 4s},           {"1780000000", "soon", 4s},
        {"-5", "1780000000", 4s},          {"99999999999999999999", "1780000000", 4s},
        {"1780000000x", "1780000023", 4s},
    };
    for (const Case& one : cases) {
        fold = Fold();
        join("a");
        fold.pass(4s);
        tell("bridge-agent-start", {{"QueueMemberUUID", "a"},
                                    {"QueueMemberJoinedTime", one.joined},
                                    {"QueueAgentAnsweredTime", one.answered}});
        EXPECT_EQ(counters().total_wait, one.wait) << one.joined << ' ' << one.answered;
        EXPECT_EQ(counters().answered, 1U);
    }
}

TEST_F(QueueFold, TheServiceLevelsThresholdIsWithin) {
    join("a");
    join("b");
    fold.pass(kServiceLevelThreshold);
    bridge("a");
    EXPECT_EQ(counters().answered_in_time, 1U);
    fold.pass(1ns);
    bridge("b");
    EXPECT_EQ(counters().answered_in_time, 1U);
    EXPECT_EQ(counters().longest_wait, kServiceLevelThreshold + 1ns);
    EXPECT_EQ(counters().total_wait, 2 * kServiceLevelThreshold + 1ns);
}

TEST_F(QueueFold, ACountOfZeroLetsThoseGoWhoseEndWasNotSeen) {
    join("a");
    join("b");
    count("2");
    EXPECT_THAT(queue().waiting, SizeIs(2));
    tell("members-count", {{"Count", "0"}, {"QueueSelection", "All-Queues"}});
    EXPECT_THAT(queue().waiting, SizeIs(2)) << "that is about all queues";
    count("0");
    EXPECT_THAT(queue().waiting, IsEmpty());
    expect_counters(0, 0, 0);
    bridge("a");
    expect_counters(1, 1, 0);
}

TEST_F(QueueFold, AnAgentsStatusHoldsInEachOfTheQueuesThatKnowIt) {
    offer("a");
    fold.tell(queue_event("agent-offering", {{"QueueMemberUUID", "b"}, {"QueueAgent", kAgent}}, "0044"));
    fold.tell(queue_event("agent-offering", {{"QueueMemberUUID", "c"}, {"QueueAgent", kOther}}, "0055"));
    fold.pass(3s);
    tell("agent-status-change", {{"QueueAgent", kAgent}, {"QueueAgentStatus", "On Break"}});
    for (const char* number : {kSupport, "0044"}) {
        const QueueAgent& known = fold.state.queues.find(number)->second.agents.find(kAgent)->second;
        EXPECT_EQ(known.status, "On Break") << number;
        EXPECT_EQ(known.state, "Receiving") << number;
        EXPECT_EQ(known.since, kNoon + 3s) << number;
    }
    EXPECT_FALSE(fold.state.queues.find("0055")->second.agents.contains(kAgent));
    fold.pass(3s);
    tell("agent-state-change", {{"QueueAgent", kAgent}, {"QueueAgentState", "Receiving"}});
    EXPECT_EQ(agent().since, kNoon + 3s) << "nothing changed";
}

TEST_F(QueueFold, AnAgentsEventUnderItsLinesNumberMakesNoQueueOfIt) {
    offer("a");
    Event event = queue_event("agent-state-change",
                              {{"QueueAgent", kAgent}, {"QueueAgentState", "Idle"}, {"Queue", ""}}, kAlice);
    fold.tell(event);
    EXPECT_FALSE(fold.state.queues.contains(kAlice));
    EXPECT_EQ(agent().state, "Idle");
}

TEST_F(QueueFold, AnAddedAgentIsListedBeforeItDoesAnything) {
    tell("agent-add", {{"QueueAgent", kAgent}, {"QueueAgentType", "callback"}});
    EXPECT_EQ(agent().number, kAlice);
    EXPECT_EQ(agent().state, "");
}

TEST_F(QueueFold, ReadsTheNumberOutOfAnAgentsName) {
    const std::pair<const char*, const char*> names[] = {
        {kAgent, kAlice},       {"agent_0033900000000_id", "0033900000000"},
        {"agent_a_b_1", "a_b"}, {"alice", "member"},
        {"agent_", "member"},   {"agent_1", "member"},
        {"agent__1", "member"},
    };
    for (const auto& [name, number] : names) {
        tell("agent-offering", {{"QueueMemberUUID", "a"}, {"QueueAgent", name}, {"Agent", "member"}});
        EXPECT_EQ(agent(name).number, number) << name;
    }
}

TEST_F(QueueFold, EventsWithoutACallerOrAnAgentChangeNothing) {
    join("a");
    const State before = fold.state;
    for (const auto name : {"member-queue-start", "member-queue-resume", "agent-offering", "member-queue-end",
                            "bridge-agent-start", "bridge-agent-end", "bridge-agent-fail", "members-count",
                            "agent-status-change", "agent-contact-change", "of-a-client"}) {
        tell(name, {});
        fold.state.sequence = before.sequence;
        EXPECT_EQ(fold.state, before) << name;
    }
}

TEST_F(QueueFold, AnUnknownEventMakesNoQueue) {
    tell("of-a-client", {});
    EXPECT_THAT(fold.state.queues, IsEmpty());
}

TEST_F(QueueFold, StartsToCountAtMidnightWithThoseWhoWait) {
    join("a");
    join("b");
    join("c");
    bridge("a");
    cancel("b");
    fold.pass(12h);  // midnight in Paris
    at(fold.state, fold.now(), test::paris());
    expect_counters(1, 0, 0);
    EXPECT_EQ(counters().since, kNoon + 12h);
    EXPECT_EQ(counters().longest_wait, 0s);
    EXPECT_THAT(queue().waiting, ElementsAre(Field(&WaitingCaller::uuid, "c")));
    EXPECT_THAT(queue().agents, SizeIs(1));
    bridge("c");
    EXPECT_EQ(counters().longest_wait, 12h) << "of a wait that began yesterday";
    tell("member-queue-resume", {{"QueueMemberUUID", "b"}});
    expect_counters(2, 1, 0);
}

TEST_F(QueueFold, AnEventAfterMidnightCountsOnTheNewDay) {
    join("a");
    fold.pass(12h + 1s);
    join("b");
    expect_counters(2, 0, 0);
    EXPECT_EQ(counters().since, kNoon + 12h);
}

TEST_F(QueueFold, CountsSinceItKnowsAnything) {
    join("a");
    EXPECT_EQ(counters().since, kNoon);
    fold.pass(1h);
    fold.tell(queue_event("member-queue-start", {{"QueueMemberUUID", "b"}}, "0044"));
    EXPECT_EQ(fold.state.queues.find("0044")->second.counters.since, kNoon)
        << "none of its events came before, so the figures are of the whole time";
}

TEST_F(QueueFold, KeepsBounds) {
    for (std::size_t i = 0; i < State::kMostWaiting + 5; ++i) join(std::to_string(i).c_str());
    EXPECT_THAT(queue().waiting, SizeIs(State::kMostWaiting));
    EXPECT_EQ(queue().waiting.front().uuid, "5");
    EXPECT_EQ(counters().offered, State::kMostWaiting) << "as if those who were let go had not come";
    bridge("0");
    EXPECT_EQ(counters().offered, State::kMostWaiting + 1) << "until they turn out answered";
    for (std::size_t i = 0; i < State::kMostLost + 5; ++i) cancel(("lost" + std::to_string(i)).c_str());
    EXPECT_THAT(queue().lost, SizeIs(State::kMostLost));
    EXPECT_EQ(counters().lost, State::kMostLost + 5);
    for (std::size_t i = 0; i < State::kMostAgents + 5; ++i)
        offer("a", ("agent" + std::to_string(i)).c_str());
    EXPECT_THAT(queue().agents, SizeIs(State::kMostAgents));
}

using AnyStep = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>;

Event any_event(const AnyStep& step) {
    static constexpr const char* kNames[] = {"member-queue-start", "member-queue-resume", "agent-offering",
                                             "bridge-agent-start", "members-count",       "bridge-agent-end",
                                             "bridge-agent-fail",  "agent-status-change", "member-queue-end",
                                             "member-queue-end"};
    const auto& [name, caller, agent, minutes] = step;
    const std::size_t which = name % std::size(kNames);
    return queue_event(kNames[which],
                       {{"QueueMemberUUID", std::to_string(caller % 12).c_str()},
                        {"QueueAgent", agent % 2 == 0 ? kAgent : kOther},
                        {"QueueCause", which == 8 ? "Cancel" : "Terminated"},
                        {"Count", minutes % 8 == 0 ? "0" : "1"}},
                       caller % 5 == 0 ? "0044" : kSupport);
}

TEST(QueueFoldProperty, OfferedIsAnsweredAndLostAndWaiting) {
    EXPECT_TRUE(rc::check([](const std::vector<AnyStep>& steps) {
        Fold fold;
        for (const AnyStep& step : steps) {
            fold.pass(std::chrono::minutes(std::get<3>(step)));
            fold.tell(any_event(step));
            for (const auto& [number, queue] : fold.state.queues) {
                const QueueCounters& counters = queue.counters;
                RC_ASSERT(counters.offered == counters.answered + counters.lost + queue.waiting.size());
                RC_ASSERT(counters.answered_in_time <= counters.answered);
                RC_ASSERT(counters.longest_wait <= counters.total_wait);
                RC_ASSERT(queue.lost.size() <= counters.lost);
                RC_ASSERT(counters.since <= fold.now());
            }
        }
    }));
}

TEST(QueueFoldProperty, GoingOnFromACopyIsGoingOn) {
    EXPECT_TRUE(rc::check([](const std::vector<AnyStep>& before, const std::vector<AnyStep>& after) {
        Fold whole;
        for (const AnyStep& step : before) whole.tell(any_event(step));
        Fold resumed = whole;
        for (const AnyStep& step : after) {
            whole.tell(any_event(step));
            resumed.tell(any_event(step));
        }
        RC_ASSERT(whole.state == resumed.state);
    }));
}

}  // namespace
}  // namespace callboard
