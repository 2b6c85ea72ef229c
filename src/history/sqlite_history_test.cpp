#include "history/sqlite_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "history/sqlite_history_schema.hpp"
#include "history/store_contract_for_test.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using test::must;
using testing::HasSubstr;

struct SqlitePlace {
    test::TemporaryDirectory directory;
    std::unique_ptr<HistoryStore> open() {
        return must(SqliteHistory::open(directory.path() / "history.db"));
    }
};

class SqliteHistoryFile : public testing::Test {
  protected:
    std::filesystem::path file() const { return directory_.path() / "history.db"; }
    const test::TemporaryDirectory directory_;
};

TEST_F(SqliteHistoryFile, FileOfSomebodyElseIsLeftAlone) {
    {
        auto other = must(sqlite::Connection::open(file().string(), false));
        ASSERT_TRUE(other.run("CREATE TABLE mine(x)"));
    }
    const auto opened = SqliteHistory::open(file());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, HasSubstr("is no history of callboard"));
}

TEST_F(SqliteHistoryFile, NewerFormatIsRefused) {
    must(SqliteHistory::open(file()));
    ASSERT_TRUE(must(sqlite::Connection::open(file().string(), false)).run("PRAGMA user_version=2"));
    const auto opened = SqliteHistory::open(file());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, HasSubstr("made by a newer callboard"));
}

TEST_F(SqliteHistoryFile, DamagedFileIsSetAside) {
    std::ofstream(file()) << std::string(10'000, 'x');
    auto reader = must(must(SqliteHistory::open(file()))->reader());
    EXPECT_EQ(must(reader->find(test::at(1))), std::nullopt);
    EXPECT_TRUE(std::filesystem::exists(file().string() + SqliteHistory::kSetAside));
}

}  // namespace

namespace test {
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, HistoryContract, SqlitePlace);
}  // namespace test
}  // namespace callboard
