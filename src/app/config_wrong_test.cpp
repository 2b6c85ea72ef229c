// What is said of each mistake in a configuration.

#include "app/config_for_test.hpp"

namespace callboard {
namespace {

using test::errors_of;
using test::with_dir;

struct Wrong {
    std::string name, text;
    std::vector<std::string> errors;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

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
        Wrong{"websocket_compression",
              with_dir("[http]\nwebsocket_compression = 'gzip'\n"),
              {"f:3: http.websocket_compression: has to be \"off\" or \"permessage-deflate\""}},
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
                          with_dir("[history]\nurl = 'mysql://localhost/calls'\n"),
                          {"f:3: history.url: has to begin with postgresql://"}},
                    Wrong{"url_option",
                          with_dir("[history]\nurl = 'postgresql://me:secret@db/calls?what=ever'\n"),
                          {"f:3: history.url: is no address of a database, such as "
                           "postgresql://callboard@db/callboard"}}),
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
        Wrong{"contacts",
              with_dir("[contacts]\nlookup='https://crm.example/'\nlookup_header='Bearer abc'\n"
                       "lookup_keep='1s'\nallow_private=['a b']\n"),
              {"f:3: contacts.lookup: has to say where the number goes: *NUMBER* (0033612345678) or *E164* "
               "(+33612345678)",
               "f:4: contacts.lookup_header: has to be a line as in Authorization: Bearer abc, in printable "
               "ASCII",
               "f:5: contacts.lookup_keep: has to be from 1m to 90d",
               "f:6: contacts.allow_private: \"a b\" has to be a host or an address, as in crm.internal, "
               "127.0.0.1 or 10.0.0.0/8"}},
        Wrong{"contacts_nothing_to_ask",
              with_dir("[contacts]\nlookup_timeout='1s'\n"),
              {"f:2: contacts.lookup_timeout: is about a lookup; give lookup as well"}},
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

}  // namespace
}  // namespace callboard
