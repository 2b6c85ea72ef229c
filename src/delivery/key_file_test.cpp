#include "delivery/key_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

TEST(KeyFile, IsMadeOnceAndReadAgain) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "key";
    const auto made = load_or_create_key(path);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->reveal().size(), 32U);
    const auto read = load_or_create_key(path);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->reveal(), made->reveal());
}

TEST(KeyFile, IsForItsOwnerAlone) {
    const test::TemporaryDirectory directory;
    ASSERT_TRUE(load_or_create_key(directory.path() / "key"));
    struct stat about {};
    ASSERT_EQ(stat((directory.path() / "key").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
}

TEST(KeyFile, DiffersEverywhere) {
    const test::TemporaryDirectory directory;
    EXPECT_NE(load_or_create_key(directory.path() / "one")->reveal(),
              load_or_create_key(directory.path() / "two")->reveal());
}

TEST(KeyFile, OfAWrongLengthIsNoKey) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "key";
    for (const std::size_t size : {0U, 1U, 31U, 33U, 5'000U}) {
        std::ofstream(path, std::ios::trunc) << std::string(size, 'k');
        const auto key = load_or_create_key(path);
        ASSERT_FALSE(key) << size;
        EXPECT_THAT(key.error().what, ::testing::HasSubstr(path.string()));
    }
}

TEST(KeyFile, SaysWhereItCannotBeMade) {
    const test::TemporaryDirectory directory;
    const auto key = load_or_create_key(directory.path() / "no such folder" / "key");
    ASSERT_FALSE(key);
    EXPECT_THAT(key.error().what, ::testing::HasSubstr("no such folder"));
}

}  // namespace
}  // namespace callboard
