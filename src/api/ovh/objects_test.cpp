#include "api/ovh/objects.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace callboard::ovh_rest {
namespace {

class ObjectsTest : public testing::Test {
  protected:
    simdjson::dom::element parsed(const std::string& json) {
        simdjson::dom::element element;
        EXPECT_EQ(parser_.parse(json).get(element), simdjson::SUCCESS) << json;
        return element;
    }
    static std::string text(const simdjson::dom::element& parent, const char* member) {
        std::string_view found = "(no text)";
        EXPECT_EQ(parent[member].get(found), simdjson::SUCCESS) << member;
        return std::string(found);
    }
    static std::int64_t number(const simdjson::dom::element& parent, const char* member) {
        std::int64_t found = -1;
        EXPECT_EQ(parent[member].get(found), simdjson::SUCCESS) << member;
        return found;
    }
    static Service service(ServiceType type) {
        Service one;
        one.account = "ba";
        one.number = "0033972000001";
        one.description = "Accueil \"est\"";
        one.type = type;
        one.simultaneous_lines = 3;
        return one;
    }
    simdjson::dom::parser parser_;
};

TEST_F(ObjectsTest, Names) {
    EXPECT_EQ(names_json({}), "[]");
    EXPECT_EQ(names_json({"a"}), R"(["a"])");
    EXPECT_EQ(names_json({"a", "b\"c"}), R"(["a","b\"c"])");
}

TEST_F(ObjectsTest, ServicesByType) {
    const std::tuple<ServiceType, const char*, const char*> types[] = {
        {ServiceType::sip_line, "sip", "line"},
        {ServiceType::mgcp_line, "mgcp", "line"},
        {ServiceType::easy_hunting, "easyHunting", "alias"},
        {ServiceType::cloud_hunting, "cloudHunting", "alias"}};
    for (const auto& [type, feature, kind] : types) {
        const auto object = parsed(service_json(service(type)));
        EXPECT_EQ(text(object, "featureType"), feature);
        EXPECT_EQ(text(object, "serviceType"), kind);
        EXPECT_EQ(text(object, "serviceName"), "0033972000001");
        EXPECT_EQ(text(object, "description"), "Accueil \"est\"");
        EXPECT_EQ(text(object, "country"), "fr");
        EXPECT_EQ(text(object, "countryCode"), "33");
        EXPECT_EQ(number(object, "simultaneousLines"), 3);
    }
}

TEST_F(ObjectsTest, AServiceOfNoCountry) {
    Service odd = service(ServiceType::sip_line);
    odd.number = "1001";
    const auto object = parsed(service_json(odd));
    EXPECT_EQ(text(object, "country"), "");
    EXPECT_EQ(text(object, "countryCode"), "");
}

TEST_F(ObjectsTest, Lines) {
    const auto object = parsed(line_json(service(ServiceType::mgcp_line)));
    EXPECT_EQ(text(object, "serviceName"), "0033972000001");
    EXPECT_EQ(text(object, "description"), "Accueil \"est\"");
    EXPECT_EQ(text(object, "infrastructure"), "mgcp");
    EXPECT_EQ(text(object, "serviceType"), "line");
    EXPECT_EQ(number(object, "simultaneousLines"), 3);
}

TEST_F(ObjectsTest, Accounts) {
    const auto object = parsed(billing_account_json({"ba-demo", "D\xC3\xA9mo"}));
    EXPECT_EQ(text(object, "billingAccount"), "ba-demo");
    EXPECT_EQ(text(object, "description"), "D\xC3\xA9mo");
    EXPECT_EQ(text(object, "status"), "enabled");
    simdjson::dom::element deposit;
    ASSERT_EQ(object["securityDeposit"].get(deposit), simdjson::SUCCESS);
    EXPECT_EQ(text(deposit, "text"), "0.00 \xE2\x82\xAC");
}

TEST_F(ObjectsTest, Me) {
    const auto object = parsed(me_json("BE"));
    EXPECT_EQ(text(object, "nichandle"), "callboard");
    EXPECT_EQ(text(object, "country"), "BE");
    EXPECT_EQ(text(object, "state"), "complete");
}

TEST_F(ObjectsTest, Credentials) {
    const Time created = time_from_nanoseconds(1'780'000'000'999'999'999);
    const std::string json =
        credential_json("application", "consumer", {{"*", "/telephony/*"}, {"GET", "/me"}}, created);
    const auto object = parsed(json);
    EXPECT_EQ(text(object, "status"), "validated");
    EXPECT_EQ(text(object, "creation"), "2026-05-28T20:26:40+00:00");
    EXPECT_GT(number(object, "applicationId"), 0);
    EXPECT_GT(number(object, "credentialId"), 0);
    EXPECT_EQ(json,
              credential_json("application", "consumer", {{"*", "/telephony/*"}, {"GET", "/me"}}, created));
    EXPECT_EQ(json.find("consumer"), std::string::npos) << "keys are not told";
    std::vector<std::string> rules;
    simdjson::dom::array listed;
    ASSERT_EQ(object["rules"].get(listed), simdjson::SUCCESS);
    for (const simdjson::dom::element rule : listed)
        rules.push_back(text(rule, "method") + " " + text(rule, "path"));
    EXPECT_EQ(rules, (std::vector<std::string>{"GET /telephony/*", "POST /telephony/*", "PUT /telephony/*",
                                               "DELETE /telephony/*", "GET /me"}));
    EXPECT_NE(credential_json("a", "b", {}, created).find(R"("rules":[])"), std::string::npos);
}

TEST_F(ObjectsTest, Details) {
    const auto object = parsed(details_json("crm"));
    EXPECT_EQ(text(object, "method"), "account");
    EXPECT_EQ(text(object, "description"), "crm");
}

}  // namespace
}  // namespace callboard::ovh_rest
