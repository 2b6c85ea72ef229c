#include "delivery/webhook/signature.hpp"

#include <gtest/gtest.h>

namespace callboard::webhook {
namespace {

// printf '%s' 'evt-1.1780000000.{"a":1}' | openssl dgst -sha256 -hmac top-secret
constexpr const char* kNew = "v1=da8bf17a4c290f35b386ef2dab3e576ba183120dec98747248cb353bbad4d2b4";

TEST(Signature, IsTheHmacOfIdTimestampAndBody) {
    EXPECT_EQ(signature(Secret("top-secret"), Secret(), "evt-1", "1780000000", R"({"a":1})"), kNew);
}

TEST(Signature, ComesOnceForEachSecretWhileTheyChange) {
    const std::string with_new = signature(Secret("new"), Secret(), "i", "1", "b");
    const std::string with_old = signature(Secret("old"), Secret(), "i", "1", "b");
    EXPECT_EQ(signature(Secret("new"), Secret("old"), "i", "1", "b"), with_new + "," + with_old);
}

TEST(Signature, IsAnotherForEveryPart) {
    const auto of = [](const char* secret, const char* id, const char* time, const char* body) {
        return signature(Secret(secret), Secret(), id, time, body);
    };
    const std::string one = of("s", "i", "1", "b");
    EXPECT_NE(of("t", "i", "1", "b"), one);
    EXPECT_NE(of("s", "j", "1", "b"), one);
    EXPECT_NE(of("s", "i", "2", "b"), one);
    EXPECT_NE(of("s", "i", "1", "c"), one);
    EXPECT_EQ(of("s", "i", "1", "b"), one);
}

}  // namespace
}  // namespace callboard::webhook
