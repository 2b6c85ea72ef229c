#include "net/tcp_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace callboard {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using Outcome = TcpStream::Outcome;

constexpr milliseconds kLong{10'000};

/// A server of one connection, driven by the test.
class TcpStreamTest : public testing::Test {
  protected:
    TcpStreamTest() {
        auto listener = bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
        listener_ = *std::move(listener);
        ::listen(listener_.get(), 1);
        interrupt_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
    }
    std::string address() const { return local_address(listener_.get()).text(); }
    TcpStream connected() {
        auto stream = TcpStream::connect(address(), kLong, interrupt_.get());
        EXPECT_TRUE(stream) << stream.error().what;
        // The connection is complete on the client's side; the listener may need a moment.
        do peer_ = Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        while (!peer_ && errno == EAGAIN);
        return *std::move(stream);
    }
    void interrupt() const { ASSERT_EQ(::eventfd_write(interrupt_.get(), 1), 0); }
    void peer_sends(std::string_view bytes) const {
        ASSERT_EQ(::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }

    Descriptor listener_, peer_, interrupt_;
};

TEST_F(TcpStreamTest, SendsAndReadsToTheEnd) {
    const TcpStream stream = connected();
    ASSERT_TRUE(stream.send("ping", kLong));
    std::string got(4, ' ');
    ASSERT_EQ(::recv(peer_.get(), got.data(), got.size(), MSG_WAITALL), 4);
    EXPECT_EQ(got, "ping");
    peer_sends("pong");
    const auto part = stream.read(kLong);
    EXPECT_EQ(part.outcome, Outcome::bytes);
    EXPECT_EQ(part.bytes, "pong");
    peer_.reset();
    EXPECT_EQ(stream.read(kLong).outcome, Outcome::ended);
}

TEST_F(TcpStreamTest, TellsSilenceFromInterruption) {
    const TcpStream stream = connected();
    EXPECT_EQ(stream.read(milliseconds(1)).outcome, Outcome::silent);
    interrupt();
    EXPECT_EQ(stream.read(kLong).outcome, Outcome::interrupted);
}

TEST_F(TcpStreamTest, SendingEndsWhenTheOtherSideTakesNothing) {
    const TcpStream stream = connected();
    const auto sent = stream.send(std::string(64 << 20, 'x'), milliseconds(50));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(sent.error().what, HasSubstr("takes nothing"));
}

TEST_F(TcpStreamTest, SendingEndsWhenInterruptedOrBroken) {
    const TcpStream stream = connected();
    interrupt();
    EXPECT_THAT(stream.send(std::string(64 << 20, 'x'), kLong).error().what, HasSubstr("interrupted"));
    peer_.reset();
    Result<void> sent;
    while (sent) sent = stream.send("x", kLong);  // until the reset has come back
    EXPECT_THAT(sent.error().what, HasSubstr("broke"));
}

TEST_F(TcpStreamTest, SaysWhyNobodyIsReached) {
    const std::string gone = address();
    listener_.reset();
    const auto refused = TcpStream::connect(gone, kLong, -1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(refused.error().what, HasSubstr(gone + " cannot be reached"));
    const auto wrong = TcpStream::connect("no address", kLong, -1);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, Error::Kind::invalid);
}

}  // namespace
}  // namespace callboard
