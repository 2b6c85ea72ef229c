#include "sources/freeswitch/freeswitch_source.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/exchange_tracker.hpp"
#include "sources/freeswitch/fake_freeswitch_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using test::FakeFreeswitch;
using testing::Contains;
using testing::HasSubstr;

constexpr auto kDeadline = 20s;

/// Stands still until told otherwise, and is readable by the source's thread. With `runs` it passes by
/// itself, so that a source that waits for its back-off comes again.
class SteppedClock final : public Clock {
  public:
    Time now() const override { return Time(1'780'000'000s) + Duration(elapsed()); }
    std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(elapsed()));
    }
    void advance(Duration by) { elapsed_ += by.count(); }
    void run() { runs_ = true; }

  private:
    /// Every look at a running clock is 20 ms later: waits end after so many looks, not after so much time.
    std::int64_t elapsed() const { return runs_ ? elapsed_ += 20'000'000 : elapsed_.load(); }
    mutable std::atomic<std::int64_t> elapsed_{0};
    std::atomic<bool> runs_{false};
};

std::shared_ptr<const Directory> office() {
    std::vector<Service> services;
    for (int phone = 1; phone <= 5; ++phone) {
        Service line;
        line.account = "office";
        line.number = fmt::format("003397200001{}", phone);
        line.id = std::to_string(phone);
        line.aliases = {fmt::format("100{}", phone)};
        services.push_back(line);
    }
    return std::make_shared<Directory>(std::vector<Account>{{"office", "Office"}}, services);
}

/// Tracks what it is told, and lets the test wait for events.
class Tracked final : public ExchangeSink {
  public:
    void on_signal(const ExchangeSignal& signal) override {
        const std::lock_guard lock(mutex_);
        ++signals_;
        tracker_.on_signal(signal, events_);
        if (signal.kind == ExchangeSignalKind::snapshot_ends) ++snapshots_;
        if (signal.kind == ExchangeSignalKind::gone) ++gone_;
        changed_.notify_all();
    }
    void on_pause(Time now) override {
        const std::lock_guard lock(mutex_);
        tracker_.on_time(now, events_);
        ++pauses_;
        changed_.notify_all();
    }

    bool wait_for_events(std::size_t count) {
        return wait([&] { return events_.size() >= count; });
    }
    bool wait_for_snapshots(std::size_t count) {
        return wait([&] { return snapshots_ >= count; });
    }
    bool wait_for_gone(std::size_t count) {
        return wait([&] { return gone_ >= count; });
    }
    bool wait_for_pauses(std::size_t more) {
        std::unique_lock lock(mutex_);
        const std::size_t wanted = pauses_ + more;
        return changed_.wait_for(lock, kDeadline, [&] { return pauses_ >= wanted; });
    }
    /// `0033972000011 start_ringing [reason]`.
    std::vector<std::string> told() {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> out;
        for (const auto& event : events_) {
            const auto& reason = std::get<LineData>(event.data).relevant_info;
            out.push_back(event.ressource + ' ' + event.name + (reason.empty() ? "" : " [" + reason + ']'));
        }
        return out;
    }
    std::uint64_t corrections() {
        const std::lock_guard lock(mutex_);
        return tracker_.corrections();
    }

  private:
    bool wait(const std::function<bool()>& reached) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kDeadline, reached);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    ExchangeTracker tracker_{office(), "FR", ExchangeTracker::Settings{}};
    std::vector<Event> events_;
    std::size_t signals_ = 0, snapshots_ = 0, gone_ = 0, pauses_ = 0;
};

