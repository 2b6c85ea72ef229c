#include "sources/asterisk/asterisk_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "sources/asterisk/asterisk_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::FakeAsterisk;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = ExchangeSignalKind;

constexpr auto kDeadline = 10s;

/// Wall and steady clock that stand still until told otherwise, readable by the source's thread.
class SteppedClock final : public Clock {
  public:
    Time now() const override { return time_from_nanoseconds(1'780'000'500'000'000'000 + elapsed_.load()); }
    std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(elapsed_.load()));
    }
    void advance(Duration by) { elapsed_ += by.count(); }

  private:
    std::atomic<std::int64_t> elapsed_{0};
};

/// Keeps what comes, and lets the test wait for it.
class Collected final : public ExchangeSink {
  public:
    void on_signal(const ExchangeSignal& signal) override {
        const std::lock_guard lock(mutex_);
        ++counts_[signal.kind];
        last_[signal.kind] = signal;
        changed_.notify_all();
    }
    void on_pause(Time) override {
        const std::lock_guard lock(mutex_);
        ++pauses_;
        changed_.notify_all();
    }
    bool wait_for(Kind kind, std::size_t count = 1) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kDeadline, [&] { return counts_[kind] >= count; });
    }
    bool wait_for_pauses(std::size_t more) {
        std::unique_lock lock(mutex_);
        const std::size_t wanted = pauses_ + more;
        return changed_.wait_for(lock, kDeadline, [&] { return pauses_ >= wanted; });
    }
    std::size_t count(Kind kind) {
        const std::lock_guard lock(mutex_);
        return counts_[kind];
    }
    ExchangeSignal last(Kind kind) {
        const std::lock_guard lock(mutex_);
        return last_[kind];
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Kind, std::size_t> counts_;
    std::map<Kind, ExchangeSignal> last_;
    std::size_t pauses_ = 0;
};

class AsteriskSourceTest : public ::testing::Test {
  protected:
    void start(const std::string& address, const std::string& secret = "s3cret") {
        source_ = std::make_unique<AsteriskSource>(
            AsteriskSource::Settings{"office", address, "callboard", Secret(secret),
                                     [](std::string_view name) { return name == "101" || name == "102"; }},
            sink_, clock_, metrics_);
        ASSERT_TRUE(source_->start());
    }
    bool wait_until(const std::function<bool(const SourceHealth&)>& holds) {
        for (int i = 0; i < 200; ++i) {
            if (holds(source_->health())) return true;
            if (!sink_.wait_for_pauses(1)) return false;
        }
        return false;
    }
    bool wait_up() {
        return wait_until([](const SourceHealth& health) { return health.up; });
    }
    bool wait_down() {
        return wait_until(
            [](const SourceHealth& health) { return !health.up && health.detail != "connecting"; });
    }
    /// As often as the back-off wants, without waiting for it.
    bool wait_for_attempts(FakeAsterisk& asterisk, int connections) {
        for (int i = 0; i < 100 && asterisk.connections() < connections; ++i) {
            clock_.advance(35s);
            sink_.wait_for_pauses(1);
        }
        return asterisk.connections() >= connections;
    }
    static std::string channel(const std::string& name, const std::string& id, const std::string& state) {
        return "Event: Newchannel\nChannel: " + name + "\nChannelState: " + state +
               "\nCallerIDNum: 101\nExten: 102\nUniqueid: " + id + "\nLinkedid: " + id;
    }

    SteppedClock clock_;
    Metrics metrics_;
    Collected sink_;
    std::unique_ptr<AsteriskSource> source_;
};

