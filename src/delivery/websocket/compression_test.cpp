#include "delivery/websocket/compression.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "delivery/websocket/frame.hpp"
#include "tests/support/inflate.hpp"

namespace callboard::websocket {
namespace {

using test::inflated;

TEST(Compression, TakesWhatItCanKeepTo) {  // RFC 7692 §7.1
    for (const auto* offer : {
             "permessage-deflate", "permessage-deflate; client_max_window_bits",
             "permessage-deflate;client_max_window_bits=10; server_no_context_takeover",
             "Permessage-Deflate ; client_no_context_takeover ; client_max_window_bits=\"15\"",
             "x-webkit-deflate-frame, permessage-deflate",
             "permessage-deflate; server_max_window_bits=10, permessage-deflate",  // the second of two
         })
        EXPECT_TRUE(offers_compression(offer)) << offer;
    for (const auto* offer : {
             "",
             ",",
             "deflate",
             "permessage-deflate; server_max_window_bits=10",
             "permessage-deflate; server_max_window_bits=15",
             "permessage-deflate; unknown",
             "permessage-deflate; client_max_window_bits=7",
             "permessage-deflate; client_max_window_bits=16",
             "permessage-deflate; client_max_window_bits=",
             "permessage-deflate; server_no_context_takeover=1",
             "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
             "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
             "permessage-deflate; ;",
         })
        EXPECT_FALSE(offers_compression(offer)) << offer;
}

TEST(Compression, MakesTheStandardsExample) {  // RFC 7692 §7.2.3.1
    EXPECT_EQ(inflated("\xf2\x48\xcd\xc9\xc9\x07" + std::string(1, '\0')), "Hello");
    EXPECT_EQ(inflated(deflated("Hello")), "Hello");
    EXPECT_EQ(inflated(deflated("")), "");
}

TEST(Compression, IsWorthIt) {
    std::string event =
        R"({"data":{"Billing":"0033972000001","Called":"0033972000001","Calling":"0033612345678",)"
        R"("Dialed":"0033972000001","Event":"start_ringing"},"token":"0033972000001"})";
    EXPECT_LT(deflated(event).size(), event.size() * 2 / 3);
}

RC_GTEST_PROP(Compression, GivesEveryMessageBack,
              (const std::vector<std::string>& messages, std::uint8_t times)) {
    for (const std::string& message : messages) {
        std::string longer;
        for (int i = 0; i <= times; ++i) longer += message;
        RC_ASSERT(inflated(deflated(longer)) == longer);
    }
}

RC_GTEST_PROP(Compression, OffersMayBeAnything, (const std::string& offer)) { offers_compression(offer); }

std::string compressed_text(bool final) {
    std::string frame;
    append_masked_frame(frame, Opcode::text, deflated("Hello"), 0x01020304, final);
    frame[0] = static_cast<char>(static_cast<unsigned char>(frame[0]) | 0x40U);
    return frame;
}

TEST(Compression, OfAClientsMessageIsOnlyTakenWhenItWasAgreedOn) {
    FrameReader strict(FrameReader::Sender::client, 100);
    strict.feed(compressed_text(true));
    EXPECT_FALSE(strict.next());
    EXPECT_EQ(strict.failure(), close_code::protocol_error);

    FrameReader reader(FrameReader::Sender::client, 100, true);
    reader.feed(compressed_text(true));
    const auto message = reader.next();
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->compressed);
    EXPECT_EQ(inflated(message->payload), "Hello");
}

TEST(Compression, IsSaidByTheFirstFragmentAlone) {  // RFC 7692 §6.1
    FrameReader reader(FrameReader::Sender::client, 100, true);
    std::string rest;
    append_masked_frame(rest, Opcode::continuation, "", 0);
    reader.feed(compressed_text(false) + rest);
    const auto message = reader.next();
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->compressed);

    rest[0] = static_cast<char>(static_cast<unsigned char>(rest[0]) | 0x40U);
    reader.feed(compressed_text(false) + rest);
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.failure(), close_code::protocol_error);

    FrameReader controls(FrameReader::Sender::client, 100, true);
    std::string ping;
    append_masked_frame(ping, Opcode::ping, "?", 0);
    ping[0] = static_cast<char>(static_cast<unsigned char>(ping[0]) | 0x40U);
    controls.feed(ping);
    EXPECT_FALSE(controls.next());
    EXPECT_EQ(controls.failure(), close_code::protocol_error);
}

}  // namespace
}  // namespace callboard::websocket
