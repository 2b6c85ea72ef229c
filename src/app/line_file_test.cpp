#include "app/line_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using testing::HasSubstr;

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Lines : public testing::Test {
  protected:
    std::unique_ptr<LineFile> open(const std::filesystem::path& file) {
        auto opened = LineFile::open(file, "the log", dropped_);
        EXPECT_TRUE(opened) << opened.error().what;
        return *std::move(opened);
    }

    const test::TemporaryDirectory directory_;
    const std::filesystem::path file_ = directory_.path() / "lines.log";
    Metrics metrics_;
    Counter& dropped_ = metrics_.counter("dropped", "Lines.");
};

TEST_F(Lines, AreAppendedInTheirOrderAndAllWrittenAtTheEnd) {
    open(file_)->add("first\n");
    {
        const auto lines = open(file_);
        for (int i = 0; i < 1'000; ++i) lines->add(std::to_string(i) + '\n');
    }
    std::string wanted = "first\n";
    for (int i = 0; i < 1'000; ++i) wanted += std::to_string(i) + '\n';
    EXPECT_EQ(content(file_), wanted);
    EXPECT_EQ(dropped_.value(), 0U);
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07U, 0U) << "nobody else's";
}

TEST_F(Lines, GoOnInANewFileAfterARotation) {
    {
        const auto lines = open(file_);
        lines->add("first\n");
        while (content(file_).empty()) std::this_thread::yield();
        std::filesystem::rename(file_, directory_.path() / "lines.log.1");
        ASSERT_TRUE(lines->reopen());
        lines->add("second\n");
    }
    EXPECT_EQ(content(directory_.path() / "lines.log.1"), "first\n");
    EXPECT_EQ(content(file_), "second\n");
}

TEST_F(Lines, ThatAFullDiskDoesNotTakeAreCounted) {
    {
        const auto lines = open("/dev/full");
        for (int i = 0; i < 10; ++i) lines->add("line\n");
    }
    EXPECT_EQ(dropped_.value(), 10U);
}

TEST_F(Lines, ThatAreTooManyAtOnceAreCounted) {
    open(file_)->add(std::string(LineFile::kMostWaiting + 1, 'x'));
    EXPECT_EQ(dropped_.value(), 1U);
    EXPECT_EQ(content(file_), "");
}

TEST_F(Lines, SayWhyTheyCannotBeWritten) {
    const auto opened = LineFile::open("/nowhere/lines.log", "the log", dropped_);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, HasSubstr("the log /nowhere/lines.log"));
    const auto lines = open(file_);
    std::filesystem::rename(directory_.path(), directory_.path().string() + "-away");
    EXPECT_FALSE(lines->reopen());
    std::filesystem::rename(directory_.path().string() + "-away", directory_.path());
}

TEST_F(Lines, AreAppendedOneByOneBesideAServer) {
    const auto lines = open(file_);
    EXPECT_TRUE(append_line(file_, "the log", "one\n"));
    EXPECT_TRUE(append_line(file_, "the log", "two\n"));
    EXPECT_EQ(content(file_), "one\ntwo\n");
    EXPECT_FALSE(append_line("/nowhere/lines.log", "the log", "one\n"));
    EXPECT_FALSE(append_line("/dev/full", "the log", "one\n"));
}

TEST_F(Lines, OfRootDoNotGoWhereSomebodyElseHasLinked) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can write everywhere";
    const auto elsewhere = directory_.path() / "elsewhere";
    std::ofstream(elsewhere) << "precious";
    std::filesystem::create_symlink(elsewhere, file_);
    EXPECT_FALSE(append_line(file_, "the log", "one\n"));
    std::filesystem::remove(file_);
    std::filesystem::create_hard_link(elsewhere, file_);
    EXPECT_FALSE(append_line(file_, "the log", "one\n"));
    EXPECT_EQ(content(elsewhere), "precious");
}

TEST_F(Lines, ThatRootBeginsBelongToTheOwnerOfTheFolder) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    ASSERT_EQ(::chown(directory_.path().c_str(), 12'345, 12'346), 0);
    ASSERT_TRUE(append_line(file_, "the log", "one\n"));
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 12'345U);
    EXPECT_EQ(status.st_gid, 12'346U);
}

}  // namespace
}  // namespace callboard
