#include "history/follower.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <random>

#include "history/desk.hpp"
#include "history/history_for_test.hpp"
#include "history/sqlite_history.hpp"
#include "journal/sqlite_journal.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using namespace test;
using testing::IsEmpty;
using testing::SizeIs;

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return *std::move(result);
}

std::shared_ptr<const Directory> office() {
    std::vector<Service> services;
    for (const char* number : {kAlice, kBob, kSupport}) {
        Service service;
        service.account = "office";
        service.number = number;
        service.id = "1";
        if (number == kSupport) service.type = ServiceType::easy_hunting;
        services.push_back(service);
    }
    return std::make_shared<const Directory>(std::vector<Account>{{"office", "Office"}}, services);
}

/// A journal, the hub on it, and a follower that fills the history beside it.
class Follow {
  public:
    explicit Follow(const std::filesystem::path& folder, HistoryFollower::Settings settings = {})
        : journal(must(SqliteJournal::open({folder / "journal.db", SqliteJournal::Sync::interval, 4}, clock,
                                           metrics))),
          hub(*journal, clock, metrics, office(), paris(), {}),
          store(must(SqliteHistory::open(folder / "history.db"))) {
        if (const auto started = hub.start(); !started) throw std::runtime_error(started.error().what);
        follower = must(HistoryFollower::start(hub, *store, clock, metrics, std::move(settings)));
    }
    void tell(std::vector<Event> events) {
        std::promise<bool> done;
        hub.submit(std::move(events), clock.now(),
                   [&](const Result<Hub::Appended>& result) { done.set_value(result.has_value()); });
        ASSERT_TRUE(done.get_future().get());
    }
    bool is_up_to_date() { return follower->reached(hub.last(), 20s); }
    std::vector<HistoryRow> rows() {
        HistoryQuery query;
        query.account = "office";
        std::vector<HistoryRow> all;
        const auto reader = must(store->reader());
        must(reader->read(query, Time::max(), 1'000'000, [&](const HistoryRow& row) {
            all.push_back(row);
            return true;
        }));
        std::reverse(all.begin(), all.end());
        return all;
    }

    SystemClock clock;
    Metrics metrics;
    std::unique_ptr<SqliteJournal> journal;
    Hub hub;
    std::unique_ptr<SqliteHistory> store;
    std::unique_ptr<HistoryFollower> follower;
};

TEST(HistoryFollower, KeepsWhatTheHubTells) {
    const TemporaryDirectory folder;
    Follow follow(folder.path());
    follow.tell(
        {line_event("start_ringing", kAlice, "1", "06 12 34 56 78"), line_event("end_ringing", kAlice, "1")});
    ASSERT_TRUE(follow.is_up_to_date());
    const auto rows = follow.rows();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].outcome, CallOutcome::missed);
    EXPECT_EQ(rows[0].calling, "0033612345678") << "in the one form in which it is looked for";
    EXPECT_EQ(rows[0].account, "office");
}

TEST(HistoryFollower, CatchesUpWithWhatCameWhileItWasAway) {
    const TemporaryDirectory folder;
    {
        Follow follow(folder.path(), {.page = 3});
        follow.tell({line_event("start_ringing", kAlice, "1")});
        ASSERT_TRUE(follow.is_up_to_date());
        follow.follower->stop();
        follow.tell({line_event("end_ringing", kAlice, "1"), line_event("start_calling", kAlice, "1"),
                     line_event("end_calling", kAlice, "1"), line_event("start_ringing", kBob, "2"),
                     line_event("end_ringing", kBob, "2")});
    }
    Follow follow(folder.path(), {.page = 3});
    ASSERT_TRUE(follow.is_up_to_date());
    const auto rows = follow.rows();
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].outcome, CallOutcome::answered);
    EXPECT_EQ(rows[1].outcome, CallOutcome::missed);
}

