#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "app/config_for_test.hpp"
#include "app/config_reader.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using test::errors_of;
using test::good;
using test::with_dir;
using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path kSource = CALLBOARD_SOURCE_DIR;

TEST(Config, NeedsLittle) {
    const auto config = good("data_dir = '/d'");
    EXPECT_EQ(config.data_dir, "/d");
    EXPECT_EQ(config.time_zone, "Europe/Paris");
    EXPECT_EQ(config.default_region, "FR");
    EXPECT_EQ(config.threads, 0U);
    EXPECT_THAT(config.http.listen, ElementsAre("127.0.0.1:8080"));
    EXPECT_EQ(config.http.public_url, "http://127.0.0.1:8080");
    EXPECT_EQ(config.http.poll_timeout, std::chrono::seconds(50));
    EXPECT_EQ(config.journal.retention, std::chrono::hours(24 * 90));
    EXPECT_EQ(config.history.retention, std::chrono::hours(24 * 400));
    EXPECT_FALSE(config.journal.sync_always);
    EXPECT_THAT(config.services, IsEmpty());
}

TEST(Config, ReadsEveryKey) {
    const auto config = good(R"(
data_dir = "/var/lib/callboard"
time_zone = "Europe/Brussels"
default_region = "BE"
threads = 3
[http]
listen = ["127.0.0.1:8081", "[::1]:8081"]
public_url = "https://calls.example/board/"
poll_timeout = "2s"
[journal]
engine = "sqlite"
retention = "36h"
sync = "always"
[history]
retention = "30d"
[[account]]
id = "ba-1"
description = "One"
  [[account.service]]
  number = "003222000001"
  description = "Desk"
  type = "sipCirpack"
  simultaneous_lines = 4
  id = "295670"
  aliases = ["1001", "alice"]
  [[account.service]]
  number = "003222000002"
  type = "easyHunting"
[[account]]
id = "ba-2"
[[source]]
name = "sbc"
kind = "hep"
listen = "udp:127.0.0.1:9060"
password = "p"
[[source]]
name = "far"
kind = "hep"
listen = "tcp:127.0.0.1:9061"
[[api.key]]
name = "crm"
key = "k"
allow = ["POST /api/ingest", "* /telephony/*"]
)");
    EXPECT_EQ(config.time_zone, "Europe/Brussels");
    EXPECT_EQ(config.default_region, "BE");
    EXPECT_EQ(config.threads, 3U);
    EXPECT_THAT(config.http.listen, ElementsAre("127.0.0.1:8081", "[::1]:8081"));
    EXPECT_EQ(config.http.public_url, "https://calls.example/board");
    EXPECT_EQ(config.http.poll_timeout, std::chrono::seconds(2));
    EXPECT_EQ(config.journal.retention, std::chrono::hours(36));
    EXPECT_EQ(config.history.retention, std::chrono::hours(24 * 30));
    EXPECT_TRUE(config.journal.sync_always);

    ASSERT_EQ(config.accounts.size(), 2U);
    EXPECT_EQ(config.accounts[0].description, "One");
    EXPECT_EQ(config.accounts[1].description, "ba-2");
    ASSERT_EQ(config.services.size(), 2U);
    const auto& desk = config.services[0];
    EXPECT_EQ(desk.account, "ba-1");
    EXPECT_EQ(desk.description, "Desk");
    EXPECT_EQ(desk.type, ServiceType::sip_line);
    EXPECT_EQ(desk.simultaneous_lines, 4);
    EXPECT_EQ(desk.id, "295670");
    EXPECT_THAT(desk.aliases, ElementsAre("1001", "alice"));
    EXPECT_EQ(config.services[1].description, "003222000002");
    EXPECT_TRUE(config.services[1].is_queue());

    ASSERT_EQ(config.hep_inputs.size(), 2U);
    EXPECT_EQ(config.hep_inputs[0].listen, "udp:127.0.0.1:9060");
    EXPECT_EQ(config.hep_inputs[0].password.reveal(), "p");
    EXPECT_TRUE(config.hep_inputs[1].password.empty());

    ASSERT_EQ(config.api_keys.size(), 1U);
    const ApiKeys keys(config.api_keys);
    EXPECT_EQ(keys.check("k", "POST", "/api/ingest"), ApiKeys::Verdict::allowed);
    EXPECT_EQ(keys.check("k", "DELETE", "/telephony/x"), ApiKeys::Verdict::allowed);
    EXPECT_EQ(keys.check("k", "GET", "/api/ingest"), ApiKeys::Verdict::forbidden);
}

TEST(Config, MakesUpIdsThatStay) {
    const std::string text =
        "data_dir='d'\n[[account]]\nid='a'\n[[account.service]]\nnumber='0033972000001'\n"
        "type='sipCirpack'\n";
    EXPECT_EQ(good(text).services[0].id, "33972000001");
    const auto more = good(text + "[[account.service]]\nnumber='0033972000000'\ntype='mgcpCirpack'\n");
    EXPECT_EQ(more.services[0].id, "33972000001");
    EXPECT_NE(more.services[1].id, more.services[0].id);
}

