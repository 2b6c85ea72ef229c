#include "journal/sqlite_journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "journal/journal_for_test.hpp"
#include "journal/records_for_test.hpp"

namespace callboard {
namespace {

using test::Place;
using test::read_all;
using test::record;
using test::records;
using test::sequences;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JournalInBothModes : public ::testing::TestWithParam<SqliteJournal::Sync> {
  protected:
    Place place;
    std::unique_ptr<SqliteJournal> journal = std::move(*place.open(GetParam()));

    void reopen() {
        journal.reset();
        journal = std::move(*place.open(GetParam()));
    }
    Sequence append(std::vector<Record> group) { return *journal->append(group); }
};
INSTANTIATE_TEST_SUITE_P(Sync, JournalInBothModes,
                         ::testing::Values(SqliteJournal::Sync::always, SqliteJournal::Sync::interval),
                         [](const auto& mode) {
                             return mode.param == SqliteJournal::Sync::always ? "always" : "interval";
                         });

TEST_P(JournalInBothModes, BeginsEmpty) {
    EXPECT_EQ(journal->first(), 1U);
    EXPECT_EQ(journal->last(), 0U);
    EXPECT_EQ(journal->first_at(Time{}), 1U);
    EXPECT_THAT(*read_all(*journal), IsEmpty());
    EXPECT_FALSE(*journal->retire(Time::max()));
    EXPECT_TRUE(journal->sync());
}

TEST_P(JournalInBothModes, NumbersAGroupInOrder) {
    auto first = records(1, 3);
    EXPECT_EQ(*journal->append(first), 3U);
    EXPECT_THAT(sequences(first), ElementsAre(1, 2, 3));
    auto second = records(4, 2);
    EXPECT_EQ(*journal->append(second), 5U);
    EXPECT_THAT(sequences(second), ElementsAre(4, 5));
    EXPECT_EQ(journal->last(), 5U);
    EXPECT_EQ(journal->first(), 1U);

    first.insert(first.end(), second.begin(), second.end());
    EXPECT_EQ(*read_all(*journal), first);
    reopen();
    EXPECT_EQ(*read_all(*journal), first);
    EXPECT_EQ(journal->last(), 5U);
    EXPECT_EQ(append(records(6, 1)), 6U);
}

TEST_P(JournalInBothModes, ReadsFromAnyCursorUpToAnyLimit) {
    for (std::uint64_t group = 0; group < 6; ++group) append(records(1 + group * 5, 5));
    for (Sequence after = 0; after <= 31; ++after) {
        for (const std::size_t limit : {0U, 1U, 4U, 5U, 7U, 100U}) {
            const auto read = *read_all(*journal, after, limit);
            const std::size_t left = after >= 30 ? 0 : 30 - after;
            ASSERT_EQ(read.size(), std::min(limit, left)) << after << ' ' << limit;
            for (std::size_t i = 0; i < read.size(); ++i) ASSERT_EQ(read[i].sequence, after + 1 + i);
        }
    }
}

TEST_P(JournalInBothModes, StopsWhenTheReaderHasEnough) {
    append(records(1, 10));
    std::size_t taken = 0;
    const auto reached = journal->read(2, 100, [&taken](const Record&) { return ++taken < 3; });
    EXPECT_EQ(*reached, 5U);
    EXPECT_EQ(taken, 3U);
    EXPECT_EQ(*journal->read(10, 5, [](const Record&) { return true; }), 10U) << "nothing: where it was";
}

TEST_P(JournalInBothModes, CutsALargeGroupIntoBatchesWithoutAGap) {
    auto group = records(1, 3 * kMostBatchRecords + 7);
    EXPECT_EQ(*journal->append(group), group.size());
    EXPECT_EQ(*read_all(*journal), group);
    auto wide = records(5'000, 6, kMostBatchBytes / 2);
    ASSERT_TRUE(journal->append(wide));
    EXPECT_EQ(*read_all(*journal, group.size()), wide);
}

TEST_P(JournalInBothModes, AnEmptyGroupOnlyTries) {
    append(records(1, 2));
    std::vector<Record> nothing;
    EXPECT_EQ(*journal->append(nothing), 2U);
    EXPECT_EQ(journal->last(), 2U);
    reopen();
    EXPECT_EQ(journal->last(), 2U);
    EXPECT_EQ(append(records(3, 1)), 3U);
}

TEST_P(JournalInBothModes, KeepsItsEpochAndAnotherJournalHasAnother) {
    const std::uint64_t epoch = journal->epoch();
    EXPECT_NE(epoch, 0U);
    reopen();
    EXPECT_EQ(journal->epoch(), epoch);
    Place other;
    EXPECT_NE((*other.open(GetParam()))->epoch(), epoch);
}

TEST_P(JournalInBothModes, FindsTheFirstAtATime) {
    for (std::uint64_t group = 0; group < 40; ++group) append(records(1 + group * 3, 1 + group % 3));
    const auto all = *read_all(*journal);
    const Time begin = all.front().timestamp - std::chrono::seconds(2);
    for (Time time = begin; time < all.back().timestamp + std::chrono::seconds(3);
         time += std::chrono::milliseconds(500)) {
        const auto wanted =
            std::find_if(all.begin(), all.end(), [time](const Record& one) { return one.timestamp >= time; });
        const Sequence expected = wanted == all.end() ? journal->last() + 1 : wanted->sequence;
        ASSERT_EQ(journal->first_at(time), expected);
    }
}

TEST_P(JournalInBothModes, ForgetsWhatIsOldInBoundedSteps) {
    constexpr int kGroups = SqliteJournal::kMostRetired + 8;
    for (std::uint64_t group = 0; group < kGroups; ++group) append(records(1 + group * 2, 2));
    const Time limit = record(kGroups * 2 - 1).timestamp;  // the newest group is not all older
    EXPECT_TRUE(*journal->retire(limit));
    EXPECT_EQ(journal->first(), 1U + 2 * SqliteJournal::kMostRetired);
    EXPECT_EQ(append(records(1'000, 1)), 2U * kGroups + 1) << "appends go on between the steps";
    EXPECT_FALSE(*journal->retire(limit));
    EXPECT_EQ(journal->first(), 2U * kGroups - 1);
    EXPECT_FALSE(*journal->retire(limit));
    EXPECT_THAT(sequences(*read_all(*journal)), ElementsAre(2 * kGroups - 1, 2 * kGroups, 2 * kGroups + 1));
    EXPECT_EQ(journal->first_at(Time{}), journal->first());
}

TEST_P(JournalInBothModes, NeverUsesANumberTwice) {
    append(records(1, 5));
    EXPECT_FALSE(*journal->retire(Time::max()));
    EXPECT_EQ(journal->first(), 6U);
    EXPECT_EQ(journal->last(), 5U);
    EXPECT_THAT(*read_all(*journal), IsEmpty());
    reopen();
    EXPECT_EQ(journal->first(), 6U);
    EXPECT_EQ(journal->last(), 5U);
    EXPECT_EQ(journal->first_at(Time{}), 6U);
    EXPECT_EQ(append(records(6, 1)), 6U);
    EXPECT_THAT(sequences(*read_all(*journal)), ElementsAre(6));
}

TEST(SqliteJournal, GivesTheRoomOfWhatItForgotBackToTheDisk) {
    Place place;
    {
        const auto journal = std::move(*place.open());
        for (std::uint64_t group = 0; group < 100; ++group) {
            auto wide = records(1 + group, 1, 200'000);
            ASSERT_TRUE(journal->append(wide));
        }
        int steps = 0;
        while (*journal->retire(Time::max())) ASSERT_LT(++steps, 1'000);
        EXPECT_GT(steps, 5) << "20 MB are not given back at once";
    }
    EXPECT_LT(std::filesystem::file_size(place.file()), 6U << 20);
}

TEST(SqliteJournal, KeepsTheLogSmallWhileReadersNeverPause) {
    Place place;
    const auto journal = std::move(*place.open());
    auto group = records(1, 4, 1 << 20);
    ASSERT_TRUE(journal->append(group));
    std::atomic<bool> done = false;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!done) ASSERT_TRUE(read_all(*journal, 0, 1));
        });
    std::uintmax_t longest = 0;
    for (int i = 0; i < 45; ++i) {
        ASSERT_TRUE(journal->append(group));
        longest = std::max(longest, std::filesystem::file_size(place.file().string() + "-wal"));
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
    constexpr auto kBound = std::uintmax_t{SqliteJournal::kMostLogPages} * (SqliteJournal::kPageSize + 24);
    EXPECT_LT(longest, kBound + (16U << 20));
}

TEST(SqliteJournal, IsSyncedByAnotherThreadWhileItGrows) {
    Place place;
    const auto journal = std::move(*place.open());
    std::atomic<bool> done = false;
    std::thread syncing([&] {
        while (!done) ASSERT_TRUE(journal->sync());
    });
    auto group = records(1, 4, 256 << 10);
    std::uintmax_t longest = 0;
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(journal->append(group));
        longest = std::max(longest, std::filesystem::file_size(place.file().string() + "-wal"));
    }
    done = true;
    syncing.join();
    constexpr auto kBound = std::uintmax_t{SqliteJournal::kMostLogPages} * (SqliteJournal::kPageSize + 24);
    EXPECT_LT(longest, kBound + (16U << 20)) << "the log begins anew although it is never at rest";
    const auto read = read_all(*journal);
    ASSERT_TRUE(read);
    ASSERT_THAT(*read, SizeIs(800));
    EXPECT_EQ(read->back().sequence, 800U);
}

TEST(SqliteJournal, IsReadByManyWhileItGrows) {
    Place place;
    const auto journal = std::move(*place.open());
    constexpr Sequence kLast = 2'000;
    std::vector<std::thread> readers;
    for (Sequence seed = 0; seed < 6; ++seed)  // more than there are connections
        readers.emplace_back([&journal, seed] {
            for (Sequence at = seed * 100; at < kLast;) {
                const auto read = read_all(*journal, at, 97);
                ASSERT_TRUE(read) << read.error().what;
                for (const Record& one : *read) {
                    ASSERT_EQ(one.sequence, ++at);
                    ASSERT_EQ(one.data, record(at).data);
                }
            }
        });
    for (Sequence next = 1; next <= kLast; next += 5) {
        auto group = records(next, 5);
        ASSERT_TRUE(journal->append(group));
        ASSERT_TRUE(next % 100 != 1 || journal->sync());
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(place.damaged_batches(), 0U);
}

TEST(SqliteJournal, RetiringHurtsNoReader) {
    Place place;
    const auto journal = std::move(*place.open());
    for (std::uint64_t group = 0; group < 100; ++group) {
        auto some = records(1 + group, 1);
        ASSERT_TRUE(journal->append(some));
    }
    std::vector<Sequence> seen;
    ASSERT_TRUE(journal->read(0, 1'000, [&](const Record& one) {
        EXPECT_TRUE(!seen.empty() || journal->retire(Time::max()));
        seen.push_back(one.sequence);
        return true;
    }));
    EXPECT_EQ(seen.size(), 100U) << "a read sees the journal as it was when it began";
    EXPECT_EQ(place.damaged_batches(), 0U);
    EXPECT_EQ(read_all(*journal)->size(), 100U - SqliteJournal::kMostRetired);
}

TEST(SqliteJournal, IsOpenOnce) {
    Place place;
    auto journal = std::move(*place.open());
    const auto again = place.open();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(again.error().what, AllOf(HasSubstr(place.file().string()), HasSubstr("another process")));

    const pid_t other = fork();
    if (other == 0) _exit(place.open() ? 1 : 0);
    int status = 1;
    ASSERT_EQ(waitpid(other, &status, 0), other);
    EXPECT_EQ(status, 0) << "another process may not have it either";

    journal.reset();
    EXPECT_TRUE(place.open());
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void run_sql(const std::filesystem::path& file, const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
}

/// open() refuses with these words, and the file stays as it was.
void expect_refused(Place& place, Error::Kind kind, const std::string& words) {
    const std::string before = bytes_of(place.file());
    const auto opened = place.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, kind);
    EXPECT_THAT(opened.error().what, AllOf(HasSubstr(place.file().string()), HasSubstr(words)));
    EXPECT_EQ(bytes_of(place.file()), before);
}

TEST(SqliteJournal, RefusesAFormatOfTheFuture) {
    Place place;
    ASSERT_TRUE(place.open());
    run_sql(place.file(), "UPDATE meta SET format = 3");
    expect_refused(place, Error::Kind::invalid, "newer callboard");
}

TEST(SqliteJournal, MakesAFormatOfThePastItsOwn) {
    Place place;
    auto told = records(1, 3);
    {
        auto journal = place.open();
        ASSERT_TRUE(journal);
        ASSERT_TRUE((*journal)->append(told));
    }
    run_sql(place.file(), "UPDATE meta SET format = 1");
    auto journal = place.open();
    ASSERT_TRUE(journal) << journal.error().what;
    EXPECT_EQ(*read_all(**journal), told);
    const auto format =
        sqlite::Connection::open(place.file().string(), true)->integer("SELECT format FROM meta");
    EXPECT_EQ(*format, 2) << "who knows only the former must not read what is appended now";
}

TEST(SqliteJournal, RefusesAnotherDatabase) {
    Place place;
    run_sql(place.file(), "CREATE TABLE songs(title TEXT)");
    expect_refused(place, Error::Kind::corrupt, "not a journal of callboard");
}

TEST(SqliteJournal, RefusesWhatIsNoDatabase) {
    Place place;
    std::ofstream(place.file()) << std::string(5'000, 'x');
    expect_refused(place, Error::Kind::corrupt, "no database");
}

TEST(SqliteJournal, TakesAnEmptyFileForANewJournal) {
    Place place;
    std::ofstream(place.file()).close();
    const auto journal = place.open();
    ASSERT_TRUE(journal);
    auto group = records(1, 1);
    EXPECT_TRUE((*journal)->append(group));
}

}  // namespace
}  // namespace callboard
