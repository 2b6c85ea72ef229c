#include "event/sip_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace callboard {
namespace {

using namespace std::string_literals;

TEST(SipText, JoinsFoldedLines) {
    const std::vector<std::pair<std::string, std::string>> cases = {{"", ""},
                                                                    {"102 INVITE", "102 INVITE"},
                                                                    {"a  b\tc", "a  b\tc"},
                                                                    {"0009\r\n  INVITE", "0009 INVITE"},
                                                                    {"a \t\r\n\t b", "a b"},
                                                                    {"a\n b\r\n\r\n c", "a b c"},
                                                                    {"\r\n a", "a"},
                                                                    {"a\r\n ", "a"},
                                                                    {"\r\n", ""},
                                                                    {"a\rb", "a b"}};
    for (const auto& [text, line] : cases) EXPECT_EQ(unfolded(text), line) << text;
}

TEST(SipText, LeavesNoLineEndIn) {
    const std::string pieces[] = {"\r", "\n", " ", "\t", "x"};
    for (int i = 0; i < 3125; ++i) {
        std::string text;
        for (int n = i, k = 0; k < 5; ++k, n /= 5) text += pieces[n % 5];
        const std::string line = unfolded(text);
        EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << i;
        EXPECT_EQ(std::count(line.begin(), line.end(), 'x'), std::count(text.begin(), text.end(), 'x')) << i;
    }
}

TEST(SipText, ResolvesEscapes) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", ""},         {"alice", "alice"},   {"sips%3Auser%40example.com", "sips:user@example.com"},
        {"%6C%72", "lr"}, {"%6c", "l"},         {"%C3%89lodie", "\xc3\x89lodie"},
        {"%00"s, "\0"s},  {"%25%34%31", "%41"}, {"%", "%"},
        {"%4", "%4"},     {"a%4", "a%4"},       {"%ZZ", "%ZZ"},
        {"%4G", "%4G"},   {"%%41", "%A"},       {"100%", "100%"}};
    for (const auto& [user, text] : cases) EXPECT_EQ(unescaped(user), text) << user;
}

}  // namespace
}  // namespace callboard
