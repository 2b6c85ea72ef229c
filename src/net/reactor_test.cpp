#include "net/reactor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "net/socket.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

/// Runs the reactor on this thread until it is stopped; a test that hangs is ended by ctest's deadline.
class ReactorTest : public testing::Test {
  protected:
    SystemClock clock_;
    Reactor reactor_{clock_};
    std::vector<int> seen_;
};

TEST_F(ReactorTest, PostedCallsRunInOrder) {
    for (int i = 0; i < 5; ++i) reactor_.post([this, i] { seen_.push_back(i); });
    reactor_.post([this] {
        reactor_.post([this] {
            seen_.push_back(99);
            reactor_.stop();
        });
        seen_.push_back(5);
    });
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre(0, 1, 2, 3, 4, 5, 99));
}

TEST_F(ReactorTest, WhatWasPostedBeforeStopIsDone) {
    reactor_.stop();
    reactor_.post([this] { seen_.push_back(1); });
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre(1));
}

TEST_F(ReactorTest, OtherThreadsWakeIt) {
    std::thread reactor([this] { reactor_.run(); });
    constexpr int kEach = 1'000;
    std::vector<std::thread> others;
    int count = 0;  // of the reactor's thread
    for (int t = 0; t < 4; ++t)
        others.emplace_back([this, &count] {
            for (int i = 0; i < kEach; ++i) reactor_.post([&count] { ++count; });
        });
    for (auto& other : others) other.join();
    std::promise<int> counted;
    reactor_.post([&] { counted.set_value(count); });
    EXPECT_EQ(counted.get_future().get(), 4 * kEach);
    reactor_.stop();
    reactor.join();
}

TEST_F(ReactorTest, TimersRunByTimeThenByAge) {
    const auto begun = clock_.steady();
    reactor_.after(milliseconds(20), [this] { seen_.push_back(3); });
    reactor_.after(milliseconds(5), [this] { seen_.push_back(2); });
    reactor_.after(milliseconds(0), [this] { seen_.push_back(1); });
    reactor_.after(milliseconds(30), [&] {
        EXPECT_GE(clock_.steady() - begun, milliseconds(30)) << "never early";
        reactor_.stop();
    });
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre(1, 2, 3));
}

TEST_F(ReactorTest, ACancelledTimerDoesNotRun) {
    const auto first = reactor_.after(milliseconds(1), [this] { seen_.push_back(1); });
    Reactor::TimerId third = 0;
    reactor_.after(milliseconds(2), [&] {
        seen_.push_back(2);
        reactor_.cancel(third);  // due at the same time as this one, and not yet run
    });
    third = reactor_.after(milliseconds(2), [this] { seen_.push_back(3); });
    reactor_.after(milliseconds(10), [this] { reactor_.stop(); });
    reactor_.cancel(first);
    reactor_.cancel(first);
    reactor_.cancel(12'345);
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre(2));
}

TEST(ReactorTimers, ATimerThatSetsItselfAgainLetsOthersRun) {
    ManualClock still;
    Reactor reactor(still);
    int turns = 0;
    std::function<void()> again = [&] {
        if (++turns == 3) reactor.stop();
        reactor.post([] {});  // the next turn comes at once
        reactor.after(milliseconds(0), again);
    };
    reactor.after(milliseconds(0), again);
    reactor.run();
    EXPECT_EQ(turns, 3) << "once a turn, though time stands still";
}

class ReactorWatchTest : public ReactorTest {
  protected:
    void SetUp() override {
        std::array<int, 2> pair{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
        ours_ = Descriptor(pair[0]);
        theirs_ = Descriptor(pair[1]);
    }
    void say(char c) { ASSERT_EQ(::write(theirs_.get(), &c, 1), 1); }
    int hear() {
        char c = 0;
        return ::read(ours_.get(), &c, 1) == 1 ? c : -1;
    }
    Descriptor ours_, theirs_;
};

TEST_F(ReactorWatchTest, TellsAsLongAsThereIsSomethingToRead) {
    say('a');
    say('b');
    reactor_.watch(ours_.get(), EPOLLIN, [this](std::uint32_t events) {
        EXPECT_TRUE(events & EPOLLIN);
        seen_.push_back(hear());
        if (seen_.size() == 2) reactor_.stop();
    });
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre('a', 'b'));
}

