#include "net/http_field.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(HttpField, IsNamedByAToken) {
    for (const char* good : {"GET", "X-Api-Key", "a", "!#$%&'*+-.^_`|~0"})
        EXPECT_TRUE(is_token(good)) << good;
    for (const char* bad : {"", "a b", "a:", "\xC3\xA9", "a\t", "(x)", "a\x7F"})
        EXPECT_FALSE(is_token(bad)) << bad;
    EXPECT_FALSE(is_token(std::string_view("a\0", 2)));
}

TEST(HttpField, HasAValueOfOneLine) {
    for (const char* good : {"", "Bearer abc", "a\tb", "caf\xC3\xA9", "~"})
        EXPECT_TRUE(is_field_value(good)) << good;
    for (const char* bad : {"a\r\nb: c", "a\nb", "\x01", "\x7F"}) EXPECT_FALSE(is_field_value(bad)) << bad;
    EXPECT_FALSE(is_field_value(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace callboard
