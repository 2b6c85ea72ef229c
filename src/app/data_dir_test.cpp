#include "app/data_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace callboard {
namespace {

namespace fs = std::filesystem;

class DataDirTest : public testing::Test {
  protected:
    void SetUp() override { fs::create_directories(place_); }
    void TearDown() override { fs::remove_all(place_); }
    const fs::path place_ =
        fs::path(testing::TempDir()) /
        (std::string("callboard-") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(DataDirTest, IsMadeForItsOwnerAlone) {
    const DataDir data{place_ / "a" / "b"};
    ASSERT_TRUE(data.prepare());
    EXPECT_EQ(fs::status(data.path).permissions(), fs::perms::owner_all);
    EXPECT_TRUE(data.prepare());
}

TEST_F(DataDirTest, AFolderThatIsThereKeepsItsMode) {
    fs::permissions(place_, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
    ASSERT_TRUE(DataDir{place_}.prepare());
    EXPECT_NE(fs::status(place_).permissions() & fs::perms::group_read, fs::perms::none);
}

TEST_F(DataDirTest, WhatIsNoFolderIsAnError) {
    std::ofstream(place_ / "file") << "x";
    for (const auto& path : {place_ / "file", place_ / "file" / "below", fs::path("/proc/callboard")}) {
        const auto ready = DataDir{path}.prepare();
        ASSERT_FALSE(ready) << path;
        EXPECT_NE(ready.error().what.find(path.string()), std::string::npos) << ready.error().what;
    }
}

TEST_F(DataDirTest, TokensOutliveTheProcessThatMadeThem) {
    const SystemClock clock;
    std::string text;
    {
        auto tokens = DataDir{place_}.open_tokens(clock);
        ASSERT_TRUE(tokens);
        auto made = (*tokens)->create("a", "", std::nullopt);
        ASSERT_TRUE(made);
        text = made->text;
    }
    auto tokens = DataDir{place_}.open_tokens(clock);
    ASSERT_TRUE(tokens);
    EXPECT_TRUE((*tokens)->find(text, clock.now()).has_value());
}

TEST_F(DataDirTest, AKeyOfAnotherInstallationIsFoundOut) {
    const SystemClock clock;
    ASSERT_TRUE(DataDir{place_}.open_tokens(clock));
    std::ofstream(DataDir{place_}.key()) << std::string(32, 'k');
    EXPECT_FALSE(DataDir{place_}.open_tokens(clock));
    std::ofstream(DataDir{place_}.key()) << "short";
    EXPECT_FALSE(DataDir{place_}.open_tokens(clock));
}

}  // namespace
}  // namespace callboard
