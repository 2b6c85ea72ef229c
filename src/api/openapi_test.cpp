#include "api/openapi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

#include "api/handlers.hpp"
#include "api/ovh/routes.hpp"

namespace callboard {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using testing::HasSubstr;
using testing::Not;

class DescriptionTest : public testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(openapi_parser_.parse(std::string(openapi_json())).get(openapi_), simdjson::SUCCESS);
        ASSERT_EQ(asyncapi_parser_.parse(std::string(asyncapi_json())).get(asyncapi_), simdjson::SUCCESS);
    }

    static object members(const element& parent, std::string_view pointer) {
        object found;
        EXPECT_EQ(parent.at_pointer(pointer).get(found), simdjson::SUCCESS) << pointer;
        return found;
    }
    static element child(const element& parent, std::string_view name) {
        element found;
        EXPECT_EQ(parent.at_key(name).get(found), simdjson::SUCCESS) << name;
        return found;
    }
    static std::string text(const element& parent, std::string_view name) {
        std::string_view found;
        EXPECT_EQ(child(parent, name).get(found), simdjson::SUCCESS) << name;
        return std::string(found);
    }
    /// `GET /api/events` of each operation that is described.
    std::set<std::string> described() const {
        std::set<std::string> all;
        for (const auto path : members(openapi_, "/paths"))
            for (const auto member : members(path.value, "")) {
                std::string method(member.key);
                for (char& c : method) c = static_cast<char>(std::toupper(c));
                if (method == "GET" || method == "POST" || method == "PUT" || method == "DELETE")
                    all.insert(method + " " + std::string(path.key));
            }
        return all;
    }
    /// Every text of a member `name`, wherever it is.
    static void collect(const element& from, std::string_view name, std::set<std::string>& found) {
        if (object inside; from.get(inside) == simdjson::SUCCESS)
            for (const auto member : inside) {
                std::string_view text;
                if (member.key == name && member.value.get(text) == simdjson::SUCCESS) found.emplace(text);
                collect(member.value, name, found);
            }
        if (simdjson::dom::array list; from.get(list) == simdjson::SUCCESS)
            for (const element one : list) collect(one, name, found);
    }

    simdjson::dom::parser openapi_parser_, asyncapi_parser_;
    element openapi_, asyncapi_;
};

std::set<std::string> routed() {
    std::set<std::string> all;
    for (const Route& route : route_table())
        all.insert(std::string(route.method) + " " + std::string(route.path));
    for (const auto& route : ovh_rest::route_table())
        all.insert(std::string(route.method) + " " + std::string(route.path));
    return all;
}

TEST_F(DescriptionTest, EveryRouteIsDescribedAndNothingElse) {
    const auto routes = routed();
    const auto descriptions = described();
    EXPECT_EQ(descriptions, routes);
}

TEST_F(DescriptionTest, NoRouteStandsInTheWayOfAnother) {
    const auto routes = routed();
    EXPECT_EQ(routes.size(), route_table().size() + ovh_rest::route_table().size())
        << "one row a method and path";
}

TEST_F(DescriptionTest, TheRestSideIsBesideItsThreeBases) {
    for (const auto& route : ovh_rest::route_table()) {
        const element path = child(child(openapi_, "paths"), route.path);
        std::set<std::string> bases;
        collect(child(path, "servers"), "url", bases);
        EXPECT_EQ(bases, (std::set<std::string>{"/1.0", "/v1", "/"})) << route.path;
    }
}

TEST_F(DescriptionTest, ParametersArePartsOfTheirPath) {
    for (const auto path : members(openapi_, "/paths")) {
        std::string wanted;
        for (std::size_t at = 0; (at = path.key.find('{', at)) != std::string_view::npos; ++at)
            wanted += std::string(path.key.substr(at + 1, path.key.find('}', at) - at - 1)) + " ";
        std::string given;
        simdjson::dom::array parameters;
        if (path.value["parameters"].get(parameters) == simdjson::SUCCESS)
            for (const element parameter : parameters) given += text(parameter, "name") + " ";
        EXPECT_EQ(given, wanted) << path.key;
    }
}

