#include "sources/ovh/ovh_place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using testing::HasSubstr;
using testing::Not;

class OvhPlaceTest : public testing::Test {
  protected:
    std::string bytes() const {
        std::ifstream in(path_);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    test::TemporaryDirectory directory_;
    const std::filesystem::path path_ = directory_.path() / "ovh-a.place";
    const OvhPlaceFile file_{path_, Secret("url token")};
};

TEST_F(OvhPlaceTest, IsReadBack) {
    EXPECT_EQ(file_.load(), OvhPlace{});
    for (const auto& place :
         {OvhPlace{"session", 17}, OvhPlace{"", 0}, OvhPlace{"a b=%", 18'000'000'000'000'000'000U}}) {
        ASSERT_TRUE(file_.save(place));
        EXPECT_EQ(file_.load(), place);
        EXPECT_EQ(OvhPlaceFile(path_, Secret("url token")).load(), place);
    }
}

TEST_F(OvhPlaceTest, IsThatOfOneConversationAndHidesItsToken) {
    ASSERT_TRUE(file_.save({"session", 17}));
    EXPECT_EQ(OvhPlaceFile(path_, Secret("url another")).load(), OvhPlace{});
    EXPECT_THAT(bytes(), Not(HasSubstr("token")));
    EXPECT_EQ(std::filesystem::status(path_).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(OvhPlaceTest, OfADamagedFileThereIsNone) {
    ASSERT_TRUE(file_.save({"session", 17}));
    const std::string whole = bytes();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        std::ofstream(path_, std::ios::trunc) << whole.substr(0, length);
        EXPECT_EQ(file_.load(), OvhPlace{}) << length;
    }
    std::ofstream(path_, std::ios::trunc) << std::string(100'000, 'x');
    EXPECT_EQ(file_.load(), OvhPlace{});
}

TEST_F(OvhPlaceTest, TellsWhatKeepsItFromBeingWritten) {
    ASSERT_TRUE(file_.save({"session", 17}));
    const auto broken = file_.save({"two\nlines", 18});
    ASSERT_FALSE(broken);
    EXPECT_EQ(file_.load().session, "session") << "the old place is still there";
    const auto nowhere = OvhPlaceFile("/nowhere/ovh.place", Secret("x")).save({});
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(nowhere.error().what, HasSubstr("/nowhere/ovh.place"));
}

}  // namespace
}  // namespace callboard
