#include "delivery/webhook/lifecycle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include "event/json.hpp"

namespace callboard::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Time kStart = time_from_nanoseconds(1'780'000'000'000'000'000);
constexpr const char* kLine = "0033972000001";
constexpr const char* kQueue = "0033972000002";

/// A journal in which time passes as the test says.
class LifecycleTest : public ::testing::Test {
  protected:
    std::vector<std::string> line(std::string_view name, const std::string& call, std::string reason = {},
                                  const std::string& calling = "0033612345678") {
        Event event;
        event.name = name;
        event.ressource = kLine;
        LineData data;
        data.call_id = call;
        data.calling = calling;
        data.called = data.dialed = kLine;
        data.relevant_info = std::move(reason);
        event.data = std::move(data);
        return apply(event);
    }
    std::vector<std::string> queue(std::string_view name, const std::string& member, QueueData data = {}) {
        Event event;
        event.name = name;
        event.protocol = Protocol::queues;
        event.ressource = kQueue;
        data.set("QueueMemberUUID", member);
        data.set("Calling", "0033600000000");
        event.data = std::move(data);
        return apply(event);
    }
    std::vector<std::string> apply(const Event& event) {
        Record record;
        record.sequence = ++sequence_;
        record.timestamp = now_;
        record.account = "ba-demo";
        record.ressource = event.ressource;
        record.details = "{}";
        return names(lifecycle_.apply(event, record, thresholds_));
    }
    std::vector<std::string> pass(Duration time) {
        now_ += time;
        return names(lifecycle_.until(now_, thresholds_));
    }
    std::vector<std::string> names(std::vector<Record> records) {
        last_ = std::move(records);
        std::vector<std::string> all;
        for (const Record& one : last_) all.push_back(one.name);
        return all;
    }
    double number(std::string_view name) const {
        simdjson::dom::parser parser;
        double value = -1;
        EXPECT_EQ(parser.parse(last_.at(0).data)[name].get(value), simdjson::SUCCESS) << last_.at(0).data;
        return value;
    }

    Lifecycle lifecycle_{TimeZone::utc()};
    Thresholds thresholds_;
    std::vector<Record> last_;
    Time now_ = kStart;
    Sequence sequence_ = 0;
};

TEST_F(LifecycleTest, ACallThatTalkedHasEnded) {
    line("start_ringing", "1");
    now_ += 7s;
    EXPECT_THAT(line("end_ringing", "1"), IsEmpty());
    EXPECT_THAT(line("start_calling", "1"), IsEmpty());
    now_ += 61500ms;
    EXPECT_THAT(line("end_calling", "1", "Q.850;cause=16"), ElementsAre("call.ended"));
    EXPECT_EQ(number("WaitSeconds"), 7);
    EXPECT_EQ(number("TalkSeconds"), 61.5);
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Answered":true)"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Direction":"in")"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Reason":"Q.850;cause=16")"));
    EXPECT_EQ(last_[0].ressource, kLine);
    EXPECT_EQ(last_[0].account, "ba-demo");
    EXPECT_EQ(last_[0].timestamp, now_);
    EXPECT_EQ(last_[0].sequence, sequence_);
    EXPECT_TRUE(last_[0].native);
    EXPECT_THAT(pass(1h), IsEmpty()) << "once";
}

TEST_F(LifecycleTest, ACallThatNobodyAnsweredIsMissed) {
    line("start_ringing", "1");
    now_ += 20s;
    EXPECT_THAT(line("end_ringing", "1", "Request Terminated"), IsEmpty()) << "the answer may follow";
    EXPECT_THAT(pass(Lifecycle::kAnswerFollows - 1ns), IsEmpty());
    EXPECT_THAT(pass(1ns), ElementsAre("call.missed"));
    EXPECT_EQ(number("WaitSeconds"), 20);
    EXPECT_EQ(number("TalkSeconds"), 0);
    EXPECT_EQ(last_[0].timestamp, kStart + 20s);
    EXPECT_THAT(pass(1h), IsEmpty());
}

