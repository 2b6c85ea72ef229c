#include "sources/ovh/ovh_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <thread>

#include "base/backoff.hpp"
#include "event/json.hpp"
#include "sources/ovh/fake_ovh_for_test.hpp"
#include "sources/ovh/ovh_for_test.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using test::FakeOvh;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const TimeZone& zone() {
    static const TimeZone paris = *TimeZone::named("Europe/Paris");
    return paris;
}

/// A journal in memory that can be told to take nothing.
class MemorySink final : public EventSink {
  public:
    std::shared_ptr<const Directory> directory() const override {
        return {std::shared_ptr<const Directory>(), &test::directory()};
    }
    Result<void> keep(std::vector<Event> events, Time) override {
        const std::lock_guard lock(mutex_);
        ++attempts_;
        if (broken_) return Error{*broken_, "the disk is full"};
        for (const auto& event : events)
            records_.push_back(
                record_of(event, *test::directory().by_number(event.ressource), test::kNow, zone()));
        return {};
    }
    Sequence last() const override {
        const std::lock_guard lock(mutex_);
        return records_.size();
    }
    Result<void> read(Sequence after, const std::function<void(const Record&)>& take) const override {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = after; i < records_.size(); ++i) take(records_[i]);
        return {};
    }
    std::string data_of(const Event& event) const override { return data_json(event, zone()); }

    void break_with(std::optional<Error::Kind> kind) {
        const std::lock_guard lock(mutex_);
        broken_ = kind;
    }
    int attempts() const {
        const std::lock_guard lock(mutex_);
        return attempts_;
    }
    std::vector<std::string> calls() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all;
        for (const auto& record : records_) all.push_back(std::get<LineData>(event_of(record)->data).call_id);
        return all;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<Record> records_;
    std::optional<Error::Kind> broken_;
    int attempts_ = 0;
};

/// Events of the line, each with its Call-ID, as version 1 tells them.
std::string v1(const std::string& session, const std::vector<int>& calls, const std::string& message = "",
               const std::string& number = test::kLine) {
    std::string body = R"({"Session":")" + session + R"(","Message":")" + message + R"(","Events":[)";
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string id = std::to_string(calls[i]);
        body += std::string(i > 0 ? "," : "") + R"({"Event":"start_ringing","Service":"sip","Ressource":")" +
                number + R"(","Timestamp":)" + std::to_string(1'780'000'000'000'000'000 + calls[i]) +
                R"(,"Data":{"CallId":")" + id + R"(","Ts":"1780000000.102","TsGet":)" +
                std::to_string(1'780'000'000'100'000'000 + calls[i]) + "}}";
    }
    return body + "]}";
}
std::string v2(const std::vector<int>& calls) {
    std::string body = v1("", calls);
    body = body.substr(body.find('['));
    body.pop_back();
    for (const auto& [from, to] :
         {std::pair{"\"Event\"", "\"event\""}, std::pair{"\"Service\"", "\"service\""},
          std::pair{"\"Ressource\"", "\"ressource\""}, std::pair{"\"Data\"", "\"data\""},
          std::pair{"\"Timestamp\"", "\"timestamp\""}})
        for (std::size_t at = 0; (at = body.find(from, at)) != std::string::npos;)
            body.replace(at, std::string_view(from).size(), to);
    return body;
}

