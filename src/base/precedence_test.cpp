#include "base/precedence.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace callboard {
namespace {

int nice_of_this_thread() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); }

TEST(Precedence, IsGivenByOneThreadAlone) {
    const int before = nice_of_this_thread();
    int there = 0;
    std::thread([&there] {
        give_way();
        there = nice_of_this_thread();
    }).join();
    EXPECT_EQ(there, std::max(before, 10));
    EXPECT_EQ(nice_of_this_thread(), before);
}

TEST(Precedence, OfAPromptThreadKeepsItsNiceness) {
    int there = 0;
    std::thread([&there] {
        give_way();
        be_prompt();
        there = nice_of_this_thread();
    }).join();
    EXPECT_EQ(there, std::max(nice_of_this_thread(), 10));
}

}  // namespace
}  // namespace callboard