TEST_F(AsteriskSourceTest, LogsInListsAndTells) {
    FakeAsterisk asterisk;
    asterisk.list("CoreShowChannels",
                  {"Event: CoreShowChannel\nChannel: PJSIP/101-00000000\nChannelState: 6\nCallerIDNum: 101\n"
                   "Exten: 102\nUniqueid: 1.0\nLinkedid: 1.0\nApplication: Dial\nBridgeId: b1"});
    start(asterisk.address());
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    EXPECT_EQ(sink_.last(Kind::snapshot_ends).cause, "");
    EXPECT_EQ(sink_.last(Kind::channel_listed).channel.device, "101");
    EXPECT_EQ(sink_.last(Kind::channel_listed).channel.sip_call_id, "call-id-of-PJSIP/101-00000000");
    EXPECT_TRUE(source_->health().up);
    EXPECT_EQ(source_->health().kind, "asterisk");
    asterisk.event(channel("PJSIP/102-00000001", "2.0", "4"));
    ASSERT_TRUE(sink_.wait_for(Kind::created));
    EXPECT_EQ(sink_.last(Kind::created).channel.sip_call_id, "call-id-of-PJSIP/102-00000001");
    EXPECT_EQ(sink_.last(Kind::created).collected, clock_.now());
    EXPECT_THAT(metrics_.text(), AllOf(HasSubstr("callboard_source_up{source=\"office\"} 1"),
                                       HasSubstr("callboard_source_connections_total{source=\"office\"} 1")));
    EXPECT_THAT(asterisk.seen(), Not(HasSubstr("s3cret"))) << "a challenge keeps the secret off the wire";
    source_->stop();
    EXPECT_FALSE(source_->health().up);
    EXPECT_EQ(source_->health().detail, "stopped");
}

TEST_F(AsteriskSourceTest, TakesTheEventsOwnTime) {
    FakeAsterisk asterisk;
    start(asterisk.address());
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    asterisk.event(channel("Local/1@x-1;1", "2.0", "0") + "\nTimestamp: 1795389649.151688");
    ASSERT_TRUE(sink_.wait_for(Kind::created));
    EXPECT_EQ(sink_.last(Kind::created).captured, time_from_nanoseconds(1'795'389'649'151'688'000));
    EXPECT_EQ(sink_.last(Kind::created).collected, clock_.now());
}

TEST_F(AsteriskSourceTest, SaysThatTheSecretIsWrongAndTriesAgainSlowly) {
    FakeAsterisk asterisk;
    start(asterisk.address(), "wr0ng");
    ASSERT_TRUE(wait_down());
    EXPECT_THAT(source_->health().detail, AllOf(HasSubstr("Asterisk at " + asterisk.address()),
                                                HasSubstr("manager.conf"), Not(HasSubstr("wr0ng"))));
    EXPECT_EQ(sink_.count(Kind::gone), 0U) << "it was never there";
    EXPECT_EQ(asterisk.connections(), 1);
    clock_.advance(AsteriskSource::kAfterRefusal - 5s);
    ASSERT_TRUE(sink_.wait_for_pauses(3));
    EXPECT_EQ(asterisk.connections(), 1);
    clock_.advance(6s);
    EXPECT_TRUE(asterisk.wait_for_connections(2));
}

TEST_F(AsteriskSourceTest, WaitsForAnAsteriskThatIsNotThereYet) {
    std::string address;
    {
        FakeAsterisk gone;
        address = gone.address();
    }
    start(address);
    ASSERT_TRUE(wait_down());
    EXPECT_THAT(source_->health().detail, AllOf(HasSubstr(address), HasSubstr("Connection refused")));
    ASSERT_TRUE(sink_.wait_for_pauses(3)) << "time passes all the same";
    FakeAsterisk asterisk("s3cret", address);
    clock_.advance(1s);
    EXPECT_TRUE(wait_up());
}

TEST_F(AsteriskSourceTest, ComesAgainAfterARestart) {
    auto asterisk = std::make_unique<FakeAsterisk>();
    const std::string address = asterisk->address();
    start(address);
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    asterisk->event("Event: Shutdown\nShutdown: Cleanly\nRestart: True");
    asterisk.reset();
    ASSERT_TRUE(sink_.wait_for(Kind::gone));
    ASSERT_TRUE(wait_down());
    EXPECT_THAT(source_->health().detail, HasSubstr("shut down"));
    asterisk = std::make_unique<FakeAsterisk>("s3cret", address);
    ASSERT_TRUE(wait_for_attempts(*asterisk, 1));
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends, 2)) << "what is up is asked for again";
    EXPECT_TRUE(wait_up());
    EXPECT_EQ(sink_.count(Kind::gone), 1U);
}