class FreeswitchSourceTest : public testing::Test {
  protected:
    void start(const std::string& password = "ClueCon") {
        source_ = std::make_unique<FreeswitchSource>(
            FreeswitchSource::Settings{
                .name = "pbx", .address = fake_.address(), .password = Secret(password)},
            sink_, clock_, metrics_);
        ASSERT_TRUE(source_->start());
    }
    void start_and_log_in() {
        start();
        ASSERT_TRUE(fake_.accept());
        ASSERT_TRUE(fake_.log_in());
        ASSERT_TRUE(sink_.wait_for_snapshots(1));
    }
    bool wait_until(const std::function<bool()>& reached) const {
        const auto deadline = std::chrono::steady_clock::now() + kDeadline;
        while (!reached() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        return reached();
    }
    bool wait_until_down_with(const std::string& why) const {
        return wait_until([&] {
            const auto health = source_->health();
            return !health.up && health.detail.find(why) != std::string::npos;
        });
    }

    FakeFreeswitch fake_;
    SteppedClock clock_;
    Metrics metrics_;
    Tracked sink_;
    std::unique_ptr<FreeswitchSource> source_;
};

std::string channel(const std::string& event, const std::string& id, const std::string& phone) {
    return fmt::format(
        "Event-Name: {}\nUnique-ID: {}\nCall-Direction: outbound\nChannel-Presence-ID: {}%40pbx\n"
        "Caller-Caller-ID-Number: 0612345678\nvariable_sip_call_id: sip-{}\nHangup-Cause: NORMAL_CLEARING\n",
        event, id, phone, id);
}

TEST_F(FreeswitchSourceTest, tells_what_happens) {
    start_and_log_in();
    EXPECT_TRUE(wait_until([&] { return source_->health().up; }));
    EXPECT_THAT(metrics_.text(), HasSubstr("callboard_source_up{source=\"pbx\"} 1"));
    for (const char* event : {"CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_ANSWER", "CHANNEL_HANGUP"})
        fake_.event(channel(event, "a", "1001"));
    ASSERT_TRUE(sink_.wait_for_events(4));
    EXPECT_THAT(sink_.told(), testing::ElementsAre("0033972000011 start_ringing", "0033972000011 end_ringing",
                                                   "0033972000011 start_calling",
                                                   "0033972000011 end_calling [Q.850;cause=16]"));
    source_->stop();
    EXPECT_FALSE(source_->health().up);
    EXPECT_EQ(fake_.command(), "") << "the connection is closed";
}

TEST_F(FreeswitchSourceTest, reads_frames_that_come_in_pieces) {
    start_and_log_in();
    const std::string body = channel("CHANNEL_PROGRESS", "a", "1001") + '\n';
    const std::string frame =
        fmt::format("Content-Length: {}\nContent-Type: text/event-plain\n\n{}", body.size(), body);
    for (const char byte : frame) fake_.send(std::string_view(&byte, 1));
    EXPECT_TRUE(sink_.wait_for_events(1));
}

TEST_F(FreeswitchSourceTest, waits_for_an_exchange_that_is_not_there_yet) {
    fake_.go_down();
    start();
    EXPECT_TRUE(wait_until_down_with("cannot be reached"));
    EXPECT_TRUE(sink_.wait_for_pauses(3)) << "time passes";
    fake_.listen_again();
    clock_.run();
    ASSERT_TRUE(fake_.accept());
    EXPECT_TRUE(fake_.log_in());
    EXPECT_TRUE(wait_until([&] { return source_->health().up; }));
    EXPECT_EQ(source_->health().detail, "");
}

TEST_F(FreeswitchSourceTest, comes_back_after_a_restart_and_ends_what_is_not_listed) {
    start_and_log_in();
    fake_.event(channel("CHANNEL_ANSWER", "lost", "1001"));
    fake_.event(channel("CHANNEL_ANSWER", "kept", "1002"));
    ASSERT_TRUE(sink_.wait_for_events(2));
    fake_.hang_up();
    EXPECT_TRUE(wait_until_down_with("closed the connection"));
    ASSERT_TRUE(sink_.wait_for_gone(1));
    fake_.answer(
        "show channels",
        R"({"row_count":2,"rows":[{"uuid":"kept","direction":"outbound","name":"sofia/internal/1002@x",
                 "callstate":"ACTIVE","presence_id":"1002@pbx"},{"uuid":"new","direction":"outbound",
                 "name":"sofia/internal/1003@x","callstate":"ACTIVE","presence_id":"1003@pbx"}]})");
    fake_.answer("uuid_getvar", "sip-new");
    clock_.run();
    ASSERT_TRUE(fake_.accept());
    ASSERT_TRUE(fake_.log_in());
    ASSERT_TRUE(fake_.serve_one() && fake_.serve_one()) << "for the Call-IDs of two phones";
    ASSERT_TRUE(sink_.wait_for_snapshots(2));
    const auto told = sink_.told();
    EXPECT_THAT(told, Contains("0033972000011 end_calling [The exchange does not list the call any more]"));
    EXPECT_THAT(told, Contains("0033972000013 start_calling [Already in progress]"));
    EXPECT_EQ(std::count(told.begin(), told.end(), "0033972000012 start_calling"), 1);
    EXPECT_EQ(sink_.corrections(), 2U);
}