/// Copies of the folder, taken at any moment, are what kill -9 leaves.
TEST(HistoryFollower, LosesAndDoublesNothingWhereverItIsKilled) {
    const TemporaryDirectory folder;
    const auto live = folder.path() / "live";
    std::filesystem::create_directory(live);
    std::vector<std::filesystem::path> copies;
    std::vector<HistoryRow> whole;
    {
        Follow follow(live, {.page = 7});
        std::mt19937 dice(7);
        for (int i = 0; i < 200; ++i) {
            const std::string id = std::to_string(i / 4);
            const char* steps[] = {"start_ringing", "end_ringing", "start_calling", "end_calling"};
            follow.tell({line_event(steps[i % 4], i % 8 < 4 ? kAlice : kBob, id)});
            if (dice() % 20 != 0) continue;
            // The history before the journal, which is never behind it.
            copies.push_back(folder.path() / ("copy-" + std::to_string(i)));
            std::filesystem::create_directory(copies.back());
            for (const char* name : {"history.db", "history.db-wal", "journal.db", "journal.db-wal"})
                if (std::filesystem::exists(live / name))
                    std::filesystem::copy(live / name, copies.back() / name);
        }
        ASSERT_TRUE(follow.is_up_to_date());
        whole = follow.rows();
    }
    ASSERT_THAT(whole, SizeIs(50));
    ASSERT_FALSE(copies.empty());
    for (const auto& copy : copies) {
        Follow follow(copy);
        ASSERT_TRUE(follow.is_up_to_date());
        const auto rows = follow.rows();
        ASSERT_FALSE(rows.empty());
        // All but the last were over by then.
        for (std::size_t i = 0; i + 1 < rows.size(); ++i) EXPECT_EQ(rows[i], whole[i]) << copy;
        EXPECT_EQ(rows.back().started, whole[rows.size() - 1].started);
    }
}

TEST(HistoryFollower, GoesOnWithAnotherJournal) {
    const TemporaryDirectory folder;
    {
        Follow follow(folder.path());
        follow.tell({line_event("start_calling", kAlice, "1")});
        ASSERT_TRUE(follow.is_up_to_date());
    }
    for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm"})
        std::filesystem::remove(folder.path() / name);
    Follow follow(folder.path());
    follow.tell({line_event("start_ringing", kAlice, "2")});
    ASSERT_TRUE(follow.is_up_to_date());
    const auto rows = follow.rows();
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].outcome, CallOutcome::unknown) << "its end will not be seen";
    EXPECT_EQ(rows[1].outcome, CallOutcome::in_progress);
}

TEST(HistoryFollower, ForgetsWhatIsTooOld) {
    const TemporaryDirectory folder;
    Follow follow(folder.path(), {.retention = 0s, .retirement_rest = 1ms});
    follow.tell({line_event("start_ringing", kAlice, "1"), line_event("end_ringing", kAlice, "1")});
    ASSERT_TRUE(follow.is_up_to_date());
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (!follow.rows().empty() && std::chrono::steady_clock::now() < patience)
        std::this_thread::sleep_for(10ms);
    EXPECT_THAT(follow.rows(), IsEmpty());
}

TEST(HistoryDesk, AnswersAndStops) {
    const TemporaryDirectory folder;
    const auto store = must(SqliteHistory::open(folder.path() / "history.db"));
    HistoryDesk desk(*store);
    std::promise<bool> answered;
    ASSERT_TRUE(
        desk.submit([&](const Result<HistoryReader*>& reader) { answered.set_value(reader.has_value()); }));
    EXPECT_TRUE(answered.get_future().get());
    desk.stop();
    EXPECT_TRUE(desk.stopping());
    EXPECT_FALSE(desk.submit([](const Result<HistoryReader*>&) {}));
}

TEST(HistoryDesk, TakesNoMoreThanItCanHold) {
    const TemporaryDirectory folder;
    const auto store = must(SqliteHistory::open(folder.path() / "history.db"));
    std::promise<void> release;
    const auto released = release.get_future().share();
    std::promise<void> begun;
    HistoryDesk desk(*store, 1);  // ends before what its thread waits for
    ASSERT_TRUE(desk.submit([&](const Result<HistoryReader*>&) {
        begun.set_value();
        released.wait();
    }));
    begun.get_future().wait();
    for (std::size_t i = 0; i < HistoryDesk::kMostWaiting; ++i)
        ASSERT_TRUE(desk.submit([](const Result<HistoryReader*>&) {}));
    EXPECT_FALSE(desk.submit([](const Result<HistoryReader*>&) {}));
    release.set_value();
}

TEST(HistoryFollower, RestsUnlessSomebodyWaitsOrItIsToStop) {
    const TemporaryDirectory folder;
    Follow follow(folder.path(), {.rest = 1h});
    for (const char* call : {"1", "2", "3"}) {
        follow.tell({line_event("start_ringing", kAlice, call)});
        EXPECT_TRUE(follow.is_up_to_date());
    }
    follow.tell({line_event("start_ringing", kAlice, "4")});
    follow.follower->stop();
    EXPECT_THAT(follow.rows(), SizeIs(4)) << "what came in during the rest";
}

}  // namespace
}  // namespace callboard
