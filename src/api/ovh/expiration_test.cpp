#include "api/ovh/expiration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard::ovh_rest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::StartsWith;

TEST(Expiration, IsOneOfFive) {
    const std::pair<const char*, std::optional<Duration>> bodies[] = {
        {R"({"expiration":"5 minutes"})", minutes(5)},
        {R"({"expiration":"1 hour"})", hours(1)},
        {R"({"expiration":"1 day"})", hours(24)},
        {R"({"expiration":"30 days"})", hours(720)},
        {R"({"expiration":"unlimited"})", std::nullopt},
        {R"( { "more" : [1, {"expiration": "x"}], "expiration" : "1\u0020day", "a": null } )", hours(24)},
    };
    for (const auto& [body, lifetime] : bodies) {
        const auto read = expiration_of(body);
        const auto* found = std::get_if<std::optional<Duration>>(&read);
        ASSERT_NE(found, nullptr) << body;
        EXPECT_EQ(*found, lifetime) << body;
    }
}

TEST(Expiration, WhatIsWrongIsNamed) {
    const std::pair<const char*, const char*> bodies[] = {
        {"", "[expiration] is missing"},
        {"{}", "[expiration] is missing"},
        {R"({"Expiration":"1 day"})", "[expiration] is missing"},
        {R"({"expiration":null})", "[expiration] is missing"},
        {R"({"expiration":86400})", "[expiration] has to be a text"},
        {R"({"expiration":["1 day"]})", "[expiration] has to be a text"},
        {R"({"expiration":"2 days"})", "[expiration] does not belong to the TokenExpirationEnum"},
        {R"({"expiration":"1 Day"})", "[expiration] does not belong to the TokenExpirationEnum"},
        {R"({"expiration":""})", "[expiration] does not belong to the TokenExpirationEnum"},
        {"expiration=1+day", "[body] has to be a JSON object"},
        {R"(["1 day"])", "[body] has to be a JSON object"},
        {R"("1 day")", "[body] has to be a JSON object"},
        {R"({"expiration":"1 day")", "[body] has to be a JSON object"},
        {" ", "[body] has to be a JSON object"},
        {"null", "[body] has to be a JSON object"},
    };
    for (const auto& [body, message] : bodies) {
        const auto read = expiration_of(body);
        const auto* error = std::get_if<RestError>(&read);
        ASSERT_NE(error, nullptr) << body;
        EXPECT_EQ(error->status, 400) << body;
        EXPECT_THAT(error->message, StartsWith(message)) << body;
    }
}

TEST(Expiration, BytesThatAreNoTextAreAnError) {
    for (const std::string& body : {std::string("{\"expiration\":\"\xFF\"}"), std::string(1, '\0'),
                                    std::string(5'000, '['), "{\"expiration\":" + std::string(5'000, '[')})
        EXPECT_TRUE(std::holds_alternative<RestError>(expiration_of(body)));
}

}  // namespace
}  // namespace callboard::ovh_rest
