#include "delivery/keyed_file.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

KeyedFile keyed(std::int64_t format = 2) {
    KeyedFile made;
    made.application_id = 77;
    made.format = format;
    made.schema =
        "CREATE TABLE meta(key_check BLOB NOT NULL); PRAGMA application_id=77; PRAGMA user_version=2";
    made.first_row = "INSERT INTO meta VALUES(?1)";
    made.holds = "letters";
    made.if_foreign = ": look";
    made.if_other_key = ": search";
    return made;
}

class KeyedFileTest : public testing::Test {
  protected:
    Result<std::int64_t> checked(const KeyedFile& kind, std::string_view key) {
        auto connection = sqlite::Connection::open(file().string(), false);
        EXPECT_TRUE(connection);
        auto transaction = sqlite::Transaction::begin(*connection);
        EXPECT_TRUE(transaction);
        auto found = make_or_check(*connection, file(), kind, key);
        EXPECT_TRUE(!found || transaction->commit());
        return found;
    }
    void run(const char* sql) {
        auto connection = sqlite::Connection::open(file().string(), false);
        ASSERT_TRUE(connection);
        ASSERT_TRUE(connection->run(sql));
    }
    std::filesystem::path file() const { return folder_.path() / "letters.db"; }

    test::TemporaryDirectory folder_;
};

TEST_F(KeyedFileTest, IsMadeOnceAndKnownAgain) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(*checked(keyed(), "key"), 2);
}

TEST_F(KeyedFileTest, TellsAnotherKey) {
    ASSERT_TRUE(checked(keyed(), "key"));
    const auto other = checked(keyed(), "another");
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().kind, Error::Kind::denied);
    EXPECT_THAT(other.error().what, EndsWith("was made with another key: search"));
    EXPECT_TRUE(checked(keyed(), "key")) << "nothing was changed";
}

TEST_F(KeyedFileTest, TellsAnotherProgramsFile) {
    run("CREATE TABLE t(a)");
    const auto foreign = checked(keyed(), "key");
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().kind, Error::Kind::corrupt);
    EXPECT_THAT(foreign.error().what, EndsWith("is no file of letters: look"));
}

TEST_F(KeyedFileTest, LeavesANewerProgramsFileAloneAndTellsAnOlderOnesFormat) {
    ASSERT_TRUE(checked(keyed(), "key"));
    const auto newer = checked(keyed(1), "key");
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().kind, Error::Kind::invalid);
    EXPECT_THAT(newer.error().what, HasSubstr("has format 2"));
    EXPECT_EQ(*checked(keyed(3), "key"), 2);
}

TEST_F(KeyedFileTest, BeginsAnewWhenItIsDamagedAndOnlyThen) {
    std::ofstream(file()) << "damaged";
    std::ofstream(file().string() + "-wal") << "log";
    std::vector<std::string> said;
    const auto say = [&said](const std::string& why, const std::string& aside) { said = {why, aside}; };
    int opened = 0;
    const auto once_wrong = [&opened](Error::Kind kind) {
        return [&opened, kind]() -> Result<int> {
            return ++opened == 1 ? Result<int>(Error{kind, "why"}) : Result<int>(opened);
        };
    };
    EXPECT_FALSE(open_or_begin_anew(file(), once_wrong(Error::Kind::unavailable), say));
    EXPECT_TRUE(said.empty());
    opened = 0;
    EXPECT_EQ(*open_or_begin_anew(file(), once_wrong(Error::Kind::corrupt), say), 2);
    EXPECT_THAT(said, ElementsAre("why", file().string() + kSetAside));
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_FALSE(std::filesystem::exists(file().string() + "-wal"));
    EXPECT_TRUE(std::filesystem::exists(file().string() + kSetAside));
}

}  // namespace
}  // namespace callboard
