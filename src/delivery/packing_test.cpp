#include "delivery/packing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace callboard {
namespace {

TEST(Packing, ReadsBackWhatWasPut) {
    const bool held = rc::check([](std::uint64_t number, std::int64_t ns, const std::string& text) {
        Packer to;
        to.put(number);
        to.put(time_from_nanoseconds(ns));
        to.put(text);
        const std::string bytes = to.take();
        Unpacker from(bytes);
        RC_ASSERT(from.number() == number);
        RC_ASSERT(from.time() == time_from_nanoseconds(ns));
        RC_ASSERT(from.text() == text);
        RC_ASSERT(from.whole() && from.left() == 0U);
    });
    EXPECT_TRUE(held);
}

TEST(Packing, TellsWhatIsMissing) {
    Packer to;
    to.put("text");
    const std::string bytes = to.take();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        Unpacker from(std::string_view(bytes).substr(0, length));
        EXPECT_EQ(from.text(), "") << length;
        EXPECT_FALSE(from.whole()) << length;
    }
}

TEST(Packing, BelievesNoLengthThatCannotBe) {
    Packer to;
    to.put(std::numeric_limits<std::uint64_t>::max());
    const std::string bytes = to.take();
    Unpacker from(bytes);
    EXPECT_EQ(from.text(), "");
    EXPECT_FALSE(from.whole());
}

}  // namespace
}  // namespace callboard
