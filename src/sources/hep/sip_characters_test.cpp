#include "sources/hep/sip_characters.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(SipCharacters, TrimAsHeadersNeed) {
    EXPECT_EQ(trimmed(" \t\r\na b\r\n "), "a b");
    EXPECT_EQ(trimmed(" \r\n"), "");
}

TEST(SipCharacters, OfATokenAreThoseOfTheRfc) {
    for (char c : std::string_view("azAZ09-.!%*_+`'~")) EXPECT_TRUE(is(c, SipCharacter::token)) << c;
    for (char c : std::string_view(" \t\"(),/:;<=>?@[]{}\\\xc3"))
        EXPECT_FALSE(is(c, SipCharacter::token)) << c;
}

TEST(SipCharacters, EachByteIsWhatItsUsesSay) {
    for (int i = 0; i < 256; ++i) {
        const char c = static_cast<char>(i);
        const bool separator = c == ';' || c == ',';
        EXPECT_EQ(is(c, SipCharacter::value), is(c, SipCharacter::uri) && !separator) << i;
        EXPECT_EQ(is(c, SipCharacter::sent_by), is(c, SipCharacter::token) || is(c, SipCharacter::blank) ||
                                                    c == ':' || c == '[' || c == ']')
            << i;
        EXPECT_TRUE(is(c, SipCharacter::token) || !is(c, SipCharacter::host)) << i;
        EXPECT_FALSE(is(c, SipCharacter::blank) && is(c, SipCharacter::uri)) << i;
    }
}

TEST(SipCharacters, RunsEndWhereTheyHaveTo) {
    EXPECT_EQ(run_of("", SipCharacter::token), 0U);
    EXPECT_EQ(run_of("tag=1", SipCharacter::token), 3U);
    EXPECT_EQ(run_of("tag", SipCharacter::token), 3U);
    EXPECT_EQ(run_until("host;x,y", ';', ','), 4U);
    EXPECT_EQ(run_until("host,x;y", ';', ','), 4U);
    EXPECT_EQ(run_until("host", ';', ','), 4U);
    EXPECT_TRUE(is_all("", SipCharacter::host));
    EXPECT_TRUE(is_all("a_b.example", SipCharacter::host));
    EXPECT_FALSE(is_all("a b", SipCharacter::host));
}

}  // namespace
}  // namespace callboard
