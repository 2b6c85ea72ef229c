#include "app/config.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "app/config_reader.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path kSource = CALLBOARD_SOURCE_DIR;

std::vector<std::string> errors_of(std::string_view text, const std::filesystem::path& folder = ".") {
    const auto read = parse_config(text, folder);
    std::vector<std::string> all;
    if (const auto* errors = std::get_if<ConfigErrors>(&read))
        for (const auto& error : *errors) all.push_back(error.text("f"));
    return all;
}

Config good(std::string_view text, const std::filesystem::path& folder = ".") {
    auto read = parse_config(text, folder);
    EXPECT_THAT(errors_of(text, folder), IsEmpty());
    return std::holds_alternative<Config>(read) ? std::get<Config>(std::move(read)) : Config{};
}

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

TEST(Config, ReadsAFreeswitch) {
    const auto config = good(R"(
data_dir = "/d"
[[source]]
name = "pbx"
kind = "freeswitch"
address = "pbx.example:8021"
password = "ClueCon"
lines = "never"
[[source]]
name = "other"
kind = "freeswitch"
address = "[::1]:8021"
password = "ClueCon"
)");
    ASSERT_EQ(config.freeswitch_inputs.size(), 2U);
    EXPECT_EQ(config.freeswitch_inputs[0].name, "pbx");
    EXPECT_EQ(config.freeswitch_inputs[0].address, "pbx.example:8021");
    EXPECT_TRUE(config.freeswitch_inputs[0].password.equals("ClueCon"));
    EXPECT_EQ(config.freeswitch_inputs[0].lines, Config::LineEvents::never);
    EXPECT_EQ(config.freeswitch_inputs[1].lines, Config::LineEvents::automatic);
    EXPECT_FALSE(config.freeswitch_inputs[0].same(config.freeswitch_inputs[1]));
    EXPECT_TRUE(config.freeswitch_inputs[0].same(config.freeswitch_inputs[0]));
}

TEST(Config, ReadsAnAsterisk) {
    const auto config = good(R"(
data_dir = "/d"
[[source]]
name = "office"
kind = "asterisk"
address = "pbx.example:5038"
username = "callboard"
secret = "s3cret"
lines = "always"
[[source]]
name = "other"
kind = "asterisk"
address = "[::1]:5038"
username = "callboard"
secret = "s3cret"
)");
    ASSERT_EQ(config.asterisk_inputs.size(), 2U);
    EXPECT_EQ(config.asterisk_inputs[0].name, "office");
    EXPECT_EQ(config.asterisk_inputs[0].address, "pbx.example:5038");
    EXPECT_EQ(config.asterisk_inputs[0].username, "callboard");
    EXPECT_TRUE(config.asterisk_inputs[0].secret.equals("s3cret"));
    EXPECT_EQ(config.asterisk_inputs[0].lines, Config::LineEvents::always);
    EXPECT_EQ(config.asterisk_inputs[1].lines, Config::LineEvents::automatic);
    EXPECT_FALSE(config.asterisk_inputs[0].same(config.asterisk_inputs[1]));
    EXPECT_TRUE(config.asterisk_inputs[0].same(config.asterisk_inputs[0]));
}

TEST(Config, ReadsAnEventService) {
    const auto config = good(R"(
data_dir = "/d"
[[source]]
name = "ovh"
kind = "ovh"
token = "ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB"
[[source]]
name = "branch"
kind = "ovh"
token = "other"
url = "http://callboard.example:8080/"
version = 2
)");
    ASSERT_EQ(config.ovh_inputs.size(), 2U);
    EXPECT_EQ(config.ovh_inputs[0].name, "ovh");
    EXPECT_EQ(config.ovh_inputs[0].url, "https://events.voip.ovh.net");
    EXPECT_EQ(config.ovh_inputs[0].version, 1);
    EXPECT_TRUE(config.ovh_inputs[0].token.equals("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB"));
    EXPECT_EQ(config.ovh_inputs[1].url, "http://callboard.example:8080");
    EXPECT_EQ(config.ovh_inputs[1].version, 2);
    EXPECT_TRUE(config.ovh_inputs[0].same(config.ovh_inputs[0]));
    EXPECT_FALSE(config.ovh_inputs[0].same(config.ovh_inputs[1]));
}

