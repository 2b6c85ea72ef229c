#include "net/stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <cerrno>
#include <functional>
#include <future>
#include <thread>

#include "net/outbox.hpp"
#include "net/reactor.hpp"

namespace callboard {
namespace {

SharedBytes shared(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

/// Two ends of a TCP connection on loopback: the first non-blocking, the second blocking with a time-out.
std::pair<Descriptor, Descriptor> connected() {
    const auto listener = bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
    ::listen(listener->get(), 1);
    const SocketAddress address = local_address(listener->get());
    Descriptor theirs(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(theirs.get(), address.raw(), address.length), 0);
    const timeval patience{10, 0};
    setsockopt(theirs.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    Descriptor ours;
    do ours = Descriptor(::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    while (!ours && errno == EAGAIN);
    return {std::move(ours), std::move(theirs)};
}

void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string receive(int fd, std::size_t count) {
    std::string all(count, '\0');
    const ssize_t got = ::recv(fd, all.data(), count, MSG_WAITALL);
    all.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return all;
}

/// Notes what it hears, and does as the test wishes.
struct Owner final : StreamOwner {
    void on_bytes(std::string_view bytes) override {
        received += bytes;
        if (at_bytes) at_bytes();
    }
    void on_input_end() override {
        ended = true;
        if (at_end) at_end();
    }
    void on_broken() override {
        broken = true;
        stream.reset();
    }
    void on_drained() override {
        ++drained;
        if (at_drained) at_drained();
    }

    std::unique_ptr<Stream> stream;
    std::string received;
    int drained = 0;
    bool ended = false, broken = false;
    std::function<void()> at_bytes, at_end, at_drained;
};

class StreamTest : public testing::TestWithParam<Reactor::Moving> {
  protected:
    StreamTest() : reactor_(clock_, GetParam()), thread_([this] { reactor_.run(); }) {}
    /// Does it on the reactor's thread, and waits until it is done.
    template <typename Call>
    auto on_reactor(Call call) {
        std::packaged_task<decltype(call())()> task(std::move(call));
        auto done = task.get_future();
        reactor_.post([&task] { task(); });
        return done.get();
    }
    ~StreamTest() override {
        on_reactor([this] { owners_.clear(); });
        reactor_.stop();
        thread_.join();
    }
    bool eventually(const std::function<bool()>& holds) {
        const auto deadline = clock_.steady() + std::chrono::seconds(10);
        while (!on_reactor(holds))
            if (clock_.steady() > deadline) return false;
        return true;
    }
    /// A stream with its owner; the other end is the test's.
    std::pair<Owner*, Descriptor> open() {
        auto ends = connected();
        owners_.push_back(std::make_unique<Owner>());
        Owner* owner = owners_.back().get();
        on_reactor([&, this] { owner->stream = reactor_.open(std::move(ends.first), *owner); });
        return {owner, std::move(ends.second)};
    }

    SystemClock clock_;
    Reactor reactor_;
    std::vector<std::unique_ptr<Owner>> owners_;
    std::thread thread_;
};

TEST_P(StreamTest, CarriesBytesBothWays) {
    auto [owner, theirs] = open();
    send_all(theirs.get(), "hello");
    EXPECT_TRUE(eventually([owner = owner] { return owner->received == "hello"; }));
    on_reactor([owner = owner] {
        owner->stream->write(shared("good "));
        owner->stream->write(shared(""));
        owner->stream->write(shared("morning"));
        EXPECT_EQ(owner->stream->backlog(), 12U);
    });
    EXPECT_EQ(receive(theirs.get(), 12), "good morning");
    EXPECT_TRUE(eventually([owner = owner] {
        return owner->stream->backlog() == 0 && owner->stream->acknowledged() && owner->drained == 1;
    }));
    EXPECT_EQ(on_reactor([owner = owner] { return owner->stream->taken(); }), 12U);
}

TEST_P(StreamTest, MuchArrivesWholeAndInOrder) {
    auto [owner, theirs] = open();
    std::string wanted;
    std::vector<SharedBytes> parts;
    for (int i = 0; i < 3'000; ++i) {
        parts.push_back(
            shared(std::string(static_cast<std::size_t>(i * 7 % 3'001), static_cast<char>('a' + i % 26))));
        wanted += *parts.back();
    }
    on_reactor([&, owner = owner] {
        for (auto& part : parts) owner->stream->write(part);
    });
    EXPECT_EQ(receive(theirs.get(), wanted.size()), wanted);
    send_all(theirs.get(), wanted);
    EXPECT_TRUE(eventually([&, owner = owner] { return owner->received.size() == wanted.size(); }));
    EXPECT_EQ(on_reactor([owner = owner] { return owner->received; }), wanted);
}

TEST_P(StreamTest, WritingWhileTheKernelTakesNothingGoesOnLater) {
    auto [owner, theirs] = open();
    const std::string much(16 << 20, 'x');
    on_reactor([&, owner = owner] { owner->stream->write(shared(much)); });
    EXPECT_TRUE(eventually([owner = owner] { return owner->stream->taken() > 0; }));
    on_reactor([owner = owner] {
        EXPECT_GT(owner->stream->backlog(), 0U);
        EXPECT_FALSE(owner->stream->acknowledged());
        owner->stream->write(shared("the end"));
    });
    EXPECT_EQ(receive(theirs.get(), much.size() + 7).substr(much.size()), "the end");
    EXPECT_TRUE(eventually([owner = owner] { return owner->stream->backlog() == 0; }));
}

TEST_P(StreamTest, WhoPausesIsNotReadFrom) {
    auto [owner, theirs] = open();
    on_reactor([owner = owner] { owner->stream->read(false); });
    // A turn, so that what was asked of the kernel before is taken back.
    on_reactor([] {});
    send_all(theirs.get(), "later");
    on_reactor([] {});
    on_reactor([owner = owner] { owner->stream->read(true); });
    EXPECT_TRUE(eventually([owner = owner] { return owner->received == "later"; }));
}

TEST_P(StreamTest, TellsTheEndAndStillWrites) {
    auto [owner, theirs] = open();
    send_all(theirs.get(), "last");
    ::shutdown(theirs.get(), SHUT_WR);
    EXPECT_TRUE(eventually([owner = owner] { return owner->ended; }));
    EXPECT_EQ(on_reactor([owner = owner] { return owner->received; }), "last");
    on_reactor([owner = owner] { owner->stream->write(shared("answer")); });
    EXPECT_EQ(receive(theirs.get(), 6), "answer");
    EXPECT_TRUE(eventually([owner = owner] { return owner->drained > 0; }));
    on_reactor([owner = owner] { owner->stream->end_output(); });
    EXPECT_EQ(receive(theirs.get(), 1), "");
}

TEST_P(StreamTest, TellsThatItIsBrokenOnce) {
    auto [owner, theirs] = open();
    const linger reset{1, 0};
    setsockopt(theirs.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    on_reactor([owner = owner] { owner->stream->write(shared(std::string(8 << 20, 'x'))); });
    theirs.reset();
    EXPECT_TRUE(eventually([owner = owner] { return owner->broken; }));
}

TEST_P(StreamTest, MayEndInEachOfItsOwnersCalls) {
    for (int call = 0; call < 3; ++call)
        for (int round = 0; round < 20; ++round) {
            auto [owner, theirs] = open();
            on_reactor([&, owner = owner] {
                const auto end = [owner] { owner->stream.reset(); };
                (call == 0 ? owner->at_bytes : call == 1 ? owner->at_end : owner->at_drained) = end;
                if (call == 2) owner->stream->write(shared("x"));
            });
            send_all(theirs.get(), "bytes that may come in several parts");
            if (call == 1) ::shutdown(theirs.get(), SHUT_WR);
            EXPECT_TRUE(eventually([owner = owner] { return !owner->stream; })) << call;
        }
}

/// Numbers of descriptors come again: nothing of an earlier connection may reach a later one.
TEST_P(StreamTest, WhatEndsInMidFlightTouchesNobodyElse) {
    for (int round = 0; round < 50; ++round) {
        auto [first, first_theirs] = open();
        on_reactor([first = first] {
            first->stream->write(shared(std::string(4 << 20, 'F')));
            first->at_bytes = [first] { first->stream.reset(); };
        });
        send_all(first_theirs.get(), "f");
        auto [second, second_theirs] = open();
        on_reactor([second = second] { second->stream->write(shared("second")); });
        EXPECT_EQ(receive(second_theirs.get(), 6), "second");
        send_all(second_theirs.get(), "s");
        EXPECT_TRUE(eventually([second = second] { return second->received == "s"; }));
        EXPECT_TRUE(eventually([first = first] { return !first->stream; }));
    }
}

TEST_P(StreamTest, ManyAtOnce) {
    std::vector<std::pair<Owner*, Descriptor>> all;
    for (int i = 0; i < 300; ++i) all.push_back(open());
    for (int round = 0; round < 10; ++round) {
        const SharedBytes same = shared("event " + std::to_string(round));
        on_reactor([&] {
            for (auto& [owner, theirs] : all) owner->stream->write(same);
        });
        for (auto& [owner, theirs] : all) {
            ASSERT_EQ(receive(theirs.get(), same->size()), *same);
            send_all(theirs.get(), "again");
        }
        ASSERT_TRUE(eventually([&] {
            return std::all_of(all.begin(), all.end(), [round](const auto& one) {
                return one.first->received.size() == static_cast<std::size_t>(5 * (round + 1));
            });
        }));
    }
}

INSTANTIATE_TEST_SUITE_P(Moving, StreamTest,
                         testing::Values(Reactor::Moving::epoll, Reactor::Moving::io_uring),
                         [](const testing::TestParamInfo<Reactor::Moving>& moving) {
                             return moving.param == Reactor::Moving::epoll ? "epoll" : "io_uring";
                         });

std::string content(const Outbox& outbox) {
    std::string all;
    outbox.look([&all](const char* data, std::size_t length) {
        all.append(data, length);
        return true;
    });
    return all;
}

TEST(Outbox, KeepsOrderWhateverGoes) {
    Outbox outbox;
    EXPECT_TRUE(outbox.empty());
    std::string wanted;
    for (int i = 0; i < 1'000; ++i) {
        const std::string part(static_cast<std::size_t>(1 + i % 5), static_cast<char>('a' + i % 26));
        outbox.push(shared(part));
        wanted += part;
        const std::size_t gone = std::min(wanted.size(), static_cast<std::size_t>(i % 7));
        if (gone > 0) outbox.drop(gone);
        wanted.erase(0, gone);
        ASSERT_EQ(outbox.size(), wanted.size());
        if (i % 50 == 0) {
            ASSERT_EQ(content(outbox), wanted);
        }
    }
    EXPECT_EQ(content(outbox), wanted);
    outbox.drop(wanted.size());
    EXPECT_TRUE(outbox.empty());
    EXPECT_EQ(content(outbox), "");
}

}  // namespace
}  // namespace callboard