TEST(Config, DirectoryKnowsNumbersAndAliases) {
    const auto directory =
        directory_of(good("data_dir='d'\n[[account]]\nid='a'\n[[account.service]]\nnumber='0033972000001'\n"
                          "type='sipCirpack'\naliases=['101']\n"));
    ASSERT_NE(directory->by_alias("101"), nullptr);
    EXPECT_EQ(directory->by_alias("101")->number, "0033972000001");
    EXPECT_NE(directory->account("a"), nullptr);
    EXPECT_EQ(directory->account("b"), nullptr);
}

TEST(Config, ReadsALookupOfContacts) {
    EXPECT_EQ(good("data_dir = '/d'").lookup.url, "") << "off when nothing is said";
    const auto lookup = good(R"(
data_dir = "/d"
[contacts]
lookup = "https://crm.internal/name?phone=*E164*"
lookup_field = "data.name"
lookup_header = "Authorization: Bearer abc"
lookup_timeout = "1s"
lookup_keep = "2h"
allow_private = ["crm.internal"]
)")
                            .lookup;
    EXPECT_EQ(lookup.url, "https://crm.internal/name?phone=*E164*");
    EXPECT_EQ(lookup.field, "data.name");
    EXPECT_TRUE(lookup.header.equals("Authorization: Bearer abc"));
    EXPECT_EQ(lookup.timeout, std::chrono::seconds(1));
    EXPECT_EQ(lookup.keep, std::chrono::hours(2));
    EXPECT_EQ(lookup.allow_private, std::vector<std::string>{"crm.internal"});
}

TEST(Config, ReadsWebhooks) {
    const auto config = good(R"(
data_dir = "/d"
[[account]]
id = "a"
[[account.service]]
number = "0033972000002"
type = "easyHunting"
threshold_waiting = 5
threshold_wait = "90s"
[webhooks]
allow_private = ["crm.internal", "10.0.0.0/8"]
[[webhook]]
name = "crm"
account = "a"
events = ["start_ringing", "call.missed"]
url = "https://crm.example/?from=*CALLING*"
[[webhook]]
name = "wall"
service = "0033972000002"
events = ["*"]
url = "http://crm.internal/"
method = "POST"
secret = "new"
previous_secret = "old"
)");
    ASSERT_EQ(config.webhooks.size(), 2U);
    EXPECT_EQ(config.webhooks[0].id, "crm");
    EXPECT_EQ(config.webhooks[0].account, "a");
    EXPECT_EQ(config.webhooks[0].events, (std::vector<std::string>{"start_ringing", "call.missed"}));
    EXPECT_EQ(config.webhooks[0].method, webhook::Webhook::Method::get);
    EXPECT_TRUE(config.webhooks[0].configured);
    EXPECT_EQ(config.webhooks[1].service, "0033972000002");
    EXPECT_EQ(config.webhooks[1].method, webhook::Webhook::Method::post);
    EXPECT_TRUE(config.webhooks[1].secret.equals("new"));
    EXPECT_TRUE(config.webhooks[1].previous_secret.equals("old"));
    EXPECT_EQ(config.webhook_rules.allow_private, (std::vector<std::string>{"crm.internal", "10.0.0.0/8"}));
    const auto threshold = config.webhook_rules.thresholds.find("0033972000002");
    ASSERT_NE(threshold, config.webhook_rules.thresholds.end());
    EXPECT_EQ(threshold->second.waiting, 5U);
    EXPECT_EQ(threshold->second.longest_wait, std::chrono::seconds(90));
}

