#include "base/work_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace callboard {
namespace {

TEST(WorkQueue, HandsOutInOrderUpToItsBound) {
    WorkQueue<int> queue(2);
    EXPECT_TRUE(queue.push(1));
    EXPECT_TRUE(queue.push(2));
    EXPECT_FALSE(queue.push(3));
    EXPECT_EQ(queue.next(), 1);
    EXPECT_TRUE(queue.push(4));
    EXPECT_EQ(queue.next(), 2);
    EXPECT_EQ(queue.next(), 4);
}

TEST(WorkQueue, EndsThoseWhoWaitAndDropsWhatWaits) {
    WorkQueue<std::shared_ptr<int>> queue(10);
    const auto work = std::make_shared<int>(1);
    EXPECT_TRUE(queue.push(work));
    EXPECT_EQ(work.use_count(), 2);
    EXPECT_FALSE(queue.stopping());
    queue.stop();
    EXPECT_TRUE(queue.stopping());
    EXPECT_EQ(work.use_count(), 1);
    EXPECT_EQ(queue.next(), std::nullopt);
    EXPECT_FALSE(queue.push(work));

    WorkQueue<int> empty(1);
    std::thread waits([&empty] { EXPECT_EQ(empty.next(), std::nullopt); });
    empty.stop();
    waits.join();
}

TEST(WorkQueue, GivesEachThingToOneOfMany) {
    WorkQueue<int> queue(1'000);
    for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(queue.push(i));
    std::atomic<int> sum = 0, left = 1'000;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            while (const auto work = queue.next()) {
                sum += *work;
                if (--left == 0) queue.stop();
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(sum, 999 * 1'000 / 2);
}

}  // namespace
}  // namespace callboard
