#include "app/wiring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>

#include "app/demo_office.hpp"
#include "app/packet_sender.hpp"
#include "net/socket.hpp"
#include "sources/hep/recording.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class InstallationTest : public testing::Test {
  protected:
    void TearDown() override { fs::remove_all(place_); }

    Config config(const std::string& listen = "127.0.0.1:0") const {
        auto made = demo_config(listen, place_ / "data");
        made.threads = 2;
        return made;
    }
    const SystemClock clock_{};
    const fs::path place_ =
        fs::path(testing::TempDir()) /
        (std::string("callboard-") + testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(InstallationTest, SaysWhereItReallyListens) {
    auto running = Installation::start(config(), clock_);
    ASSERT_TRUE(running) << running.error().what;
    ASSERT_EQ((*running)->http_addresses().size(), 1U);
    EXPECT_NE(parse_address((*running)->http_addresses()[0])->port(), 0);
    ASSERT_EQ((*running)->hep_addresses().size(), 1U);
    EXPECT_TRUE(PacketSender::open((*running)->hep_addresses()[0]));
}

TEST_F(InstallationTest, StopsTwiceAsWellAsOnce) {
    auto running = Installation::start(config(), clock_);
    ASSERT_TRUE(running);
    (*running)->stop();
    (*running)->stop();
}

TEST_F(InstallationTest, IsGoneWhenDestroyed) {
    std::string address;
    for (int i = 0; i < 3; ++i) {
        auto running = Installation::start(config(address.empty() ? "127.0.0.1:0" : address), clock_);
        ASSERT_TRUE(running) << running.error().what;
        address = (*running)->http_addresses()[0];
    }
}

TEST_F(InstallationTest, KeepsItsTokens) {
    std::string text;
    {
        auto running = Installation::start(config(), clock_);
        ASSERT_TRUE(running);
        text = (*running)->tokens().create(kDemoAccount, "", std::nullopt)->text;
    }
    auto running = Installation::start(config(), clock_);
    ASSERT_TRUE(running);
    EXPECT_EQ((*running)->tokens().of_place(kDemoAccount, "")->text, text);
}

TEST_F(InstallationTest, OneDataDirServesOneServer) {
    auto first = Installation::start(config(), clock_);
    ASSERT_TRUE(first);
    const auto second = Installation::start(config(), clock_);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().what, HasSubstr("is held by another process"));
}

TEST_F(InstallationTest, WhatIsTakenKeepsItFromStartingAndNothingRuns) {
    const auto taken = bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
    ASSERT_TRUE(taken);
    ASSERT_EQ(::listen(taken->get(), 1), 0);
    const auto address = local_address(taken->get()).text();
    const auto refused = Installation::start(config(address), clock_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr(address + ": another program listens there"));

    const auto datagrams = bound_socket(*parse_address("127.0.0.1:0"), SOCK_DGRAM, false);
    auto with_input = config();
    with_input.hep_inputs[0].listen = "udp:" + local_address(datagrams->get()).text();
    EXPECT_FALSE(Installation::start(with_input, clock_));

    EXPECT_TRUE(Installation::start(config(), clock_));
}

TEST_F(InstallationTest, ReloadsWhilePacketsComeIn) {
    auto running = Installation::start(config(), clock_);
    ASSERT_TRUE(running);
    auto sender = PacketSender::open((*running)->hep_addresses()[0]);
    ASSERT_TRUE(sender);
    const auto packets = read_recording(CALLBOARD_SOURCE_DIR "/demo/k-office-a.hep");
    ASSERT_TRUE(packets);
    auto other = config();
    other.services.pop_back();
    for (std::size_t i = 0; i < packets->size(); ++i) {
        ASSERT_TRUE(sender->send((*packets)[i].bytes));
        if (i % 20 == 0) (*running)->reload(i % 40 == 0 ? other : config());
    }
    (*running)->stop();
}

}  // namespace
}  // namespace callboard
