#include "event/mgcp_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace callboard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> read(std::string_view list) {
    std::vector<std::string> out;
    for_each_event(list, [&out](const MgcpEvent& event) {
        std::string text(event.package);
        text += '/';
        text += event.name;
        text += '@';
        text += event.connection;
        text += '(';
        text += event.parameters;
        out.push_back(text + ')');
    });
    return out;
}

TEST(MgcpEvents, are_read_one_by_one) {
    EXPECT_THAT(read("L/hd, D/5 ,rg"), ElementsAre("L/hd@()", "D/5@()", "/rg@()"));
    EXPECT_THAT(read("G/rt@A3F0(to=20)"), ElementsAre("G/rt@A3F0(to=20)"));
    EXPECT_THAT(read(""), IsEmpty());
    EXPECT_THAT(read(" , ,"), IsEmpty());
}

TEST(MgcpEvents, keep_commas_in_parentheses_and_quotes) {
    EXPECT_THAT(read(R"(L/ci(09/14/17/26,"555, 1212",Bond),L/rg)"),
                ElementsAre(R"(L/ci@(09/14/17/26,"555, 1212",Bond))", "L/rg@()"));
    EXPECT_THAT(read("L/hd(A, E(S(L/dl),R(L/oc, L/hu(N),D/[0-9#*T](D)))),L/hu"),
                ElementsAre("L/hd@(A, E(S(L/dl),R(L/oc, L/hu(N),D/[0-9#*T](D))))", "L/hu@()"));
    EXPECT_THAT(read(R"(L/ci(,"a)b",))"), ElementsAre(R"(L/ci@(,"a)b",))"));
}

TEST(MgcpEvents, pair_up_or_do_not) {
    for (const char* good : {"", "L/rg", "a(b(c)),d", R"(a("("))"}) EXPECT_TRUE(is_balanced(good)) << good;
    for (const char* bad : {"a(", "a)", ")(", R"(a("))", R"(")"}) EXPECT_FALSE(is_balanced(bad)) << bad;
}

TEST(MgcpEvents, of_a_key_are_known) {
    for (const char* key : {"D/5", "D/*", "D/#", "d/A", "L/9", "0"})
        EXPECT_TRUE(is_key(event_of(key))) << key;
    for (const char* other : {"D/T", "D/55", "G/5", "L/hd", "D/X", "D/"})
        EXPECT_FALSE(is_key(event_of(other))) << other;
}

TEST(MgcpCallerId, is_the_number_in_the_middle) {
    EXPECT_EQ(caller_id(R"(09/14/17/26,"555 1212","Ward Bond")").number, "555 1212");
    EXPECT_EQ(caller_id("09/14/17/26, 0612345678 ,").number, "0612345678");
    EXPECT_EQ(caller_id(",,Bond").number, "");
    EXPECT_EQ(caller_id("").number, "");
}

TEST(MgcpCallerId, that_is_private_or_not_known_is_no_number) {
    EXPECT_TRUE(caller_id(",P,").withheld);
    EXPECT_TRUE(caller_id(R"(,"P","P")").withheld);
    EXPECT_EQ(caller_id(",P,").number, "");
    EXPECT_FALSE(caller_id(",O,").withheld);
    EXPECT_EQ(caller_id(",O,").number, "");
}

TEST(MgcpEvents, of_any_text_are_pieces_of_it) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        std::size_t events = 0;
        for_each_event(text, [&](const MgcpEvent& event) {
            ++events;
            for (const std::string_view part :
                 {event.package, event.name, event.connection, event.parameters})
                RC_ASSERT(part.empty() || (part.data() >= text.data() &&
                                           part.data() + part.size() <= text.data() + text.size()));
        });
        RC_ASSERT(events <= text.size());
    }));
}

}  // namespace
}  // namespace callboard
