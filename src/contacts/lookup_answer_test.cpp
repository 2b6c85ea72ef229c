#include "contacts/lookup_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include "contacts/contact_reader.hpp"

namespace callboard {
namespace {

using testing::HasSubstr;
using Kind = LookupAnswer::Kind;

LookupAnswer text(std::string_view body) {
    return read_lookup(200, "text/plain; charset=utf-8", body, "name");
}
LookupAnswer json(std::string_view body, std::string_view field = "name") {
    return read_lookup(200, "application/json", body, field);
}

TEST(LookupAnswer, IsTheFirstLineOfAText) {
    EXPECT_EQ(text("Hélène Dupont").name, "Hélène Dupont");
    EXPECT_EQ(text("  Jean \r\nSales, 3rd floor\n").name, "Jean");
    EXPECT_EQ(read_lookup(200, "TEXT/Plain", "Jean", "name").name, "Jean");
    EXPECT_EQ(text("Jean\tDupont").name, "Jean Dupont");
}

TEST(LookupAnswer, IsAMemberOfAnObject) {
    EXPECT_EQ(json(R"({"id":7,"name":"Jean Dupont"})").name, "Jean Dupont");
    EXPECT_EQ(json(R"({"data":{"contact":{"title":"Jean"}}})", "data.contact.title").name, "Jean");
    EXPECT_EQ(read_lookup(200, "application/vnd.api+json; v=2", R"({"name":"Jean"})", "name").name, "Jean");
}

TEST(LookupAnswer, TakesTheFirstOfAList) {
    EXPECT_EQ(json(R"([{"name":"Jean"},{"name":"Paul"}])").name, "Jean");
    EXPECT_EQ(json(R"({"results":[{"names":["Jean","J."]}]})", "results.names").name, "Jean");
}

TEST(LookupAnswer, MayBeNobody) {
    for (const char* body :
         {"{}", "[]", R"({"name":null})", R"({"name":""})", R"({"name":" "})", R"({"name":[]})", "null", "7"})
        EXPECT_EQ(json(body).kind, Kind::nobody) << body;
    EXPECT_EQ(json(R"({"results":[]})", "results.name").kind, Kind::nobody);
    EXPECT_EQ(text("").kind, Kind::nobody);
    EXPECT_EQ(text("\nJean").kind, Kind::nobody);
    EXPECT_EQ(read_lookup(404, "text/html", "<h1>not found", "name").kind, Kind::nobody);
    EXPECT_EQ(read_lookup(204, "", "", "name").kind, Kind::nobody);
}

TEST(LookupAnswer, SaysWhatItCannotUse) {
    const auto why = [](const LookupAnswer& answer) {
        EXPECT_EQ(answer.kind, Kind::failed);
        return answer.why;
    };
    EXPECT_THAT(why(read_lookup(500, "text/plain", "Jean", "name")), HasSubstr("status 500"));
    EXPECT_THAT(why(read_lookup(302, "", "", "name")), HasSubstr("status 302"));
    EXPECT_THAT(why(read_lookup(200, "text/html", "<h1>Log in", "name")), HasSubstr("neither"));
    EXPECT_THAT(why(read_lookup(200, "", "Jean", "name")), HasSubstr("neither"));
    EXPECT_THAT(why(json("{\"name\":")), HasSubstr("no JSON"));
    EXPECT_THAT(why(json(R"({"name":7})")), HasSubstr("\"name\" is no text"));
    EXPECT_THAT(why(json(R"({"name":{"first":"Jean"}})")), HasSubstr("is no text"));
    EXPECT_THAT(why(text("Jean \xFF")), HasSubstr("UTF-8"));
}

TEST(LookupAnswer, CutsALongNameBehindACharacter) {
    std::string name;
    for (int i = 0; i < 150; ++i) name += "é";
    EXPECT_EQ(text(name).name, name.substr(0, 200));
    EXPECT_EQ(text("x" + name).name, "x" + name.substr(0, 198));
}

TEST(LookupAnswer, FoundIsAlwaysANameThatCanBeKept) {
    const bool held = rc::check([](const std::string& body, bool as_json) {
        const LookupAnswer answer = as_json ? json(body) : text(body);
        if (answer.kind != Kind::found) return RC_ASSERT(answer.name.empty());
        RC_ASSERT(!answer.name.empty() && answer.name.size() <= Contact::kMostNameBytes);
        RC_ASSERT(simdjson::validate_utf8(answer.name));
        RC_ASSERT(answer.name.find('\n') == std::string::npos);
    });
    EXPECT_TRUE(held);
}

TEST(HeaderLine, IsANameAndAValue) {
    const auto line = header_line("Authorization:  Bearer abc ");
    EXPECT_EQ(line.name, "Authorization");
    EXPECT_EQ(line.value, "Bearer abc");
}

TEST(HeaderLine, RefusesWhatWouldBreakARequest) {
    for (const char* bad : {"", "abc", ":x", "a b: c", "a:", "a: ", "a: b\r\nc: d", "a: \xC3\xA9"})
        EXPECT_TRUE(header_line(bad).name.empty()) << bad;
}

}  // namespace
}  // namespace callboard
