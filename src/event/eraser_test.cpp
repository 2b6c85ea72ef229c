#include "event/eraser.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

namespace callboard {
namespace {

std::string without(std::string_view number, std::string text) {
    Eraser eraser(number, "FR");
    eraser.erase(text);
    return text;
}

TEST(Eraser, FindsANumberHoweverItIsWritten) {
    for (const auto* number :
         {"0033612345678", "+33612345678", "0612345678", "06 12 34 56 78", "06.12.34.56.78",
          "+33 6 12 34 56 78", "00 33 6 12 34 56 78", "06-12-34-56-78"}) {
        EXPECT_EQ(without("+33 6 12 34 56 78", number), "anonymous") << number;
        EXPECT_EQ(without(number, "sip:0612345678@pbx"), "sip:anonymous@pbx") << number;
    }
}

TEST(Eraser, LeavesEveryOtherNumber) {
    for (const auto* text : {"0033612345679", "00336123456789", "10612345678", "612345", "06123456",
                             "2026-11-26", "", "+", "06 12 34 56", "1780000000612345678", "1001"})
        EXPECT_EQ(without("0612345678", text), text);
}

TEST(Eraser, FindsSeveralInOneText) {
    EXPECT_EQ(without("0612345678", "from 0612345678 to 0033612345678, not 0612345679"),
              "from anonymous to anonymous, not 0612345679");
    EXPECT_EQ(without("0612345678", "\"Ann 0612345678\" <sip:+33612345678@10.0.0.1:5060>;tag=0612345678"),
              "\"Ann anonymous\" <sip:anonymous@10.0.0.1:5060>;tag=anonymous");
}

TEST(Eraser, TakesOnlyTextsOutOfJson) {
    Eraser eraser("0612345678", "FR");
    std::string json =
        R"({"Calling":"0033612345678","n":33612345678,"a":["\"0612345678\"","x\\"],"0612345678":null})";
    EXPECT_TRUE(eraser.erase_json(json));
    EXPECT_EQ(json,
              R"({"Calling":"anonymous","n":33612345678,"a":["\"anonymous\"","x\\"],"anonymous":null})");
    EXPECT_FALSE(eraser.erase_json(json));
}

TEST(Eraser, IsOnlyForNumbersOfThePublicNetwork) {
    EXPECT_TRUE(Eraser("06 12 34 56 78", "FR").is_number());
    EXPECT_TRUE(Eraser("+441632960961", "FR").is_number());
    for (const auto* none : {"1001", "alice", "", "anonymous", "112", "0033"})
        EXPECT_FALSE(Eraser(none, "FR").is_number()) << none;
}

RC_GTEST_PROP(Eraser, KeepsJsonWhatItIs, (const std::string& before, const std::string& after)) {
    const auto quoted = [](const std::string& text) {
        std::string out = "\"";
        for (const char c : text)
            if (c >= ' ' && c < 127 && c != '"' && c != '\\') out += c;
        return out + "\"";
    };
    std::string json =
        "{" + quoted(before) + ":[" + quoted("0612345678") + "," + quoted(after + " +33612345678") + ",1]}";
    Eraser eraser("0612345678", "FR");
    RC_ASSERT(eraser.erase_json(json));
    simdjson::dom::parser parser;
    RC_ASSERT(parser.parse(json).error() == simdjson::SUCCESS);
    RC_ASSERT(json.find("0612345678") == std::string::npos ||
              before.find("0612345678") != std::string::npos ||
              after.find("0612345678") != std::string::npos);
}

RC_GTEST_PROP(Eraser, BearsAnything, (const std::string& text)) {
    Eraser eraser("0612345678", "FR");
    std::string plain = text, json = text;
    eraser.erase(plain);
    eraser.erase_json(json);
    RC_ASSERT(plain.find("0612345678") == std::string::npos || plain.size() > 10);
}

}  // namespace
}  // namespace callboard
