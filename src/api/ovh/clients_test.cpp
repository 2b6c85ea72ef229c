#include "api/ovh/clients.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

ApiClients three() {
    std::vector<ApiClient> clients;
    clients.push_back({Secret("app-1"), Secret("secret-1"), Secret("consumer-1"), {{"GET", "/me"}}});
    clients.push_back({Secret("app-1"), Secret("secret-1"), Secret("consumer-2"), {}});
    clients.push_back({Secret("app-2"), Secret("secret-2"), Secret("consumer-3"), {}});
    return ApiClients(std::move(clients), time_from_nanoseconds(7));
}

TEST(ApiClients, AreFoundByBothTheirKeys) {
    const ApiClients clients = three();
    const auto first = clients.find("app-1", "consumer-1");
    EXPECT_TRUE(first.application);
    ASSERT_NE(first.client, nullptr);
    EXPECT_EQ(first.client->allow.size(), 1U);
    EXPECT_NE(clients.find("app-1", "consumer-2").client, first.client);
    EXPECT_EQ(clients.since(), time_from_nanoseconds(7));
}

TEST(ApiClients, AConsumerBelongsToItsApplication) {
    const ApiClients clients = three();
    for (const char* consumer : {"", "consumer-3", "consumer", "consumer-1 ", "CONSUMER-1"}) {
        const auto found = clients.find("app-1", consumer);
        EXPECT_TRUE(found.application) << consumer;
        EXPECT_EQ(found.client, nullptr) << consumer;
    }
    for (const char* application : {"", "app", "app-3", "APP-1"}) {
        const auto found = clients.find(application, "consumer-1");
        EXPECT_FALSE(found.application) << application;
        EXPECT_EQ(found.client, nullptr) << application;
    }
}

TEST(ApiClients, EmptyKeysOpenNothing) {
    std::vector<ApiClient> forgotten;
    forgotten.push_back({Secret(""), Secret(""), Secret(""), {{"*", "/*"}}});
    const ApiClients clients(std::move(forgotten), Time{});
    EXPECT_FALSE(clients.find("", "").application);
    EXPECT_EQ(clients.find("", "").client, nullptr);
    EXPECT_FALSE(ApiClients().find("app-1", "consumer-1").application);
}

TEST(ApiClients, LogOutAlone) {
    const ApiClients clients = three();
    const auto* first = clients.find("app-1", "consumer-1").client;
    const auto* second = clients.find("app-1", "consumer-2").client;
    EXPECT_FALSE(clients.logged_out(*first));
    clients.log_out(*first);
    clients.log_out(*first);
    EXPECT_TRUE(clients.logged_out(*first));
    EXPECT_FALSE(clients.logged_out(*second));
    EXPECT_EQ(clients.find("app-1", "consumer-1").client, first) << "known, and not valid";
}

}  // namespace
}  // namespace callboard