TEST_F(ReactorWatchTest, WatchesForSomethingElse) {
    reactor_.watch(ours_.get(), EPOLLIN, [this](std::uint32_t events) {
        EXPECT_FALSE(events & EPOLLIN);
        EXPECT_TRUE(events & EPOLLOUT);
        seen_.push_back(1);
        reactor_.stop();
    });
    reactor_.rewatch(ours_.get(), EPOLLOUT);
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre(1));
}

TEST_F(ReactorWatchTest, UnwatchedDescriptorsAreSilent) {
    say('a');
    reactor_.watch(ours_.get(), EPOLLIN, [this](std::uint32_t) { seen_.push_back(1); });
    reactor_.unwatch(ours_.get());
    reactor_.after(milliseconds(5), [this] { reactor_.stop(); });
    reactor_.run();
    EXPECT_TRUE(seen_.empty());
}

TEST_F(ReactorWatchTest, AWatchMayEndItselfAndTheOther) {
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    const Descriptor second(pair[0]);
    const Descriptor peer(pair[1]);
    say('a');
    ASSERT_EQ(::write(peer.get(), "b", 1), 1);
    // Both are ready in one turn; whichever comes first ends both, so the event of the other is stale.
    const auto end_both = [&](std::uint32_t) {
        seen_.push_back(1);
        reactor_.unwatch(ours_.get());
        reactor_.unwatch(second.get());
        reactor_.watch(second.get(), EPOLLOUT, [this](std::uint32_t events) {
            EXPECT_FALSE(events & EPOLLIN) << "an event of the earlier watch";
            seen_.push_back(2);
            reactor_.stop();
        });
    };
    reactor_.watch(ours_.get(), EPOLLIN, end_both);
    reactor_.watch(second.get(), EPOLLIN, end_both);
    reactor_.run();
    EXPECT_THAT(seen_, ElementsAre(1, 2));
}

TEST_F(ReactorWatchTest, SeesThatTheOtherSideIsGone) {
    theirs_.reset();
    reactor_.watch(ours_.get(), 0, [this](std::uint32_t events) {
        EXPECT_TRUE(events & EPOLLHUP);
        reactor_.stop();
    });
    reactor_.run();
}

struct AddressCase {
    const char *text, *read;
};

TEST(SocketAddress, ReadsWhatPeopleWrite) {
    const AddressCase cases[] = {{"127.0.0.1:8080", "127.0.0.1:8080"},
                                 {"[::1]:8080", "[::1]:8080"},
                                 {"0.0.0.0:0", "0.0.0.0:0"},
                                 {"[::]:65535", "[::]:65535"}};
    for (const auto& c : cases) {
        const auto address = parse_address(c.text);
        ASSERT_TRUE(address) << c.text;
        EXPECT_EQ(address->text(), c.read);
    }
    for (const char* text :
         {"", ":", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1:80x", "[]:80", "256.0.0.1:80", "no.such.host.invalid:80"}) {
        const auto address = parse_address(text);
        ASSERT_FALSE(address) << text;
        EXPECT_EQ(address.error().kind, Error::Kind::invalid);
    }
}

TEST(SocketAddress, APortThatIsTakenIsSaidSo) {
    const auto any = parse_address("127.0.0.1:0");
    ASSERT_TRUE(any);
    const auto first = bound_socket(*any, SOCK_STREAM, false);
    ASSERT_TRUE(first);
    ASSERT_EQ(::listen(first->get(), 1), 0);
    const SocketAddress taken = local_address(first->get());
    EXPECT_NE(taken.port(), 0);
    const auto second = bound_socket(taken, SOCK_STREAM, false);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().what, testing::HasSubstr("another program listens there"));
    EXPECT_THAT(second.error().what, testing::HasSubstr(taken.text()));
}

}  // namespace
}  // namespace callboard