TEST_F(AsteriskSourceTest, ComesAgainWhenTheConnectionBreaksWithinAFrame) {
    FakeAsterisk asterisk;
    start(asterisk.address());
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    asterisk.send("Event: Newchannel\r\nChannel: Local/1@x-1;1\r\nUniq");
    asterisk.hang_up();
    ASSERT_TRUE(sink_.wait_for(Kind::gone));
    EXPECT_EQ(sink_.count(Kind::created), 0U) << "half a frame is none";
    ASSERT_TRUE(wait_for_attempts(asterisk, 2));
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends, 2));
    asterisk.event(channel("Local/1@x-1;1", "2.0", "0"));
    ASSERT_TRUE(sink_.wait_for(Kind::created));
}

TEST_F(AsteriskSourceTest, GivesUpOnAnAsteriskThatHangs) {
    FakeAsterisk asterisk;
    start(asterisk.address());
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    asterisk.hang();
    clock_.advance(16s);
    ASSERT_TRUE(sink_.wait_for_pauses(2));
    EXPECT_TRUE(source_->health().up) << "it is pinged first";
    clock_.advance(15s);
    ASSERT_TRUE(sink_.wait_for(Kind::gone));
    ASSERT_TRUE(wait_down());
    EXPECT_THAT(source_->health().detail, HasSubstr("silent"));
}

TEST_F(AsteriskSourceTest, GivesUpOnAServerThatSaysNothing) {
    FakeAsterisk asterisk;
    asterisk.hang();
    start(asterisk.address());
    ASSERT_TRUE(asterisk.wait_for_connections(1));
    ASSERT_TRUE(sink_.wait_for_pauses(1));
    clock_.advance(11s);
    ASSERT_TRUE(wait_down());
    EXPECT_THAT(source_->health().detail, HasSubstr("says nothing"));
}

TEST_F(AsteriskSourceTest, TakesAHundredThousandEventsAtOnce) {
    FakeAsterisk asterisk;
    start(asterisk.address());
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    constexpr int kChannels = 50'000;
    std::string bytes;
    for (int i = 0; i < kChannels; ++i) {
        const std::string id = "9." + std::to_string(i);
        bytes += testing::ami_bytes("Event: Newchannel\nChannel: Local/1@x-" + std::to_string(i) +
                                    ";1\nChannelState: 0\nUniqueid: " + id + "\nLinkedid: " + id);
        bytes += testing::ami_bytes("Event: Hangup\nChannel: Local/1@x;1\nUniqueid: " + id +
                                    "\nLinkedid: " + id + "\nCause: 16");
    }
    asterisk.send(bytes);
    EXPECT_TRUE(sink_.wait_for(Kind::hung_up, kChannels));
    EXPECT_EQ(sink_.count(Kind::created), static_cast<std::size_t>(kChannels));
    EXPECT_TRUE(source_->health().up);
}

TEST_F(AsteriskSourceTest, TakesAHundredThousandEventsOfPhonesThatItAsksAbout) {
    FakeAsterisk asterisk;
    start(asterisk.address());
    ASSERT_TRUE(sink_.wait_for(Kind::snapshot_ends));
    std::thread passing([&] {
        // Time passes, so that nobody waits for ever for the answers.
        for (int i = 0; i < 200 && sink_.count(Kind::created) < 2'000; ++i) {
            clock_.advance(50ms);
            sink_.wait_for_pauses(1);
        }
    });
    std::string bytes;
    for (int i = 0; i < 2'000; ++i) {
        bytes += testing::ami_bytes(channel("PJSIP/101-" + std::to_string(i), "9." + std::to_string(i), "4"));
        for (int j = 0; j < 49; ++j)
            bytes += testing::ami_bytes("Event: VarSet\nUniqueid: 9.0\nVariable: X\nValue: y");
    }
    asterisk.send(bytes);
    EXPECT_TRUE(sink_.wait_for(Kind::created, 2'000));
    passing.join();
    EXPECT_TRUE(source_->health().up);
}

TEST_F(AsteriskSourceTest, StopsAtOnceWhateverItWaitsFor) {
    FakeAsterisk asterisk;
    asterisk.hang();
    start(asterisk.address());
    ASSERT_TRUE(asterisk.wait_for_connections(1));
    source_->stop();  // within the login
    source_.reset();
    start("127.0.0.1:1");
    ASSERT_TRUE(wait_down());
    source_->stop();  // between two attempts
    source_->stop();
    EXPECT_EQ(source_->health().detail, "stopped");
}

}  // namespace
}  // namespace callboard
