#include "delivery/sse/filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard::sse {
namespace {

using ::testing::ElementsAre;

Record record(std::string line, std::string name) {
    Record record;
    record.ressource = std::move(line);
    record.name = std::move(name);
    return record;
}

TEST(Filter, ReadsLists) {
    const Filter filter = Filter::from("100, 200 ,,300,", " start_ringing");
    EXPECT_THAT(filter.services, ElementsAre("100", "200", "300"));
    EXPECT_THAT(filter.events, ElementsAre("start_ringing"));
    EXPECT_FALSE(filter.everything());
}

TEST(Filter, OfNothingTakesEverything) {
    for (const char* nothing : {"", ",", " , ,"}) {
        const Filter filter = Filter::from(nothing, nothing);
        EXPECT_TRUE(filter.everything());
        EXPECT_TRUE(filter.takes(record("100", "start_ringing")));
    }
}

TEST(Filter, WantsBothServiceAndEvent) {
    const Filter filter = Filter::from("100,200", "start_ringing,end_calling");
    EXPECT_TRUE(filter.takes(record("200", "end_calling")));
    EXPECT_FALSE(filter.takes(record("300", "end_calling")));
    EXPECT_FALSE(filter.takes(record("100", "start_calling")));
}

TEST(Filter, IsBounded) {
    std::string list;
    for (int i = 0; i < 1'000; ++i) list += std::to_string(i) + ",";
    EXPECT_EQ(Filter::from(list, list).services.size(), Filter::kMost);
}

}  // namespace
}  // namespace callboard::sse