TEST(Config, WhatIsInProgressIsAnExchangesWhenNoOtherSourceTellsOfIt) {
    Config config;
    EXPECT_FALSE(config.has_one_exchange());
    config.asterisk_inputs.emplace_back();
    EXPECT_TRUE(config.has_one_exchange());
    config.freeswitch_inputs.emplace_back();
    EXPECT_FALSE(config.has_one_exchange());
    config.freeswitch_inputs.clear();
    config.asterisk_inputs[0].lines = Config::LineEvents::always;
    config.hep_inputs.emplace_back();
    EXPECT_FALSE(config.has_one_exchange());
    EXPECT_FALSE(config.has_one_mirror());
}

TEST(Config, BesideAMirrorThatTellsTheLinesAnExchangeHasTheCallersOfQueues) {
    Config config;
    config.hep_inputs.emplace_back();
    config.asterisk_inputs.emplace_back();
    EXPECT_TRUE(config.has_one_mirror());
    EXPECT_TRUE(config.has_one_exchange());
    config.ovh_inputs.emplace_back();
    EXPECT_FALSE(config.has_one_mirror());
    EXPECT_FALSE(config.has_one_exchange());
}

TEST(Config, AnExchangeTellsOfLinesWhenNoMirrorDoes) {
    using Lines = Config::LineEvents;
    Config config;
    EXPECT_TRUE(config.tells_lines(Lines::automatic));
    EXPECT_FALSE(config.tells_lines(Lines::never));
    config.hep_inputs.emplace_back();
    EXPECT_FALSE(config.tells_lines(Lines::automatic));
    EXPECT_TRUE(config.tells_lines(Lines::always));
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

struct Wrong {
    std::string name, text;
    std::vector<std::string> errors;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

/// `text` with what every configuration needs in front, on line 1.
std::string with_dir(const std::string& text) { return "data_dir = 'd'\n" + text; }
std::string in_service(const std::string& text) {
    return with_dir("[[account]]\nid='a'\n[[account.service]]\n" + text);
}
std::string in_source(const std::string& text) { return with_dir("[[source]]\nname='s'\n" + text); }

class WrongConfig : public testing::TestWithParam<Wrong> {};

TEST_P(WrongConfig, IsNamedWithItsLine) { EXPECT_EQ(errors_of(GetParam().text), GetParam().errors); }

INSTANTIATE_TEST_SUITE_P(
    Root, WrongConfig,
    testing::Values(
        Wrong{"empty", "", {"f:1: data_dir: is missing; it is a text in quotes"}},
        Wrong{"no_toml",
              "data_dir = 'd'\nthreads = \n",
              {"f:2: Error while parsing key-value pair: expected value, saw '\\n'"}},
        Wrong{"data_dir_number", "data_dir = 7", {"f:1: data_dir: has to be a text in quotes"}},
        Wrong{"data_dir_empty", "data_dir = ''", {"f:1: data_dir: must not be empty"}},
        Wrong{"unknown",
              with_dir("thread = 2\n"),
              {"f:2: thread: is not a key that this place has; did you mean \"threads\"?"}},
        Wrong{"unknown_and_far",
              with_dir("colour = 'red'\n"),
              {"f:2: colour: is not a key that this place has"}},
        Wrong{"unknown_table",
              with_dir("[htpp]\nlisten = []\n"),
              {"f:2: htpp: is not a key that this place has; did you mean \"http\"?"}},
        Wrong{"zone",
              with_dir("time_zone = 'Europe/Pari'\n"),
              {"f:2: time_zone: time zone \"Europe/Pari\" is not known to this system; use a name such as "
               "Europe/Paris, and install tzdata"}},
        Wrong{"region",
              with_dir("default_region = 'France'\n"),
              {"f:2: default_region: \"France\" is no country; write its two capital letters of ISO 3166, as "
               "in "
               "FR"}},
        Wrong{
            "threads", with_dir("threads = -1\n"), {"f:2: threads: has to be a whole number from 0 to 256"}},
        Wrong{"threads_text",
              with_dir("threads = '2'\n"),
              {"f:2: threads: has to be a whole number from 0 to 256"}},
        Wrong{"http_no_table", with_dir("http = 1\n"), {"f:2: http: has to be a table, [http]"}},
        Wrong{"account_one_table",
              with_dir("[account]\nid = 'a'\n"),
              {"f:2: account: has to be a list of tables, [[account]]"}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Http, WrongConfig,
    testing::Values(
        Wrong{"listen_text",
              with_dir("[http]\nlisten = '127.0.0.1:80'\n"),
              {"f:3: http.listen: has to be a list of texts, [\"…\", \"…\"]"}},
        Wrong{"listen_empty", with_dir("[http]\nlisten = []\n"), {"f:3: http.listen: must not be empty"}},
        Wrong{"listen_no_port",
              with_dir("[http]\nlisten = [\n'127.0.0.1:1',\n'127.0.0.1']\n"),
              {"f:5: http.listen: \"127.0.0.1\" has no port; write it as 127.0.0.1:8080"}},
        Wrong{"listen_port",
              with_dir("[http]\nlisten = ['127.0.0.1:99999']\n"),
              {"f:3: http.listen: \"127.0.0.1:99999\" is no address; write it as 127.0.0.1:8080 or "
               "[::1]:8080"}},
        Wrong{"listen_twice",
              with_dir("[http]\nlisten = [\n'127.0.0.1:1',\n'127.0.0.1:1']\n"),
              {"f:5: http.listen: the address \"127.0.0.1:1\" is already taken in line 4"}},
        Wrong{"public_url",
              with_dir("[http]\npublic_url = 'calls.example'\n"),
              {"f:3: http.public_url: \"calls.example\" is no base of a URL; write it as "
               "https://callboard.example"}},
        Wrong{"poll_timeout_minute",
              with_dir("[http]\npoll_timeout = '60s'\n"),
              {"f:3: http.poll_timeout: has to be from 1s to 59s"}},
        Wrong{"poll_timeout_number",
              with_dir("[http]\npoll_timeout = 50\n"),
              {"f:3: http.poll_timeout: has to be a duration such as \"50s\", \"5m\", \"12h\" or \"90d\""}},
        Wrong{"tls_without_key",
              with_dir("[http]\ntls_certificate = 'c'\n"),
              {"f:3: http.tls_certificate: tls_key is missing beside it"}},
        Wrong{"tls_without_certificate",
              with_dir("[http]\ntls_key = 'k'\n"),
              {"f:3: http.tls_key: tls_certificate is missing beside it"}},
        Wrong{"tls",
              with_dir("[http]\ntls_certificate = '/nowhere/c'\ntls_key = 'k'\n"),
              {"f:3: http.tls_certificate: tls: /nowhere/c: no certificate in PEM form: No such file or "
               "directory"}},
        Wrong{"proxies",
              with_dir("[http]\ntrusted_proxies = ['127.0.0.1', 'proxy']\n"),
              {"f:3: http.trusted_proxies: \"proxy\" is no address; write it as 127.0.0.1, 10.0.0.0/8 or "
               "fd00::/8"}},
        Wrong{"connections",
              with_dir("[http]\nconnections_per_address = 0\n"),
              {"f:3: http.connections_per_address: has to be a whole number from 1 to 1000000"}},
        Wrong{"io",
              with_dir("[http]\nio = 'select'\n"),
              {"f:3: http.io: has to be \"automatic\", \"epoll\" or \"io_uring\""}},
        Wrong{"unknown",
              with_dir("[http]\nlisen = ['127.0.0.1:1']\n"),
              {"f:3: http.lisen: is not a key that this place has; did you mean \"listen\"?"}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    History, WrongConfig,
    testing::Values(Wrong{"retention",
                          with_dir("[history]\nretention = '59m'\n"),
                          {"f:3: history.retention: has to be from 1h to 3660d"}},
                    Wrong{"url",
                          with_dir("[history]\nurl = 'postgresql://localhost/calls'\n"),
                          {"f:3: history.url: a database outside is not supported by this version"}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Journal, WrongConfig,
    testing::Values(
        Wrong{"engine",
              with_dir("[journal]\nengine = 'mysql'\n"),
              {"f:3: journal.engine: has to be \"sqlite\" or \"jetstream\""}},
        Wrong{"jetstream",
              with_dir("[journal]\nengine = 'jetstream'\n"),
              {"f:3: journal.engine: \"jetstream\" is not supported by this version"}},
        Wrong{"retention",
              with_dir("[journal]\nretention = '10s'\n"),
              {"f:3: journal.retention: has to be from 1m to 3660d"}},
        Wrong{"retention_unit",
              with_dir("[journal]\nretention = '3 weeks'\n"),
              {"f:3: journal.retention: has to be a duration such as \"50s\", \"5m\", \"12h\" or \"90d\""}},
        Wrong{"sync",
              with_dir("[journal]\nsync = true\n"),
              {"f:3: journal.sync: has to be \"interval\" or \"always\""}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Account, WrongConfig,
    testing::Values(
        Wrong{"no_id",
              with_dir("[[account]]\ndescription = 'x'\n"),
              {"f:2: account.id: is missing; it is a text in quotes"}},
        Wrong{"id_twice",
              with_dir("[[account]]\nid = 'a'\n[[account]]\nid = 'a'\n"),
              {"f:5: account.id: the account \"a\" is already taken in line 3"}},
        Wrong{"id_blank",
              with_dir("[[account]]\nid = 'a b'\n"),
              {"f:3: account.id: \"a b\" has to be at most 64 of a-z A-Z 0-9 - _ ."}},
        Wrong{"service_bare",
              in_service(""),
              {"f:4: account.service.number: is missing; it is a text in quotes",
               "f:4: account.service.type: is missing; it is \"sipCirpack\", \"mgcpCirpack\", "
               "\"easyHunting\" or "
               "\"cloudHunting\""}},
        Wrong{
            "number_national",
            in_service("number = '0972000001'\ntype = 'sipCirpack'\n"),
            {"f:5: account.service.number: \"0972000001\" has to be 00, country code and number; write it as "
             "\"0033972000001\""}},
        Wrong{"number_word",
              in_service("number = 'alice'\ntype = 'sipCirpack'\n"),
              {"f:5: account.service.number: \"alice\" has to be 00, country code and number, digits alone, "
               "as in "
               "0033972000001"}},
        Wrong{"type",
              in_service("number = '0033972000001'\ntype = 'sip'\n"),
              {"f:6: account.service.type: has to be \"sipCirpack\", \"mgcpCirpack\", \"easyHunting\" or "
               "\"cloudHunting\""}},
        Wrong{"lines",
              in_service("number = '0033972000001'\ntype = 'sipCirpack'\nsimultaneous_lines = 0\n"),
              {"f:7: account.service.simultaneous_lines: has to be a whole number from 1 to 10000"}},
        Wrong{"id",
              in_service("number = '0033972000001'\ntype = 'sipCirpack'\nid = 'x1'\n"),
              {"f:7: account.service.id: \"x1\" has to be 1 to 20 digits"}},
        Wrong{"aliases",
              in_service("number = '0033972000001'\ntype = 'sipCirpack'\naliases = [1001]\n"),
              {"f:7: account.service.aliases: has to be a list of texts, [\"…\", \"…\"]"}},
        Wrong{"alias_empty",
              in_service("number = '0033972000001'\ntype = 'sipCirpack'\naliases = ['']\n"),
              {"f:7: account.service.aliases: must not hold an empty text"}},
        Wrong{"unknown",
              in_service("number = '0033972000001'\ntype = 'sipCirpack'\nalias = ['1']\n"),
              {"f:7: account.service.alias: is not a key that this place has; did you mean \"aliases\"?"}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Source, WrongConfig,
    testing::Values(
        Wrong{"bare",
              with_dir("[[source]]\n"),
              {"f:2: source.name: is missing; it is a text in quotes",
               "f:2: source.kind: is missing; it is \"hep\", \"freeswitch\", \"asterisk\", \"ovh\" or "
               "\"simulator\""}},
        Wrong{
            "kind",
            in_source("kind = 'sip'\n"),
            {"f:4: source.kind: has to be \"hep\", \"freeswitch\", \"asterisk\", \"ovh\" or \"simulator\""}},
        Wrong{"hep_no_listen",
              in_source("kind = 'hep'\n"),
              {"f:2: source.listen: is missing; it is a text in quotes"}},
        Wrong{"hep_transport",
              in_source("kind = 'hep'\nlisten = '127.0.0.1:9060'\n"),
              {"f:5: source.listen: \"127.0.0.1:9060\" has to begin with udp: or tcp:, as in "
               "udp:127.0.0.1:9060"}},
        Wrong{"hep_port",
              in_source("kind = 'hep'\nlisten = 'udp:127.0.0.1'\n"),
              {"f:5: source.listen: \"127.0.0.1\" has no port; write it as 127.0.0.1:8080"}},
        Wrong{"hep_key_of_another",
              in_source("kind = 'hep'\nlisten = 'udp:127.0.0.1:1'\ntoken = 'x'\n"),
              {"f:6: source.token: is not a key that this place has"}},
        Wrong{"same_address",
              in_source("kind='hep'\nlisten='udp:127.0.0.1:1'\n[[source]]\nname='t'\nkind='hep'\n"
                        "listen='udp:127.0.0.1:1'\n"),
              {"f:9: source.listen: the address \"udp:127.0.0.1:1\" is already taken in line 5"}},
        Wrong{"same_name",
              in_source("kind='hep'\nlisten='udp:127.0.0.1:1'\n[[source]]\nname='s'\nkind='hep'\n"
                        "listen='udp:127.0.0.1:2'\n"),
              {"f:7: source.name: the source \"s\" is already taken in line 3"}},
        Wrong{"freeswitch_without_anything",
              in_source("kind = 'freeswitch'\n"),
              {"f:2: source.address: is missing; it is a text in quotes",
               "f:2: source.password: is missing; it is a text, { file = \"…\" } or { env = \"…\" }"}},
        Wrong{"freeswitch_address",
              in_source("kind = 'freeswitch'\naddress = 'pbx'\npassword = 'ClueCon'\n"),
              {"f:5: source.address: \"pbx\" has to be host and port, as in 127.0.0.1:8021"}},
        Wrong{"freeswitch_port",
              in_source("kind = 'freeswitch'\naddress = 'pbx:0'\npassword = 'ClueCon'\n"),
              {"f:5: source.address: \"pbx:0\" has to be host and port, as in 127.0.0.1:8021"}},
        Wrong{"freeswitch_password",
              in_source("kind = 'freeswitch'\naddress = 'pbx:8021'\npassword = \"a\\nb\"\n"),
              {"f:6: source.password: has a line break in it, which no command can carry"}},
        Wrong{"freeswitch_lines",
              in_source("kind = 'freeswitch'\naddress = 'pbx:8021'\npassword = 'x'\nlines = 'no'\n"),
              {"f:7: source.lines: has to be \"auto\", \"always\" or \"never\""}},
        Wrong{"asterisk",
              in_source("kind = 'asterisk'\naddress = '127.0.0.1'\n"),
              {"f:2: source.username: is missing; it is a text in quotes",
               "f:2: source.secret: is missing; it is a text, { file = \"…\" } or { env = \"…\" }",
               "f:5: source.address: \"127.0.0.1\" has to be host and port, as in 127.0.0.1:8021"}},
        Wrong{
            "asterisk_lines",
            in_source("kind = 'asterisk'\naddress = 'pbx:5038'\nusername = 'u'\nsecret = 's'\nlines = 'x'\n"),
            {"f:8: source.lines: has to be \"auto\", \"always\" or \"never\""}},
        Wrong{"asterisk_password",
              in_source(
                  "kind = 'asterisk'\naddress = 'pbx:5038'\nusername = 'u'\nsecret = 's'\npassword = 'x'\n"),
              {"f:8: source.password: is not a key that this place has"}},
        Wrong{"ovh",
              in_source("kind = 'ovh'\nversion = 3\nurl = 'events.voip.ovh.net'\n"),
              {"f:2: source.token: is missing; it is a text, { file = \"…\" } or { env = \"…\" }",
               "f:5: source.version: has to be a whole number from 1 to 2",
               "f:6: source.url: \"events.voip.ovh.net\" is no base of a URL; write it as "
               "https://callboard.example"}},
        Wrong{"simulator",
              in_source("kind = 'simulator'\n"),
              {"f:4: source.kind: \"simulator\" is not supported by this version"}}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Access, WrongConfig,
    testing::Values(
        Wrong{"key_bare",
              with_dir("[[api.key]]\n"),
              {"f:2: api.key.name: is missing; it is a text in quotes",
               "f:2: api.key.key: is missing; it is a text, { file = \"…\" } or { env = \"…\" }",
               "f:2: api.key.allow: is missing; it is a list of texts, [\"…\", \"…\"]"}},
        Wrong{"key_empty",
              with_dir("[[api.key]]\nname='n'\nkey=''\nallow=['GET /']\n"),
              {"f:4: api.key.key: must not be empty"}},
        Wrong{"rule",
              with_dir("[[api.key]]\nname='n'\nkey='k'\nallow=['/api/ingest', 'get /', 'GET api']\n"),
              {"f:5: api.key.allow: \"/api/ingest\" has to be a method or *, a blank and a path, as in GET "
               "/telephony/*",
               "f:5: api.key.allow: \"get /\" has to be a method or *, a blank and a path, as in GET "
               "/telephony/*",
               "f:5: api.key.allow: \"GET api\" has to be a method or *, a blank and a path, as in GET "
               "/telephony/*"}},
        Wrong{"key_twice",
              with_dir("[[api.key]]\nname='n'\nkey='k'\nallow=['GET /']\n[[api.key]]\nname='n'\n"
                       "key='l'\nallow=['GET /']\n"),
              {"f:7: api.key.name: the key \"n\" is already taken in line 3"}},
        Wrong{"secret_shape",
              with_dir("[[api.key]]\nname='n'\nkey={ path = 'x' }\nallow=['GET /']\n"),
              {"f:4: api.key.key: has to be a text, { file = \"…\" } or { env = \"…\" }"}},
        Wrong{"secret_both",
              with_dir("[[api.key]]\nname='n'\nkey={ file = 'x', env = 'Y' }\nallow=['GET /']\n"),
              {"f:4: api.key.key: has to be a text, { file = \"…\" } or { env = \"…\" }"}},
        Wrong{
            "secret_file",
            with_dir("[[api.key]]\nname='n'\nkey={ file = '/none' }\nallow=['GET /']\n"),
            {"f:4: api.key.key: /none cannot be read as a secret; it has to be a readable file of 1 to 4096 "
             "bytes"}},
        Wrong{
            "secret_env",
            with_dir("[[api.key]]\nname='n'\nkey={ env = 'CALLBOARD_TEST_NONE' }\nallow=['GET /']\n"),
            {"f:4: api.key.key: the environment has no CALLBOARD_TEST_NONE; set it, or give the secret as a "
             "file"}},
        Wrong{
            "rule_with_base",
            with_dir("[[api.key]]\nname='n'\nkey='k'\nallow=['GET /1.0/telephony', '* /v1', 'GET /v1x']\n"),
            {"f:5: api.key.allow: \"GET /1.0/telephony\" names a path that is matched without /1.0: leave it "
             "out",
             "f:5: api.key.allow: \"* /v1\" names a path that is matched without /v1: leave it out"}},
        Wrong{
            "client_bare",
            with_dir("[[api.client]]\n"),
            {"f:2: api.client.application_key: is missing; it is a text, { file = \"…\" } or { env = \"…\" }",
             "f:2: api.client.application_secret: is missing; it is a text, { file = \"…\" } or { env = "
             "\"…\" }",
             "f:2: api.client.consumer_key: is missing; it is a text, { file = \"…\" } or { env = \"…\" }",
             "f:2: api.client.allow: is missing; it is a list of texts, [\"…\", \"…\"]"}},
        Wrong{
            "client_wrong",
            with_dir("[[api.client]]\napplication_key='a b'\napplication_secret={ file = '/none' }\n"
                     "consumer_key=''\nallow=['telephony']\nconsumer_keys='x'\n"),
            {"f:3: api.client.application_key: has to be at most 256 printable characters of ASCII, without "
             "blanks: it travels in a header",
             "f:4: api.client.application_secret: /none cannot be read as a secret; it has to be a readable "
             "file of 1 to 4096 bytes",
             "f:5: api.client.consumer_key: must not be empty",
             "f:6: api.client.allow: \"telephony\" has to be a method or *, a blank and a path, as in GET "
             "/telephony/*",
             "f:7: api.client.consumer_keys: is not a key that this place has; did you mean "
             "\"consumer_key\"?"}},
        Wrong{"client_twice",
              with_dir("[[api.client]]\napplication_key='a'\napplication_secret='b'\nconsumer_key='c'\n"
                       "allow=['* /*']\n[[api.client]]\napplication_key='a'\napplication_secret='x'\n"
                       "consumer_key='c'\nallow=['* /*']\n"),
              {"f:9: api.client.application_secret: is not the one that this application_key has in another "
               "client",
               "f:10: api.client.consumer_key: is already that of another client; each has its own"}},
        Wrong{"webhook_bare",
              with_dir("[[webhook]]\n"),
              {"f:2: webhook.name: is missing; it is a text in quotes",
               "f:2: webhook.account: give either account or service",
               "f:2: webhook.events: is missing; it is a list of texts, [\"…\", \"…\"]",
               "f:2: webhook.url: is missing; it is a text in quotes"}},
        Wrong{"webhook_scope",
              with_dir("[[webhook]]\nname='w'\naccount='nobody'\nevents=['*']\nurl='https://crm.example/'\n"
                       "[[webhook]]\nname='w'\nservice='0033'\nevents=['*']\nurl='https://crm.example/'\n"),
              {"f:4: webhook.account: there is no [[account]] \"nobody\"",
               "f:8: webhook.name: the webhook \"w\" is already taken in line 3",
               "f:9: webhook.service: there is no [[account.service]] with the number \"0033\""}},
        Wrong{
            "webhook_values",
            with_dir("[[account]]\nid='a'\n[[webhook]]\nname='w'\naccount='a'\nevents=['start ringing']\n"
                     "url='https://crm.example/?x=*CALER*'\nmethod='PUT'\nprevious_secret='s'\n"),
            {"f:7: webhook.events: \"start ringing\" has to be the name of an event, as in start_ringing, or "
             "\"*\" for all",
             "f:8: webhook.url: has no placeholder *CALER*; there are *CALLING*, *CALLED*, *DIALED*, "
             "*EVENT*, "
             "*QUEUE*, *AGENT* and *CALLID*",
             "f:9: webhook.method: has to be \"GET\" or \"POST\"",
             "f:10: webhook.previous_secret: is for the time after a change; give secret as well"}},
        Wrong{"webhook_unsigned",
              with_dir("[[account]]\nid='a'\n[[webhook]]\nname='w'\naccount='a'\nevents=['*']\n"
                       "url='https://crm.example/'\nmethod='POST'\n"),
              {"f:4: webhook.secret: is missing; what is posted is signed with it"}},
        Wrong{"webhooks",
              with_dir("[webhooks]\nallow_private=['http://crm']\nauthorities='/nowhere/ca.pem'\n"),
              {"f:3: webhooks.allow_private: \"http://crm\" has to be a host or an address, as in "
               "crm.internal, "
               "127.0.0.1 or 10.0.0.0/8",
               "f:4: webhooks.authorities: /nowhere/ca.pem cannot be read; it has to be a file of "
               "certificates in "
               "PEM form"}},
        Wrong{"threshold_of_a_line",
              in_service("number='0033972000001'\ntype='sipCirpack'\nthreshold_waiting=3\n"),
              {"f:4: account.service.threshold_waiting: is for queues, easyHunting and cloudHunting: nobody "
               "waits "
               "on a line"}},
        Wrong{"threshold_values",
              in_service(
                  "number='0033972000001'\ntype='easyHunting'\nthreshold_waiting=0\nthreshold_wait='2d'\n"),
              {"f:7: account.service.threshold_waiting: has to be a whole number from 1 to 1000",
               "f:8: account.service.threshold_wait: has to be from 1s to 24h"}}),
    [](const auto& one) { return one.param.name; });

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
    std::ifstream sample(kSource / "docs/callboard.toml");
    std::stringstream text;
    text << sample.rdbuf();
    EXPECT_FALSE(good(text.str()).services.empty());
}

}  // namespace
}  // namespace callboard