TEST_F(DescriptionTest, ReferencesLeadSomewhere) {
    for (const element& document : {openapi_, asyncapi_}) {
        std::set<std::string> references;
        collect(document, "$ref", references);
        EXPECT_GT(references.size(), 10U);
        for (const auto& reference : references) {
            ASSERT_EQ(reference.substr(0, 2), "#/");
            EXPECT_EQ(document.at_pointer(reference.substr(1)).error(), simdjson::SUCCESS) << reference;
        }
    }
}

TEST_F(DescriptionTest, BothSayTheSameOfAnEvent) {
    for (const char* name : {"Event", "EventV1", "LineData", "QueueData", "Details"}) {
        const element one = child(child(child(openapi_, "components"), "schemas"), name);
        const element other = child(child(child(asyncapi_, "components"), "schemas"), name);
        EXPECT_EQ(std::string(simdjson::minify(one)), std::string(simdjson::minify(other))) << name;
    }
}

TEST_F(DescriptionTest, TheEventsOfTheVocabularyAreDescribed) {
    std::set<std::string> names;
    collect(child(child(asyncapi_, "components"), "messages"), "name", names);
    for (const std::string_view name :
         {event_name::start_ringing, event_name::end_ringing, event_name::start_calling,
          event_name::end_calling, event_name::start_hold, event_name::end_hold, event_name::registered,
          event_name::unregistered, event_name::call_failed})
        EXPECT_EQ(names.count(std::string(name)), 1U) << name;
    for (const char* name :
         {"member-queue-start", "members-count", "agent-offering", "bridge-agent-start", "bridge-agent-end",
          "bridge-agent-fail", "member-queue-end", "agent-status-change", "agent-state-change"})
        EXPECT_EQ(names.count(name), 1U) << name;
}

TEST(DocsPage, ShowsBothDescriptions) {
    const std::string page = docs_page(openapi_json(), asyncapi_json());
    for (const char* shown :
         {"<code>GET /api/snapshot</code>", "<code>POST /v2/session</code>",
          "<code>DELETE /telephony/{billingAccount}/eventToken</code>",
          "<td><code>billingAccount</code></td>", "<h2 id=\"TelephonyService\">", "<h1 id=\"streams\">",
          "<code>/v2/session/{id}/events/websocket</code>", "<a href=\"#StartRinging\">",
          "<h2 id=\"StartRinging\">", "<h2 id=\"MemberQueueEndData\">"})
        EXPECT_THAT(page, HasSubstr(shown));
    EXPECT_THAT(page, Not(HasSubstr("<code>PARAMETERS")));
    EXPECT_THAT(page, Not(HasSubstr("<code>SERVERS")));
    for (const char* id : {"<h2 id=\"Event\">", "<h2 id=\"LineData\">"})
        EXPECT_EQ(page.find(id), page.rfind(id)) << id << " once";
}

TEST(DocsPage, ShowsTextAsText) {
    const std::string page = docs_page(
        R"({"info":{"title":"<b>&"},"paths":{"/<x>":{"get":{"summary":"\"q\""}}}})",
        R"({"info":{"title":"s"},"channels":{"c":{"address":"<a>"}},"components":{"messages":{},"schemas":{}}})");
    EXPECT_THAT(page, HasSubstr("<h1>&lt;b&gt;&amp;</h1>"));
    EXPECT_THAT(page, HasSubstr("GET /&lt;x&gt;"));
    EXPECT_THAT(page, HasSubstr("&quot;q&quot;"));
    EXPECT_THAT(page, HasSubstr("<code>&lt;a&gt;</code>"));
}

TEST(DocsPage, IsEmptyWithoutADescription) {
    EXPECT_EQ(docs_page("", asyncapi_json()), "");
    EXPECT_EQ(docs_page("{}", asyncapi_json()), "");
    EXPECT_EQ(docs_page(openapi_json(), "[1]"), "");
    EXPECT_EQ(docs_page(openapi_json(), "{}"), "");
}

}  // namespace
}  // namespace callboard