class OvhSourceTest : public testing::Test {
  protected:
    OvhSourceTest() {
        settings_.name = "ovh";
        settings_.url = fake_.url();
        settings_.token = Secret("TOKEN");
        settings_.place = directory_.path() / "ovh.place";
        settings_.settled_after = milliseconds(0);
        settings_.least_hold = milliseconds(0);  // tests answer at once
    }
    void start() {
        source_ = std::make_unique<OvhSource>(settings_, sink_, clock_, metrics_);
        ASSERT_TRUE(source_->start());
    }
    /// And the service has noticed: what it is told to answer from now on goes to whoever asks next.
    void stop() {
        source_.reset();
        EXPECT_TRUE(eventually([&] { return fake_.nobody_waits(); }));
    }
    /// As kill -9 leaves it: the place that is in the file now is what the next start finds.
    void crash() {
        std::ifstream in(settings_.place, std::ios::binary);
        const std::string found{std::istreambuf_iterator<char>(in), {}};
        const bool there = in.is_open();
        stop();
        std::filesystem::remove(settings_.place);
        if (there) std::ofstream(settings_.place, std::ios::binary) << found;
    }
    bool eventually(const std::function<bool()>& holds) const {
        const auto deadline = clock_.steady() + std::chrono::seconds(10);
        while (!holds()) {
            if (clock_.steady() > deadline) return false;
            std::this_thread::sleep_for(milliseconds(2));
        }
        return true;
    }
    bool has_calls(std::size_t count) const {
        return eventually([&] { return sink_.calls().size() >= count; });
    }
    bool is_up() const { return source_->health().up; }
    std::uint64_t figure(const std::string& name, Metrics::Labels labels = {}) {
        labels.insert(labels.begin(), {"source", "ovh"});
        return metrics_.counter(name, "", labels).value();
    }
    std::uint64_t skipped(const std::string& reason) {
        return figure("callboard_ovh_skipped_total", {{"reason", reason}});
    }

    const SystemClock clock_{};
    Metrics metrics_;
    test::TemporaryDirectory directory_;
    FakeOvh fake_;
    MemorySink sink_;
    OvhSource::Settings settings_;
    std::unique_ptr<OvhSource> source_;
};

TEST_F(OvhSourceTest, TellsOnWhatItIsToldAndSendsTheSessionBack) {
    fake_.answer(200, v1("S1", {1, 2}));
    fake_.answer(200, v1("S2", {}, "Timeout, please reconnect"));
    fake_.answer(200, v1("S3", {3}));
    start();
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN");
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S1");
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S2");
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S3");
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2", "3"));
    EXPECT_TRUE(is_up());
    EXPECT_EQ(figure("callboard_ovh_events_total"), 3U);
    EXPECT_EQ(figure("callboard_ovh_polls_total"), 3U);
}

TEST_F(OvhSourceTest, SpeaksVersion2) {
    settings_.version = OvhSession::Version::v2;
    fake_.answer(200, R"({"id":"BkfFH11M1cf7"})");
    fake_.answer(200, "Successfully subscribed on token TOKEN");
    fake_.answer(200, v2({1, 2}));
    fake_.answer(200, "Timeout, please reconnect");
    start();
    EXPECT_EQ(fake_.question(), "POST /v2/session");
    EXPECT_EQ(fake_.question(), "POST /v2/session/BkfFH11M1cf7/subscribe/TOKEN");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(fake_.question(), "GET /v2/session/BkfFH11M1cf7/events/poll");
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2"));
    stop();
    start();
    EXPECT_EQ(fake_.question(), "GET /v2/session/BkfFH11M1cf7/events/poll") << "the same session goes on";
}

TEST_F(OvhSourceTest, GoesOnAfterARestart) {
    fake_.answer(200, v1("S1", {1}));
    start();
    ASSERT_TRUE(has_calls(1));
    fake_.question(), fake_.question();
    stop();
    fake_.answer(200, v1("S2", {2}));
    start();
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S1");
    ASSERT_TRUE(has_calls(2));
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2"));
}

TEST_F(OvhSourceTest, AfterACrashTellsNothingTwiceAndLeavesNothingOut) {
    fake_.answer(200, v1("S1", {1}));
    start();
    ASSERT_TRUE(has_calls(1));
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(settings_.place); }));
    stop();
    settings_.settled_after = std::chrono::hours(1);  // from now on the place is never noted
    fake_.answer(200, v1("S2", {2, 3}));
    fake_.answer(200, v1("S3", {4}));
    start();
    ASSERT_TRUE(has_calls(4));
    crash();
    while (fake_.unread_questions() > 0) fake_.question();
    fake_.answer(200, v1("S3", {2, 3, 4, 5}));
    start();
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S1");
    ASSERT_TRUE(has_calls(5));
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2", "3", "4", "5"));
    EXPECT_EQ(skipped("repeated"), 3U);
}

