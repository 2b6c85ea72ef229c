#include "event/numbering.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace callboard {
namespace {

struct Reading {
    const char* region;
    const char* raw;
    const char* canonical;
};

TEST(Numbering, writes_numbers_as_00_and_country_code) {
    const Reading cases[] = {
        {"FR", "0612345678", "0033612345678"},     {"FR", "+33612345678", "0033612345678"},
        {"FR", "0033612345678", "0033612345678"},  {"FR", "06 12 34 56 78", "0033612345678"},
        {"FR", "06.12.34.56.78", "0033612345678"}, {"FR", "+33-6-12-34-56-78", "0033612345678"},
        {"FR", "0972000001", "0033972000001"},     {"FR", "+14155552671", "0014155552671"},
        {"FR", "0014155552671", "0014155552671"},  {"FR", "0612345678;phone-context=+33", "0033612345678"},
        {"BE", "0470123456", "0032470123456"},     {"BE", "022345678", "003222345678"},
        {"BE", "0033612345678", "0033612345678"},  {"US", "4155552671", "0014155552671"},
        {"US", "(415) 555-2671", "0014155552671"}, {"US", "+33612345678", "0033612345678"},
        {"US", "14155552671", "0014155552671"},
    };
    for (const auto& [region, raw, canonical] : cases)
        EXPECT_EQ(Numbering(region).canonical(raw), canonical) << region << ' ' << raw;
}

TEST(Numbering, leaves_alone_what_is_no_number) {
    Numbering numbering("FR");
    for (const std::string raw : {"",
                                  "1",
                                  "101",
                                  "3900",
                                  "112",
                                  "anonymous",
                                  "alice",
                                  "*81001",
                                  "#31#",
                                  "06123abc",
                                  "0",
                                  "00",
                                  "+",
                                  "++33612345678",
                                  "06+12345678",
                                  "agent_0033972000001_4242",
                                  "0612",
                                  "061234567890123456",
                                  "\xff\xfe",
                                  "12345678901234567890123456789012345678901234567890"})
        EXPECT_EQ(numbering.canonical(raw), raw);
    EXPECT_EQ(numbering.canonical(std::string(100'000, '1')).size(), 100'000U);
}

TEST(Numbering, asks_again_gets_the_same) {
    Numbering numbering("FR");
    EXPECT_TRUE(rc::check([&numbering](const std::string& raw) {
        const std::string once(numbering.canonical(raw));
        RC_ASSERT(numbering.canonical(raw) == once);
        RC_ASSERT(numbering.canonical(once) == once);
    }));
}

TEST(Numbering, survives_more_numbers_than_it_keeps) {
    Numbering numbering("FR");
    for (std::size_t i = 0; i < Numbering::kCacheEntries + 10; ++i)
        numbering.canonical("x" + std::to_string(i));
    EXPECT_EQ(numbering.canonical("0612345678"), "0033612345678");
    EXPECT_EQ(numbering.canonical("x1"), "x1");
}

TEST(Numbering, answers_alike_from_each_generation_of_its_memory) {
    Numbering numbering("FR");
    std::size_t others = 0;
    for (int round = 0; round < 5; ++round) {
        EXPECT_EQ(numbering.canonical("0612345678"), "0033612345678") << round;
        EXPECT_EQ(numbering.canonical("alice"), "alice") << round;
        for (std::size_t i = 0; i < Numbering::kCacheEntries / 2 + 1; ++i)
            numbering.canonical("x" + std::to_string(++others));
    }
}

TEST(Directory, ending_is_the_same_however_a_number_is_written) {
    for (const char* written :
         {"0033612345678", "+33612345678", "0612345678", "06 12 34 56 78", "06.12-34.56(78)", "5678"})
        EXPECT_EQ(ending_of(written), 5678U) << written;
    EXPECT_EQ(ending_of("0033612340042"), 42U);
    for (const char* none : {"", "678", "alice", "12a678", "5678 ext", "anonymous", "12345678;tag"})
        EXPECT_FALSE(ending_of(none)) << none;
}

class Parties : public testing::Test {
  protected:
    static Service service(std::string number, ServiceType type, std::vector<std::string> aliases) {
        Service made;
        made.number = std::move(number);
        made.type = type;
        made.aliases = std::move(aliases);
        return made;
    }
    const Directory directory_{
        {},
        {service("0033972000001", ServiceType::sip_line, {"1001", "alice", "0600000000"}),
         service("0033972000002", ServiceType::easy_hunting, {"8000"}),
         service("4242", ServiceType::sip_line, {})}};
    Numbering numbering_{"FR"};
};

TEST_F(Parties, may_be_ours_whenever_they_are) {
    EXPECT_TRUE(rc::check([this] {
        // Numbers near ours, in every notation.
        const auto digits = std::to_string(*rc::gen::inRange(972'000'000, 972'000'004));
        const auto raw = *rc::gen::element<std::string>("00", "+", "0", "") +
                         *rc::gen::element<std::string>("33", "", "32") + digits;
        const Service* ours = directory_.by_alias(numbering_.canonical(raw));
        RC_ASSERT(numbering_.resolve(directory_, raw) == ours);
        RC_ASSERT(ours == nullptr || directory_.may_have(raw));
    }));
    EXPECT_FALSE(directory_.may_have("0612345678"));
    EXPECT_FALSE(directory_.may_have("nobody"));
}

TEST_F(Parties, are_named_by_their_number_whichever_name_was_seen) {
    const std::pair<const char*, const char*> cases[] = {{"0033972000001", "0033972000001"},
                                                         {"0972000001", "0033972000001"},
                                                         {"+33972000001", "0033972000001"},
                                                         {"1001", "0033972000001"},
                                                         {"alice", "0033972000001"},
                                                         {"0600000000", "0033972000001"},
                                                         {"8000", "0033972000002"},
                                                         {"4242", "4242"},
                                                         {"0612345678", "0033612345678"},
                                                         {"Alice", "Alice"},
                                                         {"1002", "1002"},
                                                         {"anonymous", "anonymous"},
                                                         {"", ""}};
    for (const auto& [raw, name] : cases) EXPECT_EQ(numbering_.party(directory_, raw), name) << raw;
}

TEST_F(Parties, resolve_to_their_service) {
    ASSERT_NE(numbering_.resolve(directory_, "alice"), nullptr);
    EXPECT_EQ(numbering_.resolve(directory_, "alice")->number, "0033972000001");
    EXPECT_TRUE(numbering_.resolve(directory_, "09 72 00 00 02")->is_queue());
    EXPECT_EQ(numbering_.resolve(directory_, "0612345678"), nullptr);
    EXPECT_EQ(numbering_.resolve(directory_, ""), nullptr);
    EXPECT_EQ(numbering_.resolve(Directory(), "alice"), nullptr);
}

TEST(Directory, finds_services_by_number_and_alias) {
    Service line;
    line.account = "ba-demo";
    line.number = "0033972000001";
    line.aliases = {"1001"};
    const Directory directory({{"ba-demo", "Demo"}}, {line});
    EXPECT_EQ(directory.by_number("0033972000001"), &directory.services().front());
    EXPECT_EQ(directory.by_number("1001"), nullptr) << "an alias is no number";
    EXPECT_EQ(directory.by_alias("1001"), &directory.services().front());
    EXPECT_EQ(directory.by_alias("0033972000001"), &directory.services().front());
    EXPECT_EQ(directory.by_alias("10010"), nullptr);
    ASSERT_NE(directory.account("ba-demo"), nullptr);
    EXPECT_EQ(directory.account("ba-demo")->description, "Demo");
    EXPECT_EQ(directory.account("ba-other"), nullptr);
}

TEST(Directory, knows_service_types_by_the_words_of_the_protocol) {
    const std::pair<ServiceType, const char*> types[] = {{ServiceType::sip_line, "sipCirpack"},
                                                         {ServiceType::mgcp_line, "mgcpCirpack"},
                                                         {ServiceType::easy_hunting, "easyHunting"},
                                                         {ServiceType::cloud_hunting, "cloudHunting"}};
    for (const auto& [type, text] : types) {
        EXPECT_EQ(text_of(type), text);
        EXPECT_EQ(service_type_from(text), type);
        Service service;
        service.type = type;
        EXPECT_EQ(service.is_queue(), std::string_view(text).ends_with("Hunting"));
    }
    EXPECT_EQ(service_type_from("sip"), std::nullopt);
    EXPECT_EQ(service_type_from("SIPCIRPACK"), std::nullopt);
}

TEST(Country, is_that_of_the_number) {
    const std::tuple<const char*, const char*, int> numbers[] = {{"0033972000001", "FR", 33},
                                                                 {"003222000001", "BE", 32},
                                                                 {"00442079460000", "GB", 44},
                                                                 {"0012025550123", "US", 1},
                                                                 {"0080012345678", "", 800}};
    for (const auto& [number, region, code] : numbers) {
        SCOPED_TRACE(number);
        EXPECT_EQ(country_of(number).region, region);
        EXPECT_EQ(country_of(number).code, code);
    }
    for (const char* none : {"", "00", "0612345678", "alice", "00999999999999", "00abc"}) {
        EXPECT_EQ(country_of(none).code, 0) << none;
        EXPECT_EQ(country_of(none).region, "") << none;
    }
}

}  // namespace
}  // namespace callboard
