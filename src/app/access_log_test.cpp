#include "app/access_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MaskedTarget, ShowsFourCharactersOfWhatOpensSomething) {
    EXPECT_EQ(masked_target("/?token=ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB&session=Xk3fQ0aP7b2z"),
              "/?token=ABCD…&session=Xk3fQ0aP7b2z");
    EXPECT_EQ(masked_target("/?session=a&token=ABCDEFAB"), "/?session=a&token=ABCD…");
    EXPECT_EQ(masked_target("/?%74oken=ABCDEFAB"), "/?%74oken=ABCD…") << "the name is read with its escapes";
    EXPECT_EQ(masked_target("/?token=ABCDEFAB&token=GHIJKLMN"), "/?token=ABCD…&token=GHIJ…");
    EXPECT_EQ(masked_target("/v2/session/Xk3fQ0aP7b2z/subscribe/ABCDEFAB-CDEF"),
              "/v2/session/Xk3f…/subscribe/ABCD…");
    EXPECT_EQ(masked_target("/v2/session/Xk3fQ0aP7b2z/events/poll"), "/v2/session/Xk3f…/events/poll");
    EXPECT_EQ(masked_target("/v2/session/Xk3fQ0aP7b2z/unsubscribe/ABCDEFAB"),
              "/v2/session/Xk3f…/unsubscribe/ABCD…");
}

TEST(MaskedTarget, LeavesTheRest) {
    for (const char* target : {"/", "/metrics", "/api/events?service=0033972000001", "/?token=", "/?", "*",
                               "", "/v2/session", "/api/snapshot?token=ABC"})
        EXPECT_EQ(masked_target(target), target);
    EXPECT_EQ(masked_target("/a\x01\"b\\"), "/a\\x01\\x22b\\x5c") << "no line of a client's own";
    EXPECT_LE(masked_target("/" + std::string(100'000, 'a')).size(), 2'048U);
}

TEST(MaskedTarget, SaysOfWhomSomebodyLookedForNoMoreThanAMaskedToken) {
    EXPECT_EQ(masked_target("/api/calls?number=06%2012%2034%2056%2078&limit=10"),
              "/api/calls?number=06 12 ** ** 78&limit=10");
    EXPECT_EQ(masked_target("/api/contacts?number=0612345678,%2B33698765432,"),
              "/api/contacts?number=0612****78,+33698****32,");
    EXPECT_EQ(masked_target("/api/contacts?search=Dupont+Jean"), "/api/contacts?search=…");
    EXPECT_EQ(masked_target("/api/calls?num%62er=0612345678"), "/api/calls?num%62er=0612****78");
    EXPECT_EQ(masked_target("/api/calls?number="), "/api/calls?number=");
    EXPECT_EQ(masked_target("/api/calls?number=%00%22,0612345678\n"), "/api/calls?number=…,…");
}

TEST(AccessLine, HasTimeClientRequestAndAnswer) {
    HttpAccess access{
        "203.0.113.9", "GET", "/?token=ABCDEFAB", "", 200, 512, std::chrono::microseconds(1'234)};
    const Time now = time_from_nanoseconds(1'780'000'000'255'954'700);
    EXPECT_EQ(access_line(access, now),
              "2026-05-28T20:26:40.255Z 203.0.113.9 \"GET /?token=ABCD…\" 200 512 0.001234 -\n");
    access.target = "/api/calls?number=0612345678";
    access.bearer = "KEY\nOF A CRM";
    EXPECT_EQ(access_line(access, now),
              "2026-05-28T20:26:40.255Z 203.0.113.9 \"GET /api/calls?number=0612****78\" 200 512 0.001234 "
              "KEY\\x0a…\n");
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(AccessLog, GoesOnInANewFileAfterARotation) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "access.log";
    const ManualClock clock;
    Metrics metrics;
    {
        auto log = AccessLog::open(file, clock, metrics);
        ASSERT_TRUE(log) << log.error().what;
        (*log)->add({"127.0.0.1", "GET", "/first", "", 200, 0, {}});
        while (content(file).empty()) std::this_thread::yield();
        std::filesystem::rename(file, directory.path() / "access.log.1");
        ASSERT_TRUE((*log)->reopen());
        (*log)->add({"127.0.0.1", "GET", "/second?token=ABCDEFAB", "", 200, 0, {}});
    }
    EXPECT_THAT(content(directory.path() / "access.log.1"), HasSubstr("/first"));
    EXPECT_THAT(content(file), HasSubstr("/second?token=ABCD…"));
    EXPECT_THAT(content(file), Not(HasSubstr("EFAB")));
}

TEST(AccessLog, SaysWhyItCannotBeOpened) {
    const ManualClock clock;
    Metrics metrics;
    const auto log = AccessLog::open("/nowhere/access.log", clock, metrics);
    ASSERT_FALSE(log);
    EXPECT_THAT(log.error().what, HasSubstr("/nowhere/access.log"));
}

}  // namespace
}  // namespace callboard
