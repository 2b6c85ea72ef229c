#include "hub/line_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LineSources, HaveTheLastOneAtTheEnd) {
    LineSources sources;
    EXPECT_THAT(sources.of("1"), IsEmpty());
    for (const auto* source : {"a", "b", "a", "a", "c", "b"}) sources.told("1", source);
    sources.told("2", "a");
    EXPECT_THAT(sources.of("1"), ElementsAre("a", "c", "b"));
    EXPECT_THAT(sources.of("2"), ElementsAre("a"));
}

}  // namespace
}  // namespace callboard