TEST(Config, ReadsApiClients) {
    ::setenv("CALLBOARD_TEST_CONSUMER", "consumer-2", 1);
    const auto config = good(with_dir(R"(
[[api.client]]
application_key = "app"
application_secret = "secret"
consumer_key = "consumer-1"
allow = ["* /telephony/*", "GET /me"]
[[api.client]]
application_key = "app"
application_secret = "secret"
consumer_key = { env = "CALLBOARD_TEST_CONSUMER" }
allow = ["GET /telephony/*"]
)"));
    ASSERT_EQ(config.api_clients.size(), 2U);
    EXPECT_EQ(config.api_clients[0].application_key.reveal(), "app");
    EXPECT_EQ(config.api_clients[0].application_secret.reveal(), "secret");
    EXPECT_EQ(config.api_clients[0].consumer_key.reveal(), "consumer-1");
    ASSERT_EQ(config.api_clients[0].allow.size(), 2U);
    EXPECT_EQ(config.api_clients[0].allow[0].method, "*");
    EXPECT_EQ(config.api_clients[0].allow[0].path, "/telephony/*");
    EXPECT_EQ(config.api_clients[1].consumer_key.reveal(), "consumer-2");
}

TEST(Config, ShowsNoKeyOfAClient) {
    for (const auto& error : errors_of(with_dir("[[api.client]]\napplication_key='HIDDEN A'\n"
                                                "application_secret='HIDDEN B'\nconsumer_key='HIDDEN C'\n"
                                                "allow=['* /*']\n")))
        EXPECT_EQ(error.find("HIDDEN"), std::string::npos) << error;
}

TEST(Config, TellsEverythingAtOnceInTheOrderOfLines) {
    EXPECT_THAT(
        errors_of(R"(threads = 999
[http]
poll_timeout = "90s"
[[account]]
id = "a"
  [[account.service]]
  number = "0033972000001"
  type = "sipCirpack"
  aliases = ["101"]
[[account]]
id = "b"
  [[account.service]]
  number = "0033972000001"
  type = "phone"
  aliases = ["102", "101"]
)"),
        ElementsAre("f:1: data_dir: is missing; it is a text in quotes",
                    "f:1: threads: has to be a whole number from 0 to 256",
                    "f:3: http.poll_timeout: has to be from 1s to 59s",
                    "f:13: account.service.number: the number or alias \"0033972000001\" is already taken "
                    "in line 7",
                    "f:14: account.service.type: has to be \"sipCirpack\", \"mgcpCirpack\", "
                    "\"easyHunting\" or \"cloudHunting\"",
                    "f:15: account.service.aliases: the number or alias \"101\" is already taken in line "
                    "9"));
}

TEST(Config, NeverRepeatsASecret) {
    for (const auto* text : {"[[source]]\nname='s'\nkind='hep'\nlisten='x'\npassword=['hunter2']\n",
                             "[[api.key]]\nname='n'\nkey={ file = 1, hunter2 = 2 }\nallow=[]\n",
                             "[[source]]\nname='s'\nkind='ovh'\ntoken='hunter2'\nurl='-'\n"})
        for (const auto& error : errors_of(with_dir(text)))
            EXPECT_EQ(error.find("hunter2"), std::string::npos);
}

TEST(Config, ReadsSecretsFromFilesAndTheEnvironment) {
    const auto folder = std::filesystem::path(testing::TempDir());
    std::ofstream(folder / "key.txt") << "from a file\n";
    ::setenv("CALLBOARD_TEST_KEY", "from the environment", 1);
    const auto config =
        good(with_dir("[[api.key]]\nname='a'\nkey={ file = 'key.txt' }\nallow=['GET /']\n"
                      "[[api.key]]\nname='b'\nkey={ env = 'CALLBOARD_TEST_KEY' }\nallow=['GET /']\n"),
             folder);
    ASSERT_EQ(config.api_keys.size(), 2U);
    EXPECT_EQ(config.api_keys[0].key.reveal(), "from a file");
    EXPECT_EQ(config.api_keys[1].key.reveal(), "from the environment");
}

TEST(Config, AFileThatCannotBeReadIsAnError) {
    for (const auto& path : {std::filesystem::path("/none/callboard.toml"), std::filesystem::path("/tmp")}) {
        const auto read = load_config(path);
        ASSERT_TRUE(std::holds_alternative<ConfigErrors>(read));
        EXPECT_EQ(std::get<ConfigErrors>(read).front().line, 1U);
    }
}

TEST(Config, ReadsDurations) {
    using namespace std::chrono;
    EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("50s"), seconds(50));
    EXPECT_EQ(parse_duration("5m"), minutes(5));
    EXPECT_EQ(parse_duration("12h"), hours(12));
    EXPECT_EQ(parse_duration("90d"), hours(2160));
    for (const auto* wrong : {"", "s", "5", "5 s", "-5s", "5w", "1.5h", "99999999999d", "5sx"})
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
}

/// Every block of TOML in a page.
std::vector<std::string> samples(const std::filesystem::path& page) {
    std::ifstream in(page);
    std::vector<std::string> all;
    bool within = false;
    for (std::string line; std::getline(in, line);) {
        if (line == "```toml") {
            within = true;
            all.emplace_back();
        } else if (line == "```") {
            within = false;
        } else if (within) {
            all.back() += line + '\n';
        }
    }
    return all;
}

TEST(Config, SamplesOfThePagesAreGood) {
    const auto readme = samples(kSource / "README.md");
    ASSERT_FALSE(readme.empty());
    for (const auto& text : readme) good(text);
    const auto pages = samples(kSource / "docs/configuration.md");
    ASSERT_FALSE(pages.empty());
    const test::TemporaryDirectory folder;  // with the secrets that they name
    std::ofstream(folder.path() / "ovh-token") << "secret\n";
    for (const auto& text : pages) {
        const bool whole = text.find("data_dir") != std::string::npos;
        good(whole ? text : "data_dir = 'd'\n" + text, folder.path());
    }
    EXPECT_TRUE(good("data_dir = 'd'\n").audit_log.empty());
    EXPECT_EQ(good("data_dir = 'd'\n[audit]\nlog = 'audit.log'\n", folder.path()).audit_log,
              folder.path() / "audit.log");
    std::ifstream sample(kSource / "docs/callboard.toml");
    std::stringstream text;
    text << sample.rdbuf();
    EXPECT_FALSE(good(text.str()).services.empty());
}

}  // namespace
}  // namespace callboard
