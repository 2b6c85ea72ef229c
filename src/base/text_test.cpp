#include "base/text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

TEST(Text, HasCaseInAsciiAlone) {
    EXPECT_EQ(lowered("Call-ID [\xC3\x89]"), "call-id [\xC3\x89]");
    EXPECT_EQ(lowered(""), "");
    EXPECT_TRUE(equals_ignoring_case("Call-ID", "cALL-id"));
    EXPECT_FALSE(equals_ignoring_case("Call-ID", "Call-I"));
    EXPECT_FALSE(equals_ignoring_case("[", "{")) << "letters alone have a case";
    EXPECT_FALSE(equals_ignoring_case("\xC3\x89", "\xC3\xA9"));
    EXPECT_TRUE(equals_ignoring_case("", ""));
}

TEST(Text, IsTrimmedOfTheBlanksThatAreNamed) {
    EXPECT_EQ(trimmed(" \t a b\t", " \t"), "a b");
    EXPECT_EQ(trimmed("\ta ", " "), "\ta");
    EXPECT_EQ(trimmed(" \t ", " \t"), "");
    EXPECT_EQ(trimmed("", " "), "");
}

TEST(Text, IsTakenPartByPart) {
    std::string_view text = "a,,b";
    EXPECT_EQ(take_part(text, ','), "a");
    EXPECT_EQ(take_part(text, ','), "");
    EXPECT_EQ(text, "b");
    EXPECT_EQ(take_part(text, ','), "b");
    EXPECT_EQ(take_part(text, ','), "");
    EXPECT_EQ(text, "");
    text = "a,";
    EXPECT_EQ(take_part(text, ','), "a");
    EXPECT_EQ(text, "");
}

TEST(PercentCoding, ResolvesEscapesAndLeavesTheRest) {
    struct {
        const char *text, *path, *query;
    } const cases[] = {
        {"", "", ""},
        {"plain", "plain", "plain"},
        {"a%20b", "a b", "a b"},
        {"a+b", "a+b", "a b"},
        {"%2B33", "+33", "+33"},
        {"%e2%82%AC", "\xE2\x82\xAC", "\xE2\x82\xAC"},
        {"100%", "100%", "100%"},
        {"%4", "%4", "%4"},
        {"%zz%4g%%41", "%zz%4g%A", "%zz%4g%A"},
        {"%2541", "%41", "%41"},  // once, not twice
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(percent_decoded(c.text, false), c.path);
        EXPECT_EQ(percent_decoded(c.text, true), c.query);
    }
    EXPECT_EQ(percent_decoded("%zz%4a%2B"), "%zzJ+");
    EXPECT_EQ(percent_decoded("a%00b", false), std::string("a\0b", 3));
}

TEST(PercentCoding, IsUndoneByItsOpposite) {
    EXPECT_EQ(percent_encoded("a-Z_0.~"), "a-Z_0.~");
    EXPECT_EQ(percent_encoded("a b/\xC3\xA9&="), "a%20b%2F%C3%A9%26%3D");
    EXPECT_TRUE(rc::check("decoded(encoded(x)) = x, in paths and queries", [](const std::string& text) {
        RC_ASSERT(percent_decoded(percent_encoded(text), false) == text);
        RC_ASSERT(percent_decoded(percent_encoded(text), true) == text);
    }));
}

TEST(PercentCoding, IsUndoneForEveryByte) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        std::string encoded;
        for (const char c : text) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        RC_ASSERT(percent_decoded(encoded) == text);
    }));
}

TEST(NumberIn, IsTheWholeTextOrNothing) {
    EXPECT_EQ(number_in<int>("-7"), -7);
    EXPECT_EQ(number_in<std::uint16_t>("65535"), 65535);
    EXPECT_EQ(number_in<double>("1.5"), 1.5);
    for (const char* text : {"", "-", "+7", " 7", "7 ", "7x", "0x7", "7.0", "99999999999"})
        EXPECT_EQ(number_in<int>(text), std::nullopt) << text;
    EXPECT_EQ(number_in<unsigned>("-7"), std::nullopt);
    EXPECT_EQ(number_in<std::uint16_t>("65536"), std::nullopt);
    EXPECT_EQ(number_in<int>(std::string_view()), std::nullopt);
}

}  // namespace
}  // namespace callboard
