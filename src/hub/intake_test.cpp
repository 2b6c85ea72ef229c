// What an intake does between a tracker and the hub, seen with a tracker that only remembers.

#include "hub/intake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event/json.hpp"
#include "journal/journal_for_test.hpp"

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kLine = "0033123456101";

std::shared_ptr<const Directory> directory_of(std::string description) {
    Service service;
    service.account = "office";
    service.number = kLine;
    service.id = "1";
    service.description = std::move(description);
    return std::make_shared<const Directory>(std::vector<Account>{{"office", "Office"}},
                                             std::vector<Service>{service});
}

Event registered(std::string call_id) {
    Event event;
    event.name = event_name::registered;
    event.ressource = kLine;
    LineData data;
    data.call_id = std::move(call_id);
    event.data = std::move(data);
    return event;
}

/// Tells what it is told, and remembers what was asked of it.
class RememberingTracker {
  public:
    struct Settings {};
    RememberingTracker(std::shared_ptr<const Directory> directory, std::string home, Settings)
        : directories{std::move(directory)}, region(std::move(home)) {}

    void adopt(const State& state, Time now) {
        adopted.push_back(now);
        for (const auto& [number, line] : state.lines)
            for (const Call& call : line.calls) calls.push_back(call.call_id);
    }
    void use(std::shared_ptr<const Directory> directory) { directories.push_back(std::move(directory)); }
    void on_message(const std::string& call_id, std::vector<Event>& out) const {
        out.push_back(registered(call_id));
    }
    void calendar_was_set(Duration by) { set.push_back(by); }
    void on_time(Time now, std::vector<Event>& out) {
        times.push_back(now);
        if (!due.empty()) out.push_back(registered(std::exchange(due, {})));
    }

    std::vector<std::shared_ptr<const Directory>> directories;
    std::string region;
    std::vector<Time> adopted, times;
    std::vector<std::string> calls;  // that were adopted
    std::vector<Duration> set;
    std::string due;  // told at the next pause
};

class IntakeTest : public ::testing::Test {
  protected:
    IntakeTest() {
        auto opened = place_.open();
        EXPECT_TRUE(opened);
        journal_ = std::move(*opened);
        hub_ = std::make_unique<Hub>(*journal_, place_.clock, place_.metrics, directory_, TimeZone::utc(),
                                     Hub::Settings{.most_queued = 3});
    }

    Intake<RememberingTracker> intake(std::function<bool(std::string_view)> adopts = {}) {
        return {
            *hub_,
            place_.metrics,
            {.source = "sbc", .region = "BE", .tracker = {}, .adopts = std::move(adopts), .patience = {}}};
    }
    /// The journal has a call of each of these sources in progress, under its name.
    void restarted_with_calls_of(const std::vector<std::string>& sources) {
        std::vector<Record> records;
        for (const auto& source : sources) {
            Event event = registered("of " + source);
            event.name = event_name::start_calling;
            event.source = source;
            records.push_back(record_of(event, *directory_->by_number(kLine), start_, TimeZone::utc()));
        }
        EXPECT_TRUE(journal_->append(records));
        EXPECT_TRUE(hub_->start());
    }
    void say(Intake<RememberingTracker>& intake, const std::string& call_id, Time collected = {}) {
        intake.take(collected, [&](RememberingTracker& tracker, std::vector<Event>& out) {
            tracker.on_message(call_id, out);
        });
    }
    std::uint64_t dropped() {
        return place_.metrics.counter("callboard_source_events_dropped_total", "", {{"source", "sbc"}})
            .value();
    }
    /// The Call-IDs of what the journal holds after the hub has appended all it was given.
    std::vector<std::string> journalled() {
        EXPECT_TRUE(hub_->start());
        hub_->stop();
        std::vector<std::string> out;
        const auto records = test::read_all(*journal_);
        EXPECT_TRUE(records);
        for (const Record& record : *records) {
            const auto at = record.data.find("\"CallId\":\"");
            out.push_back(record.data.substr(at + 10, record.data.find('"', at + 10) - at - 10));
        }
        return out;
    }

    test::Place place_;
    std::shared_ptr<const Directory> directory_ = directory_of("Front desk");
    std::unique_ptr<SqliteJournal> journal_;
    std::unique_ptr<Hub> hub_;
    const Time start_ = place_.clock.now();
};

TEST_F(IntakeTest, TellsTheTrackerWhenSomebodySetsTheCalendar) {
    using std::chrono::hours, std::chrono::seconds;
    auto made = intake();
    made.on_time(start_);
    place_.clock.advance(hours(3));
    made.on_time(place_.clock.now());
    place_.clock.jump(seconds(1));  // NTP
    made.on_time(place_.clock.now());
    EXPECT_THAT(made.tracker().set, IsEmpty()) << "time passes";
    place_.clock.jump(hours(1));
    say(made, "a", place_.clock.now());
    EXPECT_THAT(made.tracker().set, ElementsAre(hours(1))) << "before the first signal of the new time";
    place_.clock.jump(hours(-2));
    made.on_time(place_.clock.now());
    made.on_time(place_.clock.now());
    EXPECT_THAT(made.tracker().set, ElementsAre(hours(1), hours(-2)));
}

