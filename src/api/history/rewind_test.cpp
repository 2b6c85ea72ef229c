#include "api/history/rewind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "journal/sqlite_journal.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using test::TemporaryDirectory;

constexpr const char* kAlice = "0033972000001";

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return *std::move(result);
}

std::shared_ptr<const Directory> office() {
    return std::make_shared<const Directory>(
        std::vector<Account>{{"office", "Office"}},
        std::vector<Service>{{"office", kAlice, "Alice", ServiceType::sip_line, 2, "1", {}}});
}

/// Goes on when it is told to.
class SetClock final : public Clock {
  public:
    Time now() const override { return Time(Duration(now_.load())); }
    std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(Duration(now_.load()));
    }
    void pass(Duration time) { now_ += time.count(); }

  private:
    std::atomic<std::int64_t> now_{1'780'315'200'000'000'000};  // 2026-06-01T12:00:00Z
};

class Rewind : public testing::Test {
  protected:
    Rewind()
        : journal_(must(SqliteJournal::open({folder_.path() / "journal.db", SqliteJournal::Sync::interval, 4},
                                            clock_, metrics_))),
          hub_(*journal_, clock_, metrics_, office(), *TimeZone::named("Europe/Paris"), {}) {
        if (const auto started = hub_.start(); !started) throw std::runtime_error(started.error().what);
    }
    void tell(const char* name, const std::string& call_id) {
        Event event;
        event.name = name;
        event.ressource = kAlice;
        LineData data;
        data.call_id = call_id;
        data.calling = "0033612345678";
        data.called = data.dialed = kAlice;
        event.data = std::move(data);
        std::promise<bool> done;
        hub_.submit({event}, clock_.now(),
                    [&](const Result<Hub::Appended>& result) { done.set_value(result.has_value()); });
        ASSERT_TRUE(done.get_future().get());
        clock_.pass(1s);
    }
    Result<State> at(Time time) {
        return rewound(hub_, time, [] { return false; });
    }
    std::vector<std::string> calls(Time time) {
        const State state = must(at(time));
        std::vector<std::string> all;
        if (const auto line = state.lines.find(kAlice); line != state.lines.end())
            for (const Call& call : line->second.calls) all.push_back(call.call_id);
        return all;
    }

    const TemporaryDirectory folder_;
    SetClock clock_;
    Metrics metrics_;
    std::unique_ptr<SqliteJournal> journal_;
    Hub hub_;
};

TEST_F(Rewind, ShowsEachMomentAsItWas) {
    const Time begun = clock_.now();
    tell("start_ringing", "1");
    tell("start_ringing", "2");
    tell("start_calling", "1");
    tell("end_ringing", "2");
    tell("end_calling", "1");
    EXPECT_THAT(calls(begun), testing::ElementsAre("1")) << "the moment itself included";
    EXPECT_THAT(calls(begun + 999ms), testing::ElementsAre("1"));
    EXPECT_THAT(calls(begun + 1s), testing::ElementsAre("1", "2"));
    EXPECT_EQ(status_of(must(at(begun + 1s)), kAlice), LineStatus::ringing);
    EXPECT_EQ(status_of(must(at(begun + 3s)), kAlice), LineStatus::calling);
    EXPECT_THAT(calls(begun + 3s), testing::ElementsAre("1"));
    EXPECT_THAT(calls(begun + 4s), testing::IsEmpty());
    EXPECT_EQ(must(at(begun + 2s)).sequence, 3U);
}

TEST_F(Rewind, NowIsTheStateOfTheHub) {
    for (int i = 0; i < 50; ++i) {
        tell("start_ringing", std::to_string(i));
        if (i % 3 != 0) tell("end_ringing", std::to_string(i));
    }
    EXPECT_THAT(calls(clock_.now()), testing::SizeIs(17));
    EXPECT_EQ(must(at(clock_.now())).sequence, hub_.last());
}

/// A fold that began with the whole journal would still have the call whose end was not seen.
TEST_F(Rewind, BeginsAtMidnightOfTheDayBefore) {
    tell("start_ringing", "old");
    clock_.pass(72h);
    tell("start_ringing", "new");
    EXPECT_THAT(calls(clock_.now()), testing::ElementsAre("new"));
    EXPECT_THAT(calls(clock_.now() - 48h), testing::ElementsAre("old"));
}

TEST_F(Rewind, DoesNotReachBeyondTheJournal) {
    const auto nothing = at(clock_.now());
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().kind, Error::Kind::missing);
    const Time begun = clock_.now();
    tell("start_ringing", "1");
    const auto before = at(begun - 1s);
    ASSERT_FALSE(before);
    EXPECT_EQ(before.error().kind, Error::Kind::missing);
}

TEST_F(Rewind, GivesUpWhenItIsTold) {
    tell("start_ringing", "1");
    int asked = 0;
    const auto given_up = rewound(hub_, clock_.now(), [&] { return ++asked > 0; });
    ASSERT_FALSE(given_up);
    EXPECT_EQ(given_up.error().kind, Error::Kind::unavailable);
    EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace callboard
