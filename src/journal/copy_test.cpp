#include "journal/copy.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "journal/journal_for_test.hpp"
#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using test::Place;
using test::read_all;
using test::records;
using test::sequences;
using testing::ElementsAre;
using testing::HasSubstr;

void append(Journal& journal, std::uint64_t first, std::size_t count, std::size_t size = 0) {
    auto group = records(first, count, size);
    ASSERT_TRUE(journal.append(group));
}

unsigned mode_of(const std::filesystem::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 07777U;
}

TEST(CopyJournal, HasEveryEventAndTheEpochOfOneThatIsInUse) {
    Place place;
    Place copy;
    auto journal = *place.open();
    append(*journal, 1, 1'500);
    append(*journal, 1'501, 3, 50'000);
    const auto copied = copy_journal(place.file(), copy.file());
    ASSERT_TRUE(copied) << copied.error().what;
    EXPECT_EQ(copied->last, 1'503U);
    EXPECT_GT(copied->bytes, 150'000U);
    EXPECT_EQ(mode_of(copy.file()), 0600U);
    const auto opened = copy.open();
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_EQ((*opened)->epoch(), journal->epoch());
    EXPECT_EQ((*opened)->last(), 1'503U);
    EXPECT_EQ(*read_all(**opened), *read_all(*journal));
    append(**opened, 1'504, 1);
    EXPECT_EQ((*opened)->last(), 1'504U);
}

TEST(CopyJournal, OfOneThatIsWrittenMeanwhileIsABeginningOfIt) {
    Place place;
    auto journal = *place.open();
    append(*journal, 1, 2'000);
    constexpr Sequence kMost = 200'000;
    std::atomic<Sequence> last{2'000};
    const std::jthread writer([&](const std::stop_token& stop) {
        while (!stop.stop_requested() && last < kMost) {
            append(*journal, last + 1, 100);
            last += 100;
        }
    });
    for (int i = 0; i < 5; ++i) {
        Place copy;
        const Sequence before = last;
        const auto copied = copy_journal(place.file(), copy.file());
        ASSERT_TRUE(copied) << copied.error().what;
        EXPECT_GE(copied->last, before);
        const auto opened = copy.open();
        ASSERT_TRUE(opened) << opened.error().what;
        const auto read = *read_all(**opened);
        ASSERT_EQ(read.size(), copied->last);
        EXPECT_EQ(read.back().sequence, copied->last);
        EXPECT_EQ(copy.damaged_batches(), 0U);
    }
}

TEST(CopyJournal, AnEmptyOneKeepsItsNumbers) {
    Place place;
    Place copy;
    {
        auto journal = *place.open();
        append(*journal, 1, 10);
        while (*journal->retire(Time::max())) {
        }
    }
    ASSERT_TRUE(copy_journal(place.file(), copy.file()));
    auto opened = *copy.open();
    EXPECT_EQ(opened->last(), 10U);
    EXPECT_EQ(opened->first(), 11U);
}

TEST(CopyJournal, WhatIsNoJournalIsRefusedAndLeavesNothing) {
    const Place place;
    const auto file = place.directory.path() / "text";
    std::ofstream(file) << std::string(5'000, 'x');
    const auto copied = copy_journal(file, place.file());
    ASSERT_FALSE(copied);
    EXPECT_THAT(copied.error().what, HasSubstr("text"));
    EXPECT_FALSE(std::filesystem::exists(place.file()));
    EXPECT_FALSE(copy_journal(place.directory.path() / "none", place.file()));
    EXPECT_FALSE(std::filesystem::exists(place.file()));
}

TEST(CopyJournal, NothingIsOverwritten) {
    Place place;
    Place copy;
    auto journal = *place.open();
    std::ofstream(copy.file()) << "mine";
    const auto copied = copy_journal(place.file(), copy.file());
    ASSERT_FALSE(copied);
    EXPECT_THAT(copied.error().what, HasSubstr("cannot be made"));
    EXPECT_EQ(std::filesystem::file_size(copy.file()), 4U);
}

TEST(LeaveNumbers, WhatComesIsBehindEveryNumberThatWasGiven) {
    Place place;
    {
        auto journal = *place.open();
        append(*journal, 1, 600);
    }
    const auto left = leave_numbers(place.file());
    ASSERT_TRUE(left) << left.error().what;
    auto journal = *place.open();
    const Sequence next = journal->last() + 1;
    EXPECT_GE(next, 600 + SqliteJournal::kNumbersLeft);
    EXPECT_EQ(read_all(*journal)->size(), 600U);
    append(*journal, 601, 2);
    const auto all = *read_all(*journal);
    ASSERT_EQ(all.size(), 602U);
    EXPECT_EQ(all[600].sequence, next);
    EXPECT_EQ(all[601].sequence, next + 1);
    EXPECT_THAT(sequences(*read_all(*journal, 700)), ElementsAre(next, next + 1))
        << "who has seen more than the copy has gets all that comes";
    EXPECT_EQ(place.damaged_batches(), 0U) << "numbers that were left are no damage";
    EXPECT_EQ(journal->first_at(all[600].timestamp), next);
}

TEST(LeaveNumbers, AgainAndAgain) {
    Place place;
    for (std::uint64_t round = 0; round < 3; ++round) {
        {
            auto journal = *place.open();
            append(*journal, 1 + round, 1);
        }
        ASSERT_TRUE(leave_numbers(place.file()));
    }
    auto journal = *place.open();
    EXPECT_EQ(read_all(*journal)->size(), 3U);
    EXPECT_EQ(place.damaged_batches(), 0U);
}

TEST(CopyDatabase, IsTheDatabaseAndPrivate) {
    const Place place;
    const auto from = place.directory.path() / "from.db";
    const auto to = place.directory.path() / "to.db";
    {
        auto made = sqlite::Connection::open(from.string(), false);
        ASSERT_TRUE(made->run("PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES(7)"));
        const auto copied = copy_database(from, to);
        ASSERT_TRUE(copied) << copied.error().what;
    }
    EXPECT_EQ(mode_of(to), 0600U);
    EXPECT_EQ(*sqlite::Connection::open(to.string(), true)->integer("SELECT x FROM t"), 7);
    EXPECT_FALSE(copy_database(from, to)) << "nothing is overwritten";
    EXPECT_EQ(*sqlite::Connection::open(to.string(), true)->integer("SELECT x FROM t"), 7);
}

TEST(CopyDatabase, WhatIsNoDatabaseIsRefusedAndLeavesNothing) {
    const Place place;
    const auto from = place.directory.path() / "from.db";
    const auto to = place.directory.path() / "to.db";
    std::ofstream(from) << std::string(5'000, 'x');
    EXPECT_FALSE(copy_database(from, to));
    EXPECT_FALSE(std::filesystem::exists(to));
}

}  // namespace
}  // namespace callboard
