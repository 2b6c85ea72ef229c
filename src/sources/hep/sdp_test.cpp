#include "sources/hep/sdp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace callboard {
namespace {

struct Case {
    std::string what, body;
    MediaDirection direction;
    bool zero;
};

TEST(Sdp, SaysTheDirectionOfTheFirstMediaThatIsOn) {
    using enum MediaDirection;
    const std::vector<Case> cases = {
        {"nothing", "", none, false},
        {"no media", "v=0\r\ns=-\r\na=sendonly\r\n", none, false},
        {"no direction", "v=0\r\nm=audio 9 RTP/AVP 0\r\n", sendrecv, false},
        {"of the session", "v=0\r\na=recvonly\r\nm=audio 9 RTP/AVP 0\r\n", recvonly, false},
        {"of the media", "v=0\r\na=sendonly\r\nm=audio 9 RTP/AVP 0\r\na=sendrecv\r\n", sendrecv, false},
        {"of the second",
         "v=0\r\nm=audio 9 RTP/AVP 0\r\na=sendonly\r\nm=video 9 RTP/AVP 31\r\na=inactive\r\n", sendonly,
         false},
        {"first is off", "v=0\r\nm=audio 0 RTP/AVP 0\r\na=inactive\r\nm=audio 9 RTP/AVP 0\r\na=recvonly\r\n",
         recvonly, false},
        {"all are off", "v=0\r\nm=audio 0 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n", none, false},
        {"ports counted", "v=0\r\nm=audio 49170/2 RTP/AVP 0\r\na=inactive\r\n", inactive, false},
        {"off with a count", "v=0\r\nm=audio 0/2 RTP/AVP 0\r\n", none, false},
        {"broken media line", "v=0\r\nm=audio\r\n", none, false},
        {"line feeds alone", "v=0\nm=audio 9 RTP/AVP 0\na=sendonly\n", sendonly, false},
        {"blanks at the end", "v=0\r\nm=audio 9 RTP/AVP 0\r\na=sendonly \r\n", sendonly, false},
        {"last line without end", "v=0\r\nm=audio 9 RTP/AVP 0\r\na=inactive", inactive, false},
        {"other attributes", "v=0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonlyx\r\n",
         sendrecv, false},
        {"not begun", "m=audio 9 RTP/AVP 0\r\na=sendonly\r\n", none, false},
        {"a part of several",
         "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\nm=audio 9 RTP/AVP 0\r\na=inactive\r\n--b\r\n"
         "m=audio 9 RTP/AVP 0\r\na=sendrecv\r\n",
         inactive, false}};
    for (const auto& [what, body, direction, zero] : cases)
        EXPECT_EQ(summarize_sdp(body).direction, direction) << what;
}

TEST(Sdp, SaysWhetherTheConnectionIsTheOldHold) {
    const std::string media = "m=audio 9 RTP/AVP 0\r\n";
    const std::vector<std::pair<std::string, bool>> cases = {
        {"v=0\r\nc=IN IP4 0.0.0.0\r\n" + media, true},
        {"v=0\r\nc=IN IP4 0.0.0.0 \r\n" + media, true},
        {"v=0\r\nc=IN IP6 ::\r\n" + media, true},
        {"v=0\r\nc=IN IP4 0.0.0.0/127\r\n" + media, true},
        {"v=0\r\nc=IN IP4 10.0.0.0\r\n" + media, false},
        {"v=0\r\nc=IN IP6 ::1\r\n" + media, false},
        {"v=0\r\nc=IN IP4 192.0.2.1\r\n" + media + "c=IN IP4 0.0.0.0\r\n", true},
        {"v=0\r\nc=IN IP4 0.0.0.0\r\n" + media + "c=IN IP4 192.0.2.1\r\n", false},
        {"v=0\r\nc=IN IP4 192.0.2.1\r\n" + media + "m=video 9 RTP/AVP 31\r\nc=IN IP4 0.0.0.0\r\n", false},
        {"v=0\r\nc=\r\n" + media, false},
        {"v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 0 RTP/AVP 0\r\n", false}};
    for (const auto& [body, zero] : cases) EXPECT_EQ(summarize_sdp(body).connection_zero, zero) << body;
}

TEST(Sdp, SaysWhereTheMediaIsReceived) {
    const auto place = [](std::string_view body) {
        const SdpSummary summary = summarize_sdp(body);
        return std::string(summary.address) + ' ' + std::to_string(summary.port);
    };
    EXPECT_EQ(place("v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"), "10.0.0.1 4000");
    EXPECT_EQ(place("v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 0 RTP/AVP 0\r\nm=audio 4002/2 RTP/AVP 0\r\nc=IN IP6 "
                    "::1\r\n"),
              "::1 4002");
    EXPECT_EQ(place("v=0\r\nm=audio 4000 RTP/AVP 0\r\n"), " 4000");
    EXPECT_EQ(place("v=0\r\nm=audio 65536 RTP/AVP 0\r\n"), " 0");
    EXPECT_EQ(place("v=0\r\nm=audio 4x RTP/AVP 0\r\n"), " 0");
    EXPECT_EQ(place(""), " 0");
}

}  // namespace
}  // namespace callboard