TEST_F(OvhSourceTest, TellsOnceWhatTheServiceTellsAgain) {
    fake_.answer(200, v1("S1", {1, 2}));
    fake_.answer(200, v1("S1", {1, 2}));
    fake_.answer(200, v1("S2", {2, 3}));
    start();
    ASSERT_TRUE(has_calls(3));
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2", "3"));
    EXPECT_EQ(skipped("repeated"), 3U);
}

TEST_F(OvhSourceTest, AServiceThatRunsInCirclesIsAskedWithPauses) {
    settings_.least_hold = std::chrono::seconds(5);
    for (int i = 0; i < 50; ++i) fake_.answer(200, v1("S1", {1}));
    const auto began = clock_.steady();
    start();
    ASSERT_TRUE(eventually([&] { return figure("callboard_ovh_polls_total") >= 4; }));
    // The second and the third answer had no news: half of the first two steps at least, see Backoff.
    EXPECT_GE(clock_.steady() - began, Backoff::kFirst / 2 + Backoff::kFirst);
    EXPECT_THAT(sink_.calls(), ElementsAre("1"));
}

TEST_F(OvhSourceTest, ADeadTokenIsToldPlainly) {
    fake_.answer(403, R"({"Session":"","Message":"This token was revoked","Events":[]})");
    start();
    ASSERT_TRUE(eventually([&] { return source_->health().detail.find("refuses") != std::string::npos; }));
    const auto health = source_->health();
    EXPECT_FALSE(health.up);
    EXPECT_EQ(health.kind, "ovh");
    EXPECT_THAT(health.detail, HasSubstr("This token was revoked"));
    EXPECT_THAT(health.detail, Not(HasSubstr("TOKEN")));
    EXPECT_EQ(metrics_.gauge("callboard_source_up", "", {{"source", "ovh"}}).value(), 0);
    fake_.question();
    EXPECT_EQ(fake_.unread_questions(), 0U) << "it is not asked again at once";
}

TEST_F(OvhSourceTest, ComesBackAfterEveryKindOfTrouble) {
    fake_.answer(200, v1("S1", {1}));
    fake_.answer(500, "");
    start();
    ASSERT_TRUE(eventually([&] { return source_->health().detail.find("500") != std::string::npos; }));
    fake_.answer(200, "<html>Welcome</html>");
    ASSERT_TRUE(
        eventually([&] { return source_->health().detail.find("none of the event") != std::string::npos; }));
    fake_.answer_half(v1("S2", {2}).substr(0, 60));
    fake_.answer(200, v1("S2", {2}));
    ASSERT_TRUE(has_calls(2));
    EXPECT_TRUE(eventually([&] { return is_up(); }));
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2"));
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN");
    for (int i = 0; i < 4; ++i) EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S1") << i;
}

TEST_F(OvhSourceTest, APollThatIsHeldIsAnAcceptedOne) {
    settings_.accepted_after = milliseconds(0);
    start();
    EXPECT_TRUE(eventually([&] { return is_up(); }));
}

TEST_F(OvhSourceTest, AServiceThatHangsIsDown) {
    settings_.accepted_after = std::chrono::hours(1);
    settings_.poll_within = milliseconds(50);
    start();
    ASSERT_TRUE(eventually([&] { return source_->health().detail.find("127.0.0.1") != std::string::npos; }));
    EXPECT_FALSE(is_up());
}

TEST_F(OvhSourceTest, NobodyIsThere) {
    settings_.url = "http://127.0.0.1:1";
    start();
    ASSERT_TRUE(
        eventually([&] { return source_->health().detail.find("127.0.0.1:1") != std::string::npos; }));
    EXPECT_FALSE(is_up());
}