TEST_F(LifecycleTest, ItIsToldBeforeWhatComesLater) {
    line("start_ringing", "1");
    line("end_ringing", "1");
    now_ += 1min;
    EXPECT_THAT(line("start_ringing", "2"), ElementsAre("call.missed"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("CallId":"1")"));
}

TEST_F(LifecycleTest, ACallThatAnotherPhoneTookIsNotMissed) {
    line("start_ringing", "1");
    line("end_ringing", "1", "Call completed elsewhere");
    EXPECT_THAT(pass(1min), ElementsAre("call.ended"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Answered":false)"));
}

TEST_F(LifecycleTest, ACallThatWentOutIsNotMissed) {
    line("start_ringing", "1", "", kLine);
    line("end_ringing", "1", "486 Busy Here", kLine);
    EXPECT_THAT(pass(1min), ElementsAre("call.ended"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Direction":"out")"));
}

TEST_F(LifecycleTest, RingingAgainIsTheSameCall) {
    line("start_ringing", "1");
    line("end_ringing", "1");
    now_ += 1s;
    EXPECT_THAT(line("start_ringing", "1"), IsEmpty());
    EXPECT_THAT(pass(1min), IsEmpty()) << "it rings still";
}

TEST_F(LifecycleTest, OfACallThatIsNotKnownNothingIsTold) {
    EXPECT_THAT(line("end_calling", "1"), IsEmpty());
    EXPECT_THAT(line("end_ringing", "2"), IsEmpty());
    EXPECT_THAT(line("registered", ""), IsEmpty());
    EXPECT_THAT(pass(1h), IsEmpty());
}

TEST_F(LifecycleTest, ManyUnansweredAreToldEarlyAndNoneIsForgotten) {
    std::size_t told = 0;
    for (std::size_t i = 0; i < Lifecycle::kMostUnanswered + 10; ++i) {
        line("start_ringing", std::to_string(i));
        told += line("end_ringing", std::to_string(i)).size();
    }
    EXPECT_EQ(told, 10U);
    EXPECT_EQ(pass(1min).size(), Lifecycle::kMostUnanswered);
}

TEST_F(LifecycleTest, ACallerWhoGaveUpHasAbandoned) {
    queue("member-queue-start", "m1");
    now_ += 33s;
    QueueData cancel;
    cancel.set("QueueCause", "Cancel");
    cancel.set("QueueCancelReason", "NO_AGENT_TIMEOUT");
    EXPECT_THAT(queue("member-queue-end", "m1", cancel), ElementsAre("queue.abandoned"));
    EXPECT_EQ(number("WaitSeconds"), 33);
    EXPECT_THAT(last_[0].data, HasSubstr(R"("CancelReason":"NO_AGENT_TIMEOUT")"));
    EXPECT_THAT(queue("member-queue-end", "m1", cancel), IsEmpty()) << "told twice, it is one";
    QueueData answered;
    answered.set("QueueCause", "Terminated");
    queue("member-queue-start", "m2");
    EXPECT_THAT(queue("member-queue-end", "m2", answered), IsEmpty());
}

TEST_F(LifecycleTest, TheExchangesOwnTimesSayHowLongSomebodyWaited) {
    QueueData cancel;
    cancel.set("QueueCause", "Cancel");
    cancel.set("QueueMemberJoinedTime", "1780000000");
    cancel.set("QueueMemberLeavingTime", "1780000042");
    EXPECT_THAT(queue("member-queue-end", "unseen", cancel), ElementsAre("queue.abandoned"));
    EXPECT_EQ(number("WaitSeconds"), 42);
    QueueData bare;
    bare.set("QueueCause", "Cancel");
    queue("member-queue-end", "unseen too", bare);
    EXPECT_THAT(last_.at(0).data, HasSubstr(R"("WaitSeconds":null)"));
}

TEST_F(LifecycleTest, TooManyWaitingIsToldOnceUpAndOnceDown) {
    thresholds_[kQueue].waiting = 2;
    EXPECT_THAT(queue("member-queue-start", "m1"), IsEmpty());
    EXPECT_THAT(queue("member-queue-start", "m2"), ElementsAre("threshold.crossed"));
    EXPECT_EQ(number("Value"), 2);
    EXPECT_EQ(number("Limit"), 2);
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Direction":"above")"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Threshold":"waiting")"));
    EXPECT_THAT(queue("member-queue-start", "m3"), IsEmpty());
    QueueData end;
    end.set("QueueCause", "Terminated");
    EXPECT_THAT(queue("member-queue-end", "m1", end), IsEmpty());
    EXPECT_THAT(queue("member-queue-end", "m2", end), ElementsAre("threshold.crossed"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Direction":"below")"));
}

