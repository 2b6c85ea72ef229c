#include "app/packet_sender.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "sources/hep/recording.hpp"

namespace callboard {
namespace {

const std::string kTraces = CALLBOARD_SOURCE_DIR "/tests/traces/";

struct Collector {
    Descriptor socket;
    std::string address;

    explicit Collector(int type) {
        auto bound = bound_socket(*parse_address("127.0.0.1:0"), type, false);
        socket = *std::move(bound);
        if (type == SOCK_STREAM) ::listen(socket.get(), 1);
        address = local_address(socket.get()).text();
    }
    static std::string receive(int fd, std::size_t most = 65'536) {
        pollfd waiting{fd, POLLIN, 0};
        if (::poll(&waiting, 1, 5'000) != 1) return "";
        std::string bytes(most, '\0');
        const auto count = ::recv(fd, bytes.data(), bytes.size(), 0);
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }
};

TEST(PacketSender, ADatagramIsAPacket) {
    const Collector collector(SOCK_DGRAM);
    auto sender = PacketSender::open("udp:" + collector.address);
    ASSERT_TRUE(sender);
    const auto packets = read_recording(kTraces + "k-hep2-answered.hep");
    ASSERT_TRUE(packets);
    for (const auto& packet : *packets) {
        ASSERT_TRUE(sender->send(packet.bytes));
        EXPECT_EQ(Collector::receive(collector.socket.get()), packet.bytes);
    }
}

TEST(PacketSender, TcpCarriesPacketAfterPacket) {
    const Collector collector(SOCK_STREAM);
    auto sender = PacketSender::open("tcp:" + collector.address);
    ASSERT_TRUE(sender);
    const Descriptor accepted(::accept(collector.socket.get(), nullptr, nullptr));
    const auto packets = read_recording(kTraces + "k-busy.hep");
    ASSERT_TRUE(packets);
    std::string sent, received;
    for (const auto& packet : *packets) {
        ASSERT_TRUE(sender->send(packet.bytes));
        sent += packet.bytes;
    }
    while (received.size() < sent.size()) {
        const auto more = Collector::receive(accepted.get());
        ASSERT_FALSE(more.empty());
        received += more;
    }
    EXPECT_EQ(received, sent);
}

TEST(PacketSender, OldVersionsHaveNoLengthForTcp) {
    const Collector collector(SOCK_STREAM);
    auto sender = PacketSender::open("tcp:" + collector.address);
    ASSERT_TRUE(sender);
    const auto packets = read_recording(kTraces + "k-hep2-answered.hep");
    ASSERT_TRUE(packets);
    const auto sent = sender->send(packets->front().bytes);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, Error::Kind::invalid);
}

TEST(PacketSender, WrongAddressesAreTheUsersMistake) {
    for (const auto* to :
         {"", "127.0.0.1:9060", "sctp:127.0.0.1:9060", "udp:", "tcp:127.0.0.1", "udp:127.0.0.1:x"}) {
        const auto sender = PacketSender::open(to);
        ASSERT_FALSE(sender) << to;
        EXPECT_EQ(sender.error().kind, Error::Kind::invalid) << to;
    }
}

TEST(PacketSender, NobodyThereIsSaidOfBothTransports) {
    std::string address;
    {
        const Collector gone(SOCK_STREAM);
        address = gone.address;
    }
    const auto stream = PacketSender::open("tcp:" + address);
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().kind, Error::Kind::unavailable);
    EXPECT_NE(stream.error().what.find("tcp:" + address), std::string::npos);

    // The kernel hears of a datagram that nobody takes after it was sent.
    auto datagrams = PacketSender::open("udp:" + address);
    ASSERT_TRUE(datagrams);
    Result<void> sent;
    for (int i = 0; i < 1'000 && sent; ++i) sent = datagrams->send("x");
    ASSERT_FALSE(sent);
    EXPECT_NE(sent.error().what.find("udp:" + address), std::string::npos);
}

}  // namespace
}  // namespace callboard
