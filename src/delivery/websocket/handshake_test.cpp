#include "delivery/websocket/handshake.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace callboard::websocket {
namespace {

HttpRequest request() {
    HttpRequest request;
    request.method = "GET";
    request.headers = {{"Host", "h"},
                       {"upgrade", "WebSocket"},
                       {"Connection", "keep-alive, Upgrade"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Version", "13"}};
    return request;
}

HttpRequest with(std::string_view name, std::string_view value) {
    HttpRequest changed = request();
    for (auto& header : changed.headers)
        if (header.first == name) header.second = value;
    return changed;
}

std::string header(const HttpResponse& response, std::string_view name) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                    [name](const auto& one) { return one.first == name; });
    return found == response.headers.end() ? "" : found->second;
}

TEST(Handshake, AnswersTheStandardsExample) {  // RFC 6455 §1.3
    EXPECT_EQ(accept_value("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const auto response = handshake(request());
    EXPECT_EQ(response.status, 101);
    EXPECT_EQ(header(response, "Upgrade"), "websocket");
    EXPECT_EQ(header(response, "Connection"), "Upgrade");
    EXPECT_EQ(header(response, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(header(response, "Sec-WebSocket-Extensions"), "");
    EXPECT_TRUE(response.body.empty());
}

TEST(Handshake, AsksForTheRightVersion) {
    for (const auto& wrong :
         {with("Sec-WebSocket-Version", "8"), with("Sec-WebSocket-Version", ""), with("upgrade", "h2c"),
          with("Connection", "keep-alive"), with("Connection", "not-upgrade")}) {
        const auto response = handshake(wrong);
        EXPECT_EQ(response.status, 426);
        EXPECT_EQ(header(response, "Sec-WebSocket-Version"), "13");
        EXPECT_EQ(header(response, "Upgrade"), "websocket");
    }
}

TEST(Handshake, TakesOnlySixteenBytesAsAKey) {
    for (const auto* key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=*",
                            "dGhlIHNhbXBsZSBub25!ZQ==", "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ=="})
        EXPECT_EQ(handshake(with("Sec-WebSocket-Key", key)).status, 400) << key;
}

TEST(Handshake, FindsUpgradeAnywhereInItsList) {
    for (const auto* list : {"Upgrade", "upgrade", " keep-alive ,\tUPGRADE , x", "a,,upgrade"})
        EXPECT_EQ(handshake(with("Connection", list)).status, 101) << list;
}

}  // namespace
}  // namespace callboard::websocket