TEST_F(IntakeTest, KnowsWhenASignalWasKeptBackWhileSomebodySetTheCalendar) {
    using std::chrono::hours, std::chrono::seconds;
    auto made = intake();
    made.on_time(start_);
    EXPECT_EQ(made.in_force(start_ - hours(1)), start_ - hours(1)) << "nobody has set it";
    place_.clock.jump(hours(1));
    EXPECT_EQ(made.in_force(place_.clock.now()), place_.clock.now());
    EXPECT_EQ(made.in_force(start_ - seconds(2)), place_.clock.now() - seconds(2));
    EXPECT_THAT(made.tracker().set, ElementsAre(hours(1)));
    const Time before = place_.clock.now();
    place_.clock.jump(hours(-2));
    made.on_time(place_.clock.now());
    EXPECT_EQ(made.in_force(before), place_.clock.now());
    EXPECT_EQ(made.in_force(place_.clock.now() - seconds(5)), place_.clock.now() - seconds(5));
}

TEST_F(IntakeTest, GivesTheTrackerWhatTheSourceIs) {
    const auto made = intake();
    EXPECT_EQ(made.tracker().region, "BE");
    EXPECT_THAT(made.tracker().directories, ElementsAre(directory_));
}

TEST_F(IntakeTest, HandsOverTheEventsOfAPauseInOrder) {
    auto made = intake();
    say(made, "a");
    say(made, "b");
    made.on_time(start_);
    made.submit();
    say(made, "c");
    made.submit();
    EXPECT_THAT(journalled(), ElementsAre("a", "b", "c"));
    EXPECT_EQ(dropped(), 0U);
}

TEST_F(IntakeTest, TellsWhatOnlyTimeBrings) {
    auto made = intake();
    made.take(start_, [](RememberingTracker& tracker, std::vector<Event>&) { tracker.due = "late"; });
    made.on_time(start_ + std::chrono::seconds(1));
    made.submit();
    EXPECT_THAT(made.tracker().times, ElementsAre(start_ + std::chrono::seconds(1)));
    EXPECT_THAT(journalled(), ElementsAre("late"));
}

TEST_F(IntakeTest, SubmitsNothingWhenThereIsNothing) {
    auto made = intake();
    made.on_time(start_);
    made.submit();
    EXPECT_THAT(journalled(), IsEmpty());
}

TEST_F(IntakeTest, CountsWhatTheHubHasNoRoomFor) {
    auto made = intake();
    for (const char* call_id : {"a", "b"}) say(made, call_id);
    made.submit();
    for (const char* call_id : {"c", "d"}) say(made, call_id);
    made.submit();
    EXPECT_EQ(dropped(), 2U);
    say(made, "e");
    made.submit();
    EXPECT_EQ(dropped(), 2U);
    EXPECT_THAT(journalled(), ElementsAre("a", "b", "e"));
}

TEST_F(IntakeTest, CountsWhatComesAfterTheHubHasStopped) {
    auto made = intake();
    ASSERT_TRUE(hub_->start());
    hub_->stop();
    say(made, "a");
    made.submit();
    EXPECT_EQ(dropped(), 1U);
}

TEST_F(IntakeTest, TakesAReloadedDirectoryAtTheNextPause) {
    auto made = intake();
    const auto reloaded = directory_of("Reception");
    hub_->use(reloaded);
    say(made, "a");
    EXPECT_THAT(made.tracker().directories, ElementsAre(directory_));
    made.on_time(start_);
    made.on_time(start_);
    EXPECT_THAT(made.tracker().directories, ElementsAre(directory_, reloaded));
}

TEST_F(IntakeTest, AdoptsOnceBeforeTheFirstThingItIsTold) {
    auto made = intake();
    EXPECT_THAT(made.tracker().adopted, IsEmpty());
    bool before = false;
    made.take(start_, [&](RememberingTracker& tracker, std::vector<Event>&) {
        before = tracker.adopted.size() == 1;
    });
    EXPECT_TRUE(before);
    made.on_time(start_ + std::chrono::seconds(1));
    EXPECT_THAT(made.tracker().adopted, ElementsAre(start_));
}

TEST_F(IntakeTest, AdoptsAtAPauseWhenNothingIsTold) {
    auto made = intake();
    made.on_time(start_);
    EXPECT_THAT(made.tracker().adopted, ElementsAre(start_));
}

TEST_F(IntakeTest, LeavesTheCallsOfOthersAlone) {
    restarted_with_calls_of({"desk", "sbc", ""});
    auto made = intake();
    made.on_time(start_);
    EXPECT_THAT(made.tracker().calls, ElementsAre("of sbc"));
}

TEST_F(IntakeTest, AdoptsThoseOfOthersThatItIsToldTo) {
    restarted_with_calls_of({"desk", "sbc", ""});
    auto made = intake([](std::string_view source) { return source != "desk"; });
    made.on_time(start_);
    EXPECT_THAT(made.tracker().calls, ElementsAre("of sbc", "of "));
}

TEST_F(IntakeTest, ItsCallsAreItsOwnAfterARestart) {
    EXPECT_TRUE(hub_->start());
    auto made = intake();
    made.take(start_, [&](const RememberingTracker&, std::vector<Event>& out) {
        out.push_back(registered("a"));
        out.back().name = event_name::start_ringing;
    });
    made.submit();
    hub_->stop();
    Hub next(*journal_, place_.clock, place_.metrics, directory_, TimeZone::utc(), {});
    EXPECT_TRUE(next.start());
    next.with_state([](const State& state) {
        ASSERT_NE(call_of(state, kLine, "a"), nullptr);
        EXPECT_EQ(call_of(state, kLine, "a")->source, "sbc");
    });
}

}  // namespace
}  // namespace callboard
