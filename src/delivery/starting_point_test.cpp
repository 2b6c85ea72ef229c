#include "delivery/starting_point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using ::testing::HasSubstr;

/// A journal that keeps nothing but its bounds.
class Bounds final : public Journal {
  public:
    Sequence oldest = 1, newest = 0;

    Result<Sequence> append(std::span<Record>) override { return newest; }
    Result<void> sync() override { return {}; }
    Result<Sequence> read(Sequence after, std::size_t,
                          const std::function<bool(const Record&)>&) const override {
        return after;
    }
    Result<bool> retire(Time) override { return false; }
    Sequence first() const override { return oldest; }
    Sequence last() const override { return newest; }
    Sequence first_at(Time) const override { return newest + 1; }
    std::uint64_t epoch() const override { return 7; }
};

struct StartingPointTest : ::testing::Test {
    StartingPoint start(std::string_view cursor, Sequence otherwise = 99) {
        Hub hub(journal, clock, metrics, std::make_shared<const Directory>(), TimeZone::utc(), {});
        EXPECT_TRUE(hub.start());
        return starting_point(hub, seal, cursor, otherwise);
    }
    Bounds journal;
    ManualClock clock;
    Metrics metrics;
    CursorSeal seal{Secret("key")};
};

TEST_F(StartingPointTest, IsTheCursor) {
    journal.oldest = 10;
    journal.newest = 50;
    for (const Sequence place : {9U, 10U, 30U, 50U}) {
        const auto point = start(seal.seal({7, place}));
        EXPECT_EQ(point.after, place);
        EXPECT_EQ(point.message, "");
    }
}

TEST_F(StartingPointTest, IsAnotherWithoutACursor) {
    journal.newest = 50;
    for (const char* cursor : {"", "undefined", "Xk3fQ0aP7b2z"}) EXPECT_EQ(start(cursor, 42).after, 42U);
}

TEST_F(StartingPointTest, SaysHowManyAreGone) {
    journal.oldest = 10;
    journal.newest = 50;
    const auto point = start(seal.seal({7, 3}));
    EXPECT_EQ(point.after, 9U);
    EXPECT_THAT(point.message, HasSubstr("6 events are gone"));
    EXPECT_THAT(start(seal.seal({7, 8})).message, HasSubstr("1 event is gone"));
}

TEST_F(StartingPointTest, OfAnotherJournalIsTheBeginning) {
    journal.oldest = 10;
    journal.newest = 50;
    const auto point = start(seal.seal({8, 30}));
    EXPECT_EQ(point.after, 9U);
    EXPECT_THAT(point.message, HasSubstr("replaced"));
}

TEST_F(StartingPointTest, IsNeverInTheFuture) {
    journal.newest = 50;
    EXPECT_EQ(start(seal.seal({7, 5'000})).after, 50U);
}

}  // namespace
}  // namespace callboard
