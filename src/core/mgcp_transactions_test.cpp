#include "core/mgcp_transactions.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

using namespace std::chrono_literals;

class MgcpTransactionsTest : public ::testing::Test {
  protected:
    MgcpMessage command(std::uint32_t transaction, std::string_view endpoint = "aaln/1@gw") {
        MgcpMessage made;
        made.request = true;
        made.verb = MgcpVerb::rqnt;
        made.transaction = transaction;
        made.endpoint = endpoint;
        made.source.port = 2727;
        made.destination.port = 2427;
        made.collected = now_;
        return made;
    }
    MgcpMessage response(std::uint32_t transaction, std::uint16_t code = 200) {
        MgcpMessage made;
        made.code = code;
        made.transaction = transaction;
        made.source.port = 2427;
        made.destination.port = 2727;
        made.collected = now_;
        return made;
    }
    bool hear(const MgcpMessage& message) {
        concluded_.reset();
        return transactions_.on_command(message, concluded_);
    }

    Time now_ = time_from_nanoseconds(1'780'000'000'000'000'000);
    MgcpTransactions transactions_{{.memory = 40s, .most = 3}};
    std::optional<MgcpTransactions::Concluded> concluded_;
};

TEST_F(MgcpTransactionsTest, conclude_once_with_the_first_final_response) {
    EXPECT_TRUE(hear(command(7)));
    EXPECT_FALSE(concluded_);
    EXPECT_FALSE(transactions_.on_response(response(7, 100)));
    const auto done = transactions_.on_response(response(7));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->command.message().endpoint, "aaln/1@gw");
    EXPECT_EQ(done->response.message().code, 200);
    EXPECT_FALSE(transactions_.on_response(response(7)));
    EXPECT_FALSE(hear(command(7)));
}

TEST_F(MgcpTransactionsTest, keep_bytes_of_their_own) {
    std::string endpoint = "aaln/1@gw";
    hear(command(7, endpoint));
    endpoint.assign(endpoint.size(), '?');
    EXPECT_EQ(transactions_.on_response(response(7))->command.message().endpoint, "aaln/1@gw");
}

TEST_F(MgcpTransactionsTest, wait_for_a_command_that_is_seen_late) {
    EXPECT_FALSE(transactions_.on_response(response(7)));
    now_ += 199ms;
    EXPECT_TRUE(hear(command(7)));
    EXPECT_TRUE(concluded_);
    EXPECT_FALSE(transactions_.on_response(response(8)));
    now_ += 200ms;
    EXPECT_TRUE(hear(command(8)));
    EXPECT_FALSE(concluded_);
}

TEST_F(MgcpTransactionsTest, are_those_of_their_asker) {
    hear(command(7));
    MgcpMessage other = response(7);
    other.destination.port = 2728;
    EXPECT_FALSE(transactions_.on_response(other));
    EXPECT_TRUE(transactions_.on_response(response(7)));
}

TEST_F(MgcpTransactionsTest, are_forgotten_in_time_and_when_there_are_too_many) {
    hear(command(7));
    now_ += 40s;
    EXPECT_TRUE(hear(command(7)));
    for (std::uint32_t transaction = 8; transaction < 12; ++transaction) hear(command(transaction));
    EXPECT_EQ(transactions_.size(), 3U);
    EXPECT_TRUE(hear(command(7)));
    transactions_.on_time(now_ + 40s);
    EXPECT_EQ(transactions_.size(), 0U);
}

}  // namespace
}  // namespace callboard
