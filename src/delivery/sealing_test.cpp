#include "delivery/sealing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace callboard {
namespace {

const Secret kKey(std::string(32, 'k'));

TEST(Sealing, GivesBackWhatItSealed) {
    const Sealing sealing(kKey, "test", 1'000);
    EXPECT_TRUE(rc::check([&](const std::string& text, const std::string& bound) {
        const std::string sealed = sealing.seal(text, bound);
        RC_ASSERT(sealing.open(sealed, bound) == text);
    }));
}

TEST(Sealing, OpensNothingElse) {
    const Sealing sealing(kKey, "test", 1'000);
    const std::string sealed = sealing.seal("a text", "its place");
    EXPECT_FALSE(sealing.open(sealed, "another place"));
    EXPECT_FALSE(Sealing(kKey, "another purpose", 1'000).open(sealed, "its place"));
    EXPECT_FALSE(Sealing(Secret(std::string(32, 'x')), "test", 1'000).open(sealed, "its place"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string damaged = sealed;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        EXPECT_FALSE(sealing.open(damaged, "its place")) << i;
        EXPECT_FALSE(sealing.open(std::string_view(sealed).substr(0, i), "its place")) << i;
    }
}

TEST(Sealing, HidesTheText) {
    const Sealing sealing(kKey, "test", 1'000);
    const std::string sealed = sealing.seal("a text", "");
    EXPECT_EQ(sealed.find("text"), std::string::npos);
    EXPECT_NE(sealing.seal("a text", ""), sealed);
}

TEST(Sealing, RefusesWhatIsTooLong) {
    const Sealing sealing(kKey, "test", 10);
    EXPECT_FALSE(sealing.seal("ten bytes.", "").empty());
    EXPECT_TRUE(sealing.seal("eleven byte", "").empty());
}

TEST(Hmac, DiffersByPurposeAndMessage) {
    EXPECT_EQ(hmac_of(kKey, "a", "b").size(), 32U);
    EXPECT_EQ(hmac_of(kKey, "a", "b"), hmac_of(kKey, "a", "b"));
    EXPECT_NE(hmac_of(kKey, "a", "b"), hmac_of(kKey, "a", "c"));
    EXPECT_NE(hmac_of(kKey, "a", "b"), hmac_of(kKey, "b", "b"));
}

}  // namespace
}  // namespace callboard
