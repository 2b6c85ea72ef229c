#include "delivery/session/session_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Secret kKey(std::string(32, 'k'));

SessionRecord session(std::string id, Sequence acknowledged = 0) {
    SessionRecord session;
    session.id = std::move(id);
    session.acknowledged = acknowledged;
    session.subscriptions = std::make_shared<const Subscriptions>(Subscriptions{{"SECRET-TOKEN", 5}});
    return session;
}

class SessionFileTest : public ::testing::Test {
  protected:
    std::filesystem::path file() const { return directory_.path() / "sessions.db"; }
    SessionFile open(const Secret& key = kKey) {
        auto opened = SessionFile::open(file(), key);
        if (!opened) throw std::runtime_error(opened.error().what);
        return *std::move(opened);
    }
    static std::vector<std::string> ids(SessionFile& sessions) {
        std::vector<std::string> ids;
        const auto loaded = sessions.load();
        if (!loaded) throw std::runtime_error(loaded.error().what);
        for (const auto& one : *loaded) ids.push_back(one.id + "@" + std::to_string(one.acknowledged));
        std::sort(ids.begin(), ids.end());
        return ids;
    }
    void change(const char* sql) {
        auto connection = sqlite::Connection::open(file().string(), false);
        ASSERT_TRUE(connection);
        const auto done = connection->run(sql);
        ASSERT_TRUE(done) << done.error().what;
    }
    bool was_set_aside() const { return std::filesystem::exists(file().string() + SessionFile::kSetAside); }

    const test::TemporaryDirectory directory_;
};

TEST_F(SessionFileTest, KeepsReplacesAndForgets) {
    {
        SessionFile sessions = open();
        EXPECT_THAT(ids(sessions), IsEmpty());
        ASSERT_TRUE(sessions.write(std::vector{session("a", 1), session("b", 2), session("c", 3)}, {}));
        ASSERT_TRUE(sessions.write(std::vector{session("b", 20)}, std::vector<std::string>{"a", "unknown"}));
        ASSERT_TRUE(sessions.sync());
        EXPECT_THAT(ids(sessions), ElementsAre("b@20", "c@3"));
    }
    SessionFile again = open();
    EXPECT_THAT(ids(again), ElementsAre("b@20", "c@3"));
    EXPECT_EQ(again.load()->front().subscriptions->front().token, "SECRET-TOKEN");
    EXPECT_FALSE(was_set_aside());
}

TEST_F(SessionFileTest, ShowsNeitherIdsNorTokens) {
    {
        SessionFile sessions = open();
        ASSERT_TRUE(sessions.write(std::vector{session("Xk3fQ0aP7b2z")}, {}));
    }
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
        std::ifstream in(entry.path(), std::ios::binary);
        bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    EXPECT_THAT(bytes, Not(HasSubstr("SECRET-TOKEN")));
    EXPECT_THAT(bytes, Not(HasSubstr("Xk3fQ0aP7b2z")));
}

TEST_F(SessionFileTest, IsItsOwnersAlone) {
    SessionFile sessions = open();
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SessionFileTest, LeavesOutWhatWasChanged) {
    {
        SessionFile sessions = open();
        ASSERT_TRUE(sessions.write(std::vector{session("a"), session("b")}, {}));
    }
    change("UPDATE session SET sealed = x'00' WHERE fingerprint = (SELECT min(fingerprint) FROM session)");
    SessionFile again = open();
    EXPECT_EQ(ids(again).size(), 1U);
}

TEST_F(SessionFileTest, ARowInAnothersPlaceDoesNotOpen) {
    {
        SessionFile sessions = open();
        ASSERT_TRUE(sessions.write(std::vector{session("a"), session("b")}, {}));
    }
    change("UPDATE session SET sealed = (SELECT sealed FROM session ORDER BY fingerprint LIMIT 1)");
    SessionFile again = open();
    EXPECT_EQ(ids(again).size(), 1U);
}

TEST_F(SessionFileTest, BeginsAnewBesideAFileOfAnotherKey) {
    {
        SessionFile sessions = open();
        ASSERT_TRUE(sessions.write(std::vector{session("a")}, {}));
    }
    SessionFile other = open(Secret(std::string(32, 'x')));
    EXPECT_THAT(ids(other), IsEmpty());
    EXPECT_TRUE(was_set_aside());
    ASSERT_TRUE(other.write(std::vector{session("b")}, {}));
    EXPECT_THAT(ids(other), ElementsAre("b@0"));
}

TEST_F(SessionFileTest, BeginsAnewBesideWhatIsNoFileOfSessions) {
    std::ofstream(file()) << std::string(10'000, 'x');
    {
        SessionFile sessions = open();
        EXPECT_THAT(ids(sessions), IsEmpty());
    }
    EXPECT_TRUE(was_set_aside());
    std::filesystem::remove(file().string() + SessionFile::kSetAside);
    change("PRAGMA application_id=7");
    SessionFile sessions = open();
    EXPECT_TRUE(was_set_aside());
}

TEST_F(SessionFileTest, LeavesAFileOfANewerFormatAlone) {
    { SessionFile sessions = open(); }
    change("PRAGMA user_version=99");
    const auto opened = SessionFile::open(file(), kKey);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, HasSubstr("newer"));
    EXPECT_FALSE(was_set_aside());
}

TEST_F(SessionFileTest, SaysThatItCannotBeMade) {
    const auto opened = SessionFile::open("/nowhere/sessions.db", kKey);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().what, HasSubstr("/nowhere/sessions.db"));
}

}  // namespace
}  // namespace callboard