TEST_F(FreeswitchSourceTest, ends_its_calls_when_it_does_not_come_back_for_a_minute) {
    start_and_log_in();
    fake_.event(channel("CHANNEL_ANSWER", "a", "1001"));
    ASSERT_TRUE(sink_.wait_for_events(1));
    fake_.go_down();
    ASSERT_TRUE(sink_.wait_for_gone(1));
    clock_.advance(59s);
    ASSERT_TRUE(sink_.wait_for_pauses(2));
    EXPECT_EQ(sink_.told().size(), 1U);
    clock_.advance(2s);
    ASSERT_TRUE(sink_.wait_for_events(2));
    EXPECT_THAT(sink_.told().back(), HasSubstr("end_calling [The exchange has been out of reach"));
}

TEST_F(FreeswitchSourceTest, a_wrong_password_is_told_and_not_tried_again_soon) {
    start("wrong");
    ASSERT_TRUE(fake_.accept());
    fake_.send("Content-Type: auth/request\n\n");
    EXPECT_EQ(fake_.command(), "auth wrong");
    fake_.reply("-ERR invalid");
    EXPECT_TRUE(wait_until_down_with("refuses the password"));
    EXPECT_THAT(source_->health().detail, testing::Not(HasSubstr("wrong")));
    ASSERT_TRUE(sink_.wait_for_pauses(1));
    clock_.advance(59s);
    ASSERT_TRUE(sink_.wait_for_pauses(5));
    EXPECT_THAT(metrics_.text(), HasSubstr("callboard_source_connections_total{source=\"pbx\"} 1"));
    clock_.advance(2s);
    EXPECT_TRUE(fake_.accept());
}

TEST_F(FreeswitchSourceTest, an_exchange_that_hangs_is_left) {
    start();
    ASSERT_TRUE(fake_.accept());
    fake_.send("Content-Type: auth/request\n\nContent-Ty");  // and half a frame
    EXPECT_EQ(fake_.command(), "auth ClueCon");
    clock_.advance(21s);
    EXPECT_TRUE(wait_until_down_with("does not answer any more"));
    clock_.run();
    EXPECT_TRUE(fake_.accept());
}

TEST_F(FreeswitchSourceTest, something_that_is_no_event_socket_is_left) {
    start();
    ASSERT_TRUE(fake_.accept());
    fake_.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    EXPECT_TRUE(wait_until_down_with("is there really a FreeSWITCH?"));
}

TEST_F(FreeswitchSourceTest, takes_a_burst_of_a_hundred_thousand_events) {
    start_and_log_in();
    constexpr int kCalls = 25'000;
    std::thread sender([&] {
        std::string burst;
        for (int call = 0; call < kCalls; ++call) {
            const std::string id = "c" + std::to_string(call);
            for (const char* event :
                 {"CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_ANSWER", "CHANNEL_HANGUP"}) {
                const std::string body = channel(event, id, fmt::format("100{}", 1 + call % 5)) + '\n';
                burst += fmt::format("Content-Length: {}\nContent-Type: text/event-plain\n\n{}", body.size(),
                                     body);
            }
            if (burst.size() > 60'000) fake_.send(std::exchange(burst, {}));
        }
        fake_.send(burst);
    });
    EXPECT_TRUE(sink_.wait_for_events(4 * kCalls));
    sender.join();
    EXPECT_EQ(sink_.told().size(), 4U * kCalls);
}

TEST_F(FreeswitchSourceTest, events_that_were_lost_are_made_up_for_within_a_minute) {
    start_and_log_in();
    fake_.event(channel("CHANNEL_ANSWER", "a", "1001"));
    ASSERT_TRUE(sink_.wait_for_events(1));
    clock_.advance(61s);  // its end was never told
    ASSERT_TRUE(fake_.serve_lists());
    ASSERT_TRUE(sink_.wait_for_snapshots(2));
    EXPECT_THAT(sink_.told().back(), HasSubstr("end_calling [The exchange does not list the call any more]"));
    EXPECT_EQ(sink_.corrections(), 1U);
}

TEST_F(FreeswitchSourceTest, asks_in_silence_and_stays) {
    start_and_log_in();
    clock_.advance(21s);
    EXPECT_TRUE(fake_.serve_one());
    ASSERT_TRUE(sink_.wait_for_pauses(2)) << "the answer was read";
    clock_.advance(21s);
    EXPECT_TRUE(fake_.serve_one());
    EXPECT_TRUE(source_->health().up);
}

TEST_F(FreeswitchSourceTest, stops_while_it_connects_waits_or_listens) {
    start();
    source_->stop();
    fake_.go_down();
    start();
    EXPECT_TRUE(wait_until_down_with("cannot be reached"));
    source_->stop();
    source_->stop();
    EXPECT_EQ(source_->health().detail, "stopped");
}

}  // namespace
}  // namespace callboard
