#include "journal/private_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "journal/sqlite.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

mode_t mode_of(const std::filesystem::path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777U;
}

TEST(PrivateFile, IsMadeForItsOwnerAlone) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "secrets";
    EXPECT_TRUE(keep_private(file));
    EXPECT_EQ(mode_of(file), 0600U);
    EXPECT_TRUE(keep_private(file));
}

TEST(PrivateFile, IsTakenFromOthersAndKeepsItsContent) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "secrets";
    std::ofstream(file) << "content";
    ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
    EXPECT_TRUE(keep_private(file));
    EXPECT_EQ(mode_of(file), 0600U);
    EXPECT_EQ(std::filesystem::file_size(file), 7U);
}

TEST(PrivateFile, IsWhatSqliteWritesTo) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "data.db";
    auto connection = sqlite::Connection::open(file.string(), false);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->run("PRAGMA journal_mode=WAL; CREATE TABLE t(a)"));
    for (const char* suffix : {"", "-wal", "-shm"})
        EXPECT_EQ(mode_of(file.string() + suffix), 0600U) << suffix;
}

TEST(PrivateFile, SaysWhatIsWrong) {
    const auto kept = keep_private("/nowhere/secrets");
    ASSERT_FALSE(kept);
    EXPECT_NE(kept.error().what.find("/nowhere/secrets"), std::string::npos);
}

}  // namespace
}  // namespace callboard
