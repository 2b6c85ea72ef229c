#include "contacts/folded.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

TEST(Folded, HasNeitherCaseNorAccents) {
    EXPECT_EQ(folded("Hélène DUPONT"), "helene dupont");
    EXPECT_EQ(folded("ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÑ àâäçéèêëîïôöùûüÿñ"), "aaaceeeeiioouuuyn aaaceeeeiioouuuyn");
    EXPECT_EQ(folded("Œuvre Æsop Straße"), "oeuvre aesop strasse");
    EXPECT_EQ(folded("Łódź Šimůnek Ørsted"), "lodz simunek orsted");
}

TEST(Folded, LeavesOtherLettersAlone) {
    for (const char* text : {"", "0612", "Ж", "中", "a\xC3", "\xC3", "\xC5\x20", "\xFF\xC4", "×÷"})
        EXPECT_EQ(folded(text), text);
}

TEST(Folded, TwiceIsOnce) {
    EXPECT_TRUE(rc::check([](const std::string& text) { RC_ASSERT(folded(folded(text)) == folded(text)); }));
}

}  // namespace
}  // namespace callboard