TEST_F(LifecycleTest, TooLongAWaitIsToldWhenItComesToThat) {
    thresholds_[kQueue].longest_wait = 60s;
    queue("member-queue-start", "m1");
    EXPECT_EQ(lifecycle_.next(thresholds_), kStart + 60s);
    EXPECT_THAT(pass(60s - 1ns), IsEmpty());
    EXPECT_THAT(pass(10s), ElementsAre("threshold.crossed"));
    EXPECT_EQ(last_[0].timestamp, kStart + 60s) << "when it came to that, not when it was seen";
    EXPECT_THAT(pass(1h), IsEmpty());
    QueueData end;
    end.set("QueueCause", "Terminated");
    EXPECT_THAT(queue("member-queue-end", "m1", end), ElementsAre("threshold.crossed"));
    EXPECT_THAT(last_[0].data, HasSubstr(R"("Direction":"below")"));
    EXPECT_EQ(lifecycle_.next(thresholds_), std::nullopt);
}

TEST_F(LifecycleTest, KnowsItsNames) {
    for (const char* name : {"call.missed", "call.ended", "queue.abandoned", "threshold.crossed"})
        EXPECT_TRUE(is_lifecycle(name));
    EXPECT_FALSE(is_lifecycle("end_calling"));
}

/// However often it is asked in between, and wherever it is begun again, it tells the same.
TEST(Lifecycle, TellsTheSameWhenItIsFoldedAgain) {
    const bool held = rc::check([](const std::vector<std::uint8_t>& script, std::size_t cut) {
        constexpr std::array<const char*, 4> kNames = {"start_ringing", "end_ringing", "start_calling",
                                                       "end_calling"};
        std::vector<std::pair<Event, Record>> journal;
        Time now = kStart;
        for (const std::uint8_t step : script) {
            now += std::chrono::milliseconds(step * 20);
            Event event;
            event.name = kNames[step % 4];
            event.ressource = kLine;
            LineData data;
            data.call_id = std::to_string(step / 4 % 3);
            data.calling = "0033612345678";
            event.data = data;
            Record record;
            record.sequence = journal.size() + 1;
            record.timestamp = now;
            record.ressource = kLine;
            record.details = "{}";
            journal.emplace_back(std::move(event), std::move(record));
        }
        const auto told_by = [&](bool asked_often, std::size_t silent) {
            Lifecycle lifecycle(TimeZone::utc());
            std::vector<Record> all;
            const auto add = [&](std::vector<Record> some, bool loud) {
                for (Record& one : some) {
                    one.sequence = 0;  // that of the last event before, which depends on when it is asked
                    if (loud) all.push_back(std::move(one));
                }
            };
            for (std::size_t i = 0; i < journal.size(); ++i) {
                const Time before = journal[i].second.timestamp - Duration(1);
                if (asked_often) add(lifecycle.until(before, {}), i >= silent);
                add(lifecycle.apply(journal[i].first, journal[i].second, {}), i >= silent);
            }
            add(lifecycle.until(now + 1h, {}), true);
            return all;
        };
        const auto all = told_by(false, 0);
        RC_ASSERT(told_by(true, 0) == all);
        const auto rest = told_by(false, journal.empty() ? 0 : cut % journal.size());
        RC_ASSERT(rest.size() <= all.size());
        RC_ASSERT(std::equal(rest.rbegin(), rest.rend(), all.rbegin()));
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace callboard::webhook