TEST_F(OvhSourceTest, CountsWhatItDoesNotTellOn) {
    fake_.answer(200, v1("S1", {1}, "", "0033972999999"));
    fake_.answer(200, R"({"Session":"S2","Message":"","Events":[{"Event":"x"}]})");
    fake_.answer(200, v1("S3", {2}, "6 events are gone: older than the retention"));
    start();
    ASSERT_TRUE(has_calls(1));
    EXPECT_THAT(sink_.calls(), ElementsAre("2"));
    EXPECT_EQ(skipped("unknown_number"), 1U);
    EXPECT_EQ(skipped("unreadable"), 1U);
    EXPECT_EQ(figure("callboard_ovh_gaps_total"), 1U);
}

TEST_F(OvhSourceTest, ASessionThatIsGoneIsAGap) {
    settings_.version = OvhSession::Version::v2;
    fake_.answer(200, R"({"id":"a"})");
    fake_.answer(200, "Successfully subscribed on token TOKEN");
    fake_.answer(404, "Session not found\n");
    fake_.answer(200, R"({"id":"b"})");
    fake_.answer(200, "Successfully subscribed on token TOKEN");
    fake_.answer(200, v2({1}));
    start();
    ASSERT_TRUE(has_calls(1));
    EXPECT_EQ(figure("callboard_ovh_gaps_total"), 1U);
}

TEST_F(OvhSourceTest, WaitsForTheJournalAndAsksNothingMeanwhile) {
    sink_.break_with(Error::Kind::unavailable);
    fake_.answer(200, v1("S1", {1, 2}));
    start();
    ASSERT_TRUE(eventually([&] { return sink_.attempts() >= 2; }));
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN");
    EXPECT_EQ(fake_.unread_questions(), 0U);
    sink_.break_with(std::nullopt);
    ASSERT_TRUE(has_calls(2));
    EXPECT_THAT(sink_.calls(), ElementsAre("1", "2"));
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN&session=S1");
}

TEST_F(OvhSourceTest, WhatTheJournalNeverTookIsAskedForAgainAfterARestart) {
    sink_.break_with(Error::Kind::unavailable);
    fake_.answer(200, v1("S1", {1}));
    start();
    ASSERT_TRUE(eventually([&] { return sink_.attempts() >= 1; }));
    stop();
    EXPECT_THAT(sink_.calls(), IsEmpty());
    sink_.break_with(std::nullopt);
    fake_.question();
    fake_.answer(200, v1("S1", {1}));
    start();
    EXPECT_EQ(fake_.question(), "GET /?token=TOKEN");
    ASSERT_TRUE(has_calls(1));
}

TEST_F(OvhSourceTest, WhatTheJournalWillNeverTakeIsCountedAndPassed) {
    sink_.break_with(Error::Kind::invalid);
    fake_.answer(200, v1("S1", {1}));
    start();
    ASSERT_TRUE(eventually([&] { return skipped("unreadable") == 1; }));
    sink_.break_with(std::nullopt);
    fake_.answer(200, v1("S2", {2}));
    ASSERT_TRUE(has_calls(1));
    EXPECT_THAT(sink_.calls(), ElementsAre("2"));
}

TEST_F(OvhSourceTest, StopsWhileAPollIsHeld) {
    start();
    fake_.question();
    stop();  // the test would time out
}

/// A service of version 2 takes what our machine acknowledged for told, and goes on behind it.
TEST_F(OvhSourceTest, KeepsWhatArrivesWhileItStops) {
    for (int round = 1; round <= 200; ++round) {
        start();
        ASSERT_TRUE(fake_.question());
        auto receipt = fake_.answer_for_receipt(v1("S", {round}));
        for (int i = 0; i < round % 50; ++i) std::this_thread::yield();
        stop();
        if (!fake_.arrived(receipt)) continue;
        ASSERT_FALSE(sink_.calls().empty());
        ASSERT_EQ(sink_.calls().back(), std::to_string(round));
    }
}

}  // namespace
}  // namespace callboard
