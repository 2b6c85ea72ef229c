// A call agent that speaks MGCP to Alice's telephone and SIP to the proxy of Dave, both mirrored to one
// source.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_tracker.hpp"
#include "mgcp_script.hpp"
#include "sources/hep/sip_scanner.hpp"

namespace callboard::mgcp_script {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

SipEndpoint host(std::uint8_t number) {
    SipEndpoint endpoint;
    endpoint.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, number};
    endpoint.port = 5060;
    return endpoint;
}

constexpr std::uint8_t kAgent = 1, kProxy = 9, kDave = 50;

/// The SIP side of the mirror.
class SipSide {
  public:
    SipSide() {
        say(kDave, kProxy, "REGISTER sip:town SIP/2.0", "r", 1, "REGISTER", "1004", "1004");
        say(kProxy, kDave, "SIP/2.0 200 OK", "r", 1, "REGISTER", "1004", "1004");
        events_.clear();
    }

    /// One message of a call between these users; `vias` counts those who sent it on.
    void say(std::uint8_t from, std::uint8_t to, const std::string& start, const std::string& branch,
             int vias, const std::string& method, const std::string& caller, const std::string& called) {
        std::string text = start + "\r\n";
        for (int i = 0; i < vias; ++i)
            text += fmt::format("Via: SIP/2.0/UDP 10.0.0.{};branch=z9hG4bK{}{}\r\n", i, branch, vias - i);
        const bool has_tag =
            start.starts_with("SIP/2.0 1") || start.starts_with("SIP/2.0 2") || method == "BYE";
        text += fmt::format(
            "From: <sip:{}@town>;tag=f\r\nTo: <sip:{}@town>{}\r\nCall-ID: {}\r\nCSeq: 1 {}\r\n", caller,
            called, has_tag ? ";tag=t" : "", method == "REGISTER" ? "r" : "sip-call", method);
        text += fmt::format("Contact: <sip:{}@10.0.0.{}>;expires=3600\r\nContent-Length: 0\r\n\r\n",
                            start.starts_with("SIP") && method != "REGISTER" ? called : caller,
                            method == "REGISTER" ? kDave : from);
        SipMessage message;
        ASSERT_EQ(scan_sip(text, message), SipVerdict::ok) << text;
        now_ += 10ms;
        message.captured = message.collected = now_;
        message.source = host(from);
        message.destination = host(to);
        tracker_.on_message(message, events_);
    }

    std::vector<std::string> told() const {
        std::vector<std::string> out;
        for (const auto& event : events_) {
            const auto& data = std::get<LineData>(event.data);
            out.push_back(fmt::format("{} {} {} > {} ({})", name_of(event.ressource), event.name,
                                      name_of(data.calling), name_of(data.called), name_of(data.dialed)));
        }
        return out;
    }

  private:
    SipTracker tracker_{town(), "FR", {}};
    Time now_ = time_from_nanoseconds(1'780'000'000'000'000'000);
    std::vector<Event> events_;
};

TEST(MgcpAndSip, a_call_to_a_sip_line_is_told_to_each_by_its_own_protocol) {
    Listener mgcp;
    mgcp.hear(R"(
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd,D/1,D/0,D/0,D/4 => 200
        ca > gw1 CRCX aaln/1 | C: B1 | M: recvonly => 200 | I: 21 | sdp=10.0.1.1:4000
        ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N) | S: G/rt => 200
        +4s ca > gw1 MDCX aaln/1 | C: B1 | I: 21 | M: sendrecv | X: 3 | R: L/hu(N) | sdp=10.0.0.50:7000 => 200
        +4s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
        ca > gw1 DLCX aaln/1 | C: B1 => 250)");
    EXPECT_THAT(
        mgcp.told_with_parties(),
        ElementsAre("alice start_ringing alice > dave (dave)", "alice end_ringing alice > dave (dave)",
                    "alice start_calling alice > dave (dave)", "alice end_calling alice > dave (dave)"));

    SipSide sip;
    const std::string alice = "0033972000001";
    sip.say(kAgent, kProxy, "INVITE sip:1004@town SIP/2.0", "a", 1, "INVITE", alice, "1004");
    sip.say(kProxy, kDave, "INVITE sip:1004@10.0.0.50 SIP/2.0", "a", 2, "INVITE", alice, "1004");
    sip.say(kDave, kProxy, "SIP/2.0 180 Ringing", "a", 2, "INVITE", alice, "1004");
    sip.say(kProxy, kAgent, "SIP/2.0 180 Ringing", "a", 1, "INVITE", alice, "1004");
    sip.say(kDave, kProxy, "SIP/2.0 200 OK", "a", 2, "INVITE", alice, "1004");
    sip.say(kProxy, kAgent, "SIP/2.0 200 OK", "a", 1, "INVITE", alice, "1004");
    sip.say(kAgent, kProxy, "BYE sip:1004@10.0.0.50 SIP/2.0", "b", 1, "BYE", alice, "1004");
    EXPECT_THAT(
        sip.told(),
        ElementsAre("dave start_ringing alice > dave (dave)", "dave end_ringing alice > dave (dave)",
                    "dave start_calling alice > dave (dave)", "dave end_calling alice > dave (dave)"));
}

TEST(MgcpAndSip, a_call_of_a_sip_line_is_told_to_each_by_its_own_protocol) {
    Listener mgcp;
    mgcp.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | sdp=10.0.0.50:7000 => 200 | I: 21 | sdp=10.0.1.1:4000
        ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(N) | S: L/rg, L/ci(05/28/22/26,1004,Dave) => 200
        +9s ca > gw1 RQNT aaln/1 | X: 2 | R: L/hd(N) => 200
        ca > gw1 DLCX aaln/1 | C: B1 => 250)");
    EXPECT_THAT(mgcp.told_with_parties(), ElementsAre("alice start_ringing dave > alice (alice)",
                                                      "alice end_ringing dave > alice (alice)"));

    SipSide sip;
    sip.say(kDave, kProxy, "INVITE sip:1001@town SIP/2.0", "a", 1, "INVITE", "1004", "1001");
    sip.say(kProxy, kAgent, "INVITE sip:1001@10.0.0.1 SIP/2.0", "a", 2, "INVITE", "1004", "1001");
    sip.say(kAgent, kProxy, "SIP/2.0 180 Ringing", "a", 2, "INVITE", "1004", "1001");
    sip.say(kProxy, kDave, "SIP/2.0 180 Ringing", "a", 1, "INVITE", "1004", "1001");
    sip.say(kDave, kProxy, "CANCEL sip:1001@town SIP/2.0", "a", 1, "CANCEL", "1004", "1001");
    EXPECT_THAT(sip.told(), ElementsAre("dave start_ringing dave > alice (alice)",
                                        "dave end_ringing dave > alice (alice)"));
}

}  // namespace
}  // namespace callboard::mgcp_script
