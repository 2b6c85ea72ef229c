#include "journal/look.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "journal/journal_for_test.hpp"
#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using test::Place;
using test::records;

void fill(Place& place, std::size_t count) {
    auto journal = *place.open();
    for (std::size_t i = 0; i < count; ++i) {
        auto group = records(i + 1, 1);
        ASSERT_TRUE(journal->append(group));
    }
}

Result<JournalLook> look(Place& place, std::uint64_t most = 100) {
    return look_at_journal(place.file(), most, std::chrono::minutes(1), place.clock);
}

TEST(LookAtJournal, ASoundOneIsSound) {
    Place place;
    fill(place, 5);
    const auto seen = look(place);
    ASSERT_TRUE(seen) << seen.error().what;
    EXPECT_EQ(seen->last, 5U);
    EXPECT_EQ(seen->newest, test::record(5).timestamp);
    EXPECT_EQ(seen->batches, 5U);
    EXPECT_EQ(seen->damaged, 0U);
    EXPECT_EQ(seen->broken, "");
    EXPECT_TRUE(seen->looked_through);
    EXPECT_EQ(look(place, 2)->batches, 2U);
}

TEST(LookAtJournal, WhileItIsWritten) {
    Place place;
    auto journal = *place.open();
    auto group = records(1, 3);
    ASSERT_TRUE(journal->append(group));
    EXPECT_EQ(look(place)->last, 3U);
}

TEST(LookAtJournal, AnEmptyOneHasNothing) {
    Place place;
    fill(place, 0);
    const auto seen = look(place);
    ASSERT_TRUE(seen) << seen.error().what;
    EXPECT_EQ(seen->last, 0U);
    EXPECT_EQ(seen->batches, 0U);
}

TEST(LookAtJournal, ADamagedBatchIsCounted) {
    Place place;
    fill(place, 5);
    ASSERT_TRUE(sqlite::Connection::open(place.file().string(), false)
                    ->run("UPDATE batch SET crc32c = crc32c + 1 WHERE first = 3"));
    const auto seen = look(place);
    ASSERT_TRUE(seen) << seen.error().what;
    EXPECT_EQ(seen->damaged, 1U);
    EXPECT_EQ(seen->last, 5U);
}

TEST(LookAtJournal, APageThatIsGoneIsBroken) {
    Place place;
    fill(place, 200);
    {
        std::fstream file(place.file(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(3 * SqliteJournal::kPageSize);
        file << std::string(SqliteJournal::kPageSize, 'x');
    }
    const auto seen = look(place);
    ASSERT_TRUE(seen) << seen.error().what;
    EXPECT_NE(seen->broken, "");
}

TEST(LookAtJournal, WhatIsNoJournalIsSaid) {
    Place place;
    EXPECT_FALSE(look(place)) << "there is none";
    std::ofstream(place.file()) << std::string(5'000, 'x');
    EXPECT_FALSE(look(place));
}

}  // namespace
}  // namespace callboard
