#include "delivery/cursor.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace callboard {
namespace {

const CursorSeal kSeal(Secret("0123456789abcdef0123456789abcdef"));

TEST(CursorSeal, OpensWhatItSealed) {
    EXPECT_TRUE(rc::check([](std::uint64_t epoch, Sequence sequence) {
        const Cursor cursor{epoch, sequence};
        RC_ASSERT(kSeal.open(kSeal.seal(cursor)) == cursor);
    }));
    const Cursor last{std::numeric_limits<std::uint64_t>::max(), std::numeric_limits<Sequence>::max()};
    EXPECT_EQ(kSeal.open(kSeal.seal(last)), last);
}

TEST(CursorSeal, GoesIntoAUrlAsItIs) {
    EXPECT_TRUE(rc::check([](std::uint64_t epoch, Sequence sequence) {
        const std::string text = kSeal.seal({epoch, sequence});
        RC_ASSERT(text.size() == 32U);
        for (const char c : text)
            RC_ASSERT(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_');
    }));
}

TEST(CursorSeal, KnowsEveryChange) {
    const std::string text = kSeal.seal({42, 4711});
    for (std::size_t at = 0; at < text.size(); ++at)
        for (const char other : {'A', 'z', '0', '-', '_', ' ', '\0', '\xff', '='}) {
            std::string changed = text;
            changed[at] = other;
            EXPECT_EQ(kSeal.open(changed).has_value(), changed == text) << at << ' ' << other;
        }
}

TEST(CursorSeal, KnowsWhatIsNotItsOwn) {
    const std::string text = kSeal.seal({42, 4711});
    EXPECT_FALSE(CursorSeal(Secret("another key")).open(text));
    for (const std::string& other :
         {std::string(), std::string("undefined"), std::string("BkfFH11M1cf7"), text + "A", text.substr(1),
          std::string(32, 'A'), std::string(100'000, 'A')})
        EXPECT_FALSE(kSeal.open(other)) << other.substr(0, 40);
}

TEST(CursorSeal, NeverBelievesNoise) {
    EXPECT_TRUE(rc::check([](const std::string& noise) { RC_ASSERT(!kSeal.open(noise)); }));
}

}  // namespace
}  // namespace callboard
