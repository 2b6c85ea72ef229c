#include "app/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "app/config_checks.hpp"
#include "app/config_reader.hpp"
#include "contacts/lookup_answer.hpp"
#include "delivery/webhook/url_template.hpp"
#include "event/time_zone.hpp"
#include "history/postgres.hpp"
#include "net/destinations.hpp"
#include "net/tls.hpp"

namespace callboard {
namespace {

using Need = TableReader::Need;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kLargestFile = 16 << 20;

/// Reads section by section. What is wrong is noted, and reading goes on.
class ConfigParser {
  public:
    ConfigParser(const toml::table& file, const std::filesystem::path& folder, ConfigErrors& errors)
        : folder_(folder), root_(file, "", folder, errors) {}

    Config read() {
        read_root();
        read_http();
        read_journal();
        read_history();
        read_audit();
        for (auto& account : root_.tables("account")) read_account(account);
        for (auto& source : root_.tables("source")) read_source(source);
        if (auto api = root_.table("api")) read_api(*api);
        if (auto webhooks = root_.table("webhooks")) read_webhooks(*webhooks);
        for (auto& webhook : root_.tables("webhook")) read_webhook(webhook);
        if (auto contacts = root_.table("contacts")) read_contacts(*contacts);
        root_.finish();
        return std::move(config_);
    }

  private:
    using Check = std::optional<std::string> (*)(std::string_view);

    /// The text of a key when it passes `check`.
    std::optional<Placed<std::string>> checked(TableReader& reader, std::string_view key, Need need,
                                               Check check) {
        auto text = reader.text(key, need);
        if (!text) return std::nullopt;
        if (auto wrong = check(text->value)) return reader.error(text->line, key, *wrong), std::nullopt;
        return text;
    }
    void claim(TableReader& reader, std::string_view key, Unique& unique, const Placed<std::string>& value) {
        if (auto taken = unique.claim(value.value, value.line)) reader.error(value.line, key, *taken);
    }

    void read_root();
    void read_http();
    void read_http_limits(TableReader& reader);
    void read_tls(TableReader& reader);
    void read_journal();
    void read_history();
    void read_audit();
    void read_account(TableReader& account);
    void read_service(TableReader& reader, const std::string& account);
    void read_source(TableReader& source);
    void read_hep(TableReader& source, std::string name);
    void read_freeswitch(TableReader& source, std::string name);
    void read_asterisk(TableReader& source, std::string name);
    void read_ovh(TableReader& source, std::string name);
    Config::LineEvents read_lines(TableReader& source);
    void read_api(TableReader& api);
    void read_api_key(TableReader& key);
    void read_api_client(TableReader& reader);
    void read_threshold(TableReader& reader, const Service& service);
    std::vector<std::string> read_allow_private(TableReader& reader);
    void read_webhooks(TableReader& webhooks);
    void read_webhook(TableReader& webhook);
    void read_webhook_scope(TableReader& reader, webhook::Webhook& webhook);
    void read_webhook_secrets(TableReader& reader, webhook::Webhook& webhook);
    void read_contacts(TableReader& reader);
    std::vector<AccessRule> read_rules(TableReader& reader);

    const std::filesystem::path& folder_;  // names of files are looked for from here on
    TableReader root_;
    Config config_;
    Unique accounts_{"account"}, numbers_{"number or alias"}, ids_{"id"}, sources_{"source"},
        addresses_{"address"}, keys_{"key"}, webhooks_{"webhook"};
};

void ConfigParser::read_root() {
    if (auto dir = root_.text("data_dir", Need::required)) config_.data_dir = dir->value;
    if (auto zone = root_.text("time_zone")) {
        if (auto known = TimeZone::named(zone->value); !known)
            root_.error(zone->line, "time_zone", known.error().what);
        else
            config_.time_zone = zone->value;
    }
    if (auto region = root_.text("default_region")) {
        if (auto wrong = wrong_region(region->value))
            root_.error(region->line, "default_region", *wrong);
        else
            config_.default_region = region->value;
    }
    if (auto threads = root_.integer("threads", 0, 256))
        config_.threads = static_cast<unsigned>(threads->value);
}

void ConfigParser::read_http() {
    auto reader = root_.table("http");
    if (reader) {
        if (reader->has("listen")) config_.http.listen.clear();
        for (const auto& address :
             reader->texts("listen", reader->has("listen") ? Need::required : Need::optional)) {
            if (auto wrong = wrong_address(address.value)) reader->error(address.line, "listen", *wrong);
            claim(*reader, "listen", addresses_, address);
            config_.http.listen.push_back(address.value);
        }
        if (auto url = checked(*reader, "public_url", Need::optional, wrong_url))
            config_.http.public_url = url->value;
        if (auto timeout = reader->duration("poll_timeout", seconds(1), seconds(59), "from 1s to 59s"))
            config_.http.poll_timeout = timeout->value;
        read_http_limits(*reader);
        read_tls(*reader);
        reader->finish();
    }
    auto& url = config_.http.public_url;
    while (url.ends_with('/')) url.pop_back();
    if (url.empty() && !config_.http.listen.empty())
        url = (config_.http.tls_key.empty() ? "http://" : "https://") + config_.http.listen.front();
}

void ConfigParser::read_http_limits(TableReader& reader) {
    for (const auto& text : reader.texts("trusted_proxies")) {
        auto range = AddressRange::parse(text.value);
        if (!range)
            reader.error(text.line, "trusted_proxies", range.error().what);
        else
            config_.http.trusted_proxies.push_back(*range);
    }
    if (auto most = reader.integer("connections_per_address", 1, 1'000'000))
        config_.http.connections_per_address = static_cast<std::size_t>(most->value);
    if (auto file = reader.text("access_log")) config_.http.access_log = folder_ / file->value;
    config_.http.websocket_compression =
        reader.choice("websocket_compression", {"off", "permessage-deflate"}) == "permessage-deflate";
    const auto io = reader.choice("io", {"automatic", "epoll", "io_uring"});
    if (io == "epoll") config_.http.moving = Reactor::Moving::epoll;
    if (io == "io_uring") config_.http.moving = Reactor::Moving::io_uring;
}

void ConfigParser::read_tls(TableReader& reader) {
    const auto certificate = reader.text("tls_certificate");
    const auto key = reader.text("tls_key");
    if (certificate && !key)
        reader.error(certificate->line, "tls_certificate", "tls_key is missing beside it");
    if (key && !certificate) reader.error(key->line, "tls_key", "tls_certificate is missing beside it");
    if (!certificate || !key) return;
    config_.http.tls_certificate = folder_ / certificate->value;
    config_.http.tls_key = folder_ / key->value;
    if (auto loaded = TlsContext::load(config_.http.tls_certificate, config_.http.tls_key); !loaded)
        reader.error(certificate->line, "tls_certificate", loaded.error().what);
}

void ConfigParser::read_journal() {
    auto reader = root_.table("journal");
    if (!reader) return;
    if (reader->choice("engine", {"sqlite", "jetstream"}) == "jetstream")
        reader->unsupported("engine", "\"jetstream\" is");
    if (auto retention = reader->duration("retention", minutes(1), hours(24 * 3660), "from 1m to 3660d"))
        config_.journal.retention = retention->value;
    config_.journal.sync_always = reader->choice("sync", {"interval", "always"}) == "always";
    reader->finish();
}

void ConfigParser::read_history() {
    auto reader = root_.table("history");
    if (!reader) return;
    if (auto retention = reader->duration("retention", hours(1), hours(24 * 3660), "from 1h to 3660d"))
        config_.history.retention = retention->value;
    if (auto url = checked(*reader, "url", Need::optional, postgres::Connection::wrong_url))
        config_.history.url = Secret(url->value);
    reader->finish();
}

void ConfigParser::read_audit() {
    auto reader = root_.table("audit");
    if (!reader) return;
    if (auto file = reader->text("log")) config_.audit_log = folder_ / file->value;
    reader->finish();
}

void ConfigParser::read_account(TableReader& reader) {
    Account account;
    if (auto id = checked(reader, "id", Need::required, wrong_name)) {
        claim(reader, "id", accounts_, *id);
        account.id = id->value;
    }
    const auto description = reader.text("description");
    account.description = description ? description->value : account.id;
    for (auto& service : reader.tables("service")) read_service(service, account.id);
    reader.finish();
    config_.accounts.push_back(std::move(account));
}

void ConfigParser::read_service(TableReader& reader, const std::string& account) {
    Service service;
    service.account = account;
    if (auto number = reader.text("number", Need::required)) {
        if (auto wrong = wrong_number(number->value, config_.default_region))
            reader.error(number->line, "number", *wrong);
        claim(reader, "number", numbers_, *number);
        service.number = number->value;
        service.id = made_up_id(service.number);
    }
    const auto description = reader.text("description");
    service.description = description ? description->value : service.number;
    if (auto type = reader.choice("type", {"sipCirpack", "mgcpCirpack", "easyHunting", "cloudHunting"},
                                  Need::required))
        service.type = service_type_from(*type).value_or(ServiceType::sip_line);
    if (auto lines = reader.integer("simultaneous_lines", 1, 10'000))
        service.simultaneous_lines = static_cast<int>(lines->value);
    if (auto id = checked(reader, "id", Need::optional, wrong_id)) {
        claim(reader, "id", ids_, *id);
        service.id = id->value;
    }
    for (auto& alias : reader.texts("aliases")) {
        claim(reader, "aliases", numbers_, alias);
        service.aliases.push_back(std::move(alias.value));
    }
    read_threshold(reader, service);
    reader.finish();
    config_.services.push_back(std::move(service));
}

void ConfigParser::read_source(TableReader& reader) {
    std::string name;
    if (auto given = checked(reader, "name", Need::required, wrong_name)) {
        claim(reader, "name", sources_, *given);
        name = given->value;
    }
    const auto kind =
        reader.choice("kind", {"hep", "freeswitch", "asterisk", "ovh", "simulator"}, Need::required);
    if (kind == "hep") read_hep(reader, name);
    if (kind == "freeswitch") read_freeswitch(reader, name);
    if (kind == "asterisk") read_asterisk(reader, name);
    if (kind == "ovh") read_ovh(reader, name);
    if (kind == "simulator") reader.unsupported("kind", fmt::format("\"{}\" is", *kind));
    // Without a kind nobody knows which keys belong here.
    if (kind) reader.finish();
}

void ConfigParser::read_hep(TableReader& reader, std::string name) {
    Config::HepInput input;
    input.name = std::move(name);
    if (auto listen = checked(reader, "listen", Need::required, wrong_hep_address)) {
        claim(reader, "listen", addresses_, *listen);
        input.listen = listen->value;
    }
    if (auto password = reader.secret("password")) input.password = std::move(password->value);
    config_.hep_inputs.push_back(std::move(input));
}

Config::LineEvents ConfigParser::read_lines(TableReader& reader) {
    const auto lines = reader.choice("lines", {"auto", "always", "never"});
    if (lines == "always") return Config::LineEvents::always;
    return lines == "never" ? Config::LineEvents::never : Config::LineEvents::automatic;
}

void ConfigParser::read_freeswitch(TableReader& reader, std::string name) {
    Config::FreeswitchInput input;
    input.name = std::move(name);
    if (auto address = checked(reader, "address", Need::required, wrong_peer)) input.address = address->value;
    if (auto password = reader.secret("password", Need::required)) {
        if (password->value.reveal().find_first_of("\r\n") != std::string::npos)
            reader.error(password->line, "password", "has a line break in it, which no command can carry");
        input.password = std::move(password->value);
    }
    input.lines = read_lines(reader);
    config_.freeswitch_inputs.push_back(std::move(input));
}

void ConfigParser::read_asterisk(TableReader& reader, std::string name) {
    Config::AsteriskInput input;
    input.name = std::move(name);
    if (auto address = checked(reader, "address", Need::required, wrong_peer)) input.address = address->value;
    if (auto username = reader.text("username", Need::required)) input.username = username->value;
    if (auto secret = reader.secret("secret", Need::required)) input.secret = std::move(secret->value);
    input.lines = read_lines(reader);
    config_.asterisk_inputs.push_back(std::move(input));
}

void ConfigParser::read_ovh(TableReader& reader, std::string name) {
    Config::OvhInput input;
    input.name = std::move(name);
    if (auto token = reader.secret("token", Need::required)) input.token = std::move(token->value);
    if (auto url = checked(reader, "url", Need::optional, wrong_url)) {
        input.url = std::move(url->value);
        while (input.url.ends_with('/')) input.url.pop_back();
    }
    if (auto version = reader.integer("version", 1, 2)) input.version = static_cast<int>(version->value);
    config_.ovh_inputs.push_back(std::move(input));
}

std::vector<AccessRule> ConfigParser::read_rules(TableReader& reader) {
    std::vector<AccessRule> rules;
    for (const auto& rule : reader.texts("allow", Need::required)) {
        if (auto wrong = wrong_rule(rule.value)) {
            reader.error(rule.line, "allow", *wrong);
            continue;
        }
        const auto blank = rule.value.find(' ');
        rules.push_back({rule.value.substr(0, blank), rule.value.substr(blank + 1)});
    }
    return rules;
}

void ConfigParser::read_api(TableReader& api) {
    for (auto& key : api.tables("key")) read_api_key(key);
    for (auto& client : api.tables("client")) read_api_client(client);
    api.finish();
}

void ConfigParser::read_api_client(TableReader& reader) {
    const auto read = [&reader](std::string_view key) {
        auto secret = reader.secret(key, Need::required);
        if (secret)
            if (auto wrong = wrong_key(secret->value.reveal())) reader.error(secret->line, key, *wrong);
        return secret ? *std::move(secret) : Placed<Secret>{};
    };
    const auto application = read("application_key");
    const auto secret = read("application_secret");
    const auto consumer = read("consumer_key");
    for (const ApiClient& other : config_.api_clients) {
        if (!consumer.value.empty() && other.consumer_key.equals(consumer.value.reveal()))
            reader.error(consumer.line, "consumer_key",
                         "is already that of another client; each has its own");
        if (!application.value.empty() && other.application_key.equals(application.value.reveal()) &&
            !secret.value.empty() && !other.application_secret.equals(secret.value.reveal()))
            reader.error(secret.line, "application_secret",
                         "is not the one that this application_key has in another client");
    }
    ApiClient client{application.value, secret.value, consumer.value, read_rules(reader)};
    reader.finish();
    config_.api_clients.push_back(std::move(client));
}

void ConfigParser::read_api_key(TableReader& reader) {
    ApiKey key;
    if (auto name = checked(reader, "name", Need::required, wrong_name)) {
        claim(reader, "name", keys_, *name);
        key.name = name->value;
    }
    if (auto secret = reader.secret("key", Need::required)) key.key = std::move(secret->value);
    key.allow = read_rules(reader);
    reader.finish();
    config_.api_keys.push_back(std::move(key));
}

void ConfigParser::read_threshold(TableReader& reader, const Service& service) {
    webhook::Threshold threshold;
    if (auto waiting = reader.integer("threshold_waiting", 1, 1'000))
        threshold.waiting = static_cast<std::size_t>(waiting->value);
    if (auto wait = reader.duration("threshold_wait", seconds(1), hours(24), "from 1s to 24h"))
        threshold.longest_wait = wait->value;
    if (threshold == webhook::Threshold{}) return;
    if (!service.is_queue())
        reader.error(reader.line(), threshold.waiting ? "threshold_waiting" : "threshold_wait",
                     "is for queues, easyHunting and cloudHunting: nobody waits on a line");
    config_.webhook_rules.thresholds[service.number] = threshold;
}

std::vector<std::string> ConfigParser::read_allow_private(TableReader& reader) {
    std::vector<std::string> all;
    for (auto& entry : reader.texts("allow_private")) {
        if (auto wrong = Destinations::wrong(entry.value)) reader.error(entry.line, "allow_private", *wrong);
        all.push_back(std::move(entry.value));
    }
    return all;
}

void ConfigParser::read_webhooks(TableReader& reader) {
    config_.webhook_rules.allow_private = read_allow_private(reader);
    if (auto file = reader.text("authorities")) {
        config_.webhook_authorities = folder_ / file->value;
        if (!std::ifstream(config_.webhook_authorities))
            reader.error(file->line, "authorities",
                         fmt::format("{} cannot be read; it has to be a file of certificates in PEM form",
                                     config_.webhook_authorities.string()));
    }
    reader.finish();
}

void ConfigParser::read_webhook(TableReader& reader) {
    webhook::Webhook webhook;
    webhook.configured = true;
    if (auto name = checked(reader, "name", Need::required, wrong_name)) {
        claim(reader, "name", webhooks_, *name);
        webhook.id = webhook.name = name->value;
    }
    read_webhook_scope(reader, webhook);
    for (auto& event : reader.texts("events", Need::required)) {
        if (auto wrong = webhook::wrong_event(event.value)) reader.error(event.line, "events", *wrong);
        webhook.events.push_back(std::move(event.value));
    }
    if (auto url = checked(reader, "url", Need::required, webhook::wrong_template)) webhook.url = url->value;
    if (reader.choice("method", {"GET", "POST"}) == "POST") webhook.method = webhook::Webhook::Method::post;
    read_webhook_secrets(reader, webhook);
    reader.finish();
    if (config_.webhooks.size() == webhook::kMostWebhooks)
        reader.error(reader.line(), "name",
                     fmt::format("is one too many: there may be {} webhooks", webhook::kMostWebhooks));
    config_.webhooks.push_back(std::move(webhook));
}

void ConfigParser::read_webhook_scope(TableReader& reader, webhook::Webhook& webhook) {
    const auto account = reader.text("account");
    const auto service = reader.text("service");
    if (account.has_value() == service.has_value())
        return reader.error(reader.line(), "account", "give either account or service");
    if (account && std::none_of(config_.accounts.begin(), config_.accounts.end(),
                                [&](const Account& one) { return one.id == account->value; }))
        reader.error(account->line, "account", fmt::format("there is no [[account]] \"{}\"", account->value));
    if (service && std::none_of(config_.services.begin(), config_.services.end(),
                                [&](const Service& one) { return one.number == service->value; }))
        reader.error(service->line, "service",
                     fmt::format("there is no [[account.service]] with the number \"{}\"", service->value));
    if (account) webhook.account = account->value;
    if (service) webhook.service = service->value;
}

void ConfigParser::read_webhook_secrets(TableReader& reader, webhook::Webhook& webhook) {
    auto secret = reader.secret("secret");
    auto previous = reader.secret("previous_secret");
    if (webhook.method == webhook::Webhook::Method::post && !reader.has("secret"))
        reader.error(reader.line(), "secret", "is missing; what is posted is signed with it");
    if (previous && !reader.has("secret"))
        reader.error(previous->line, "previous_secret",
                     "is for the time after a change; give secret as well");
    if (secret) webhook.secret = std::move(secret->value);
    if (previous) webhook.previous_secret = std::move(previous->value);
}

void ConfigParser::read_contacts(TableReader& reader) {
    ContactLookup::Settings& lookup = config_.lookup;
    lookup.allow_private = read_allow_private(reader);
    if (auto url = checked(reader, "lookup", Need::optional, ContactLookup::wrong_url))
        lookup.url = url->value;
    if (auto field = reader.text("lookup_field")) lookup.field = field->value;
    if (auto header = reader.secret("lookup_header")) {
        if (header_line(header->value.reveal()).name.empty())
            reader.error(header->line, "lookup_header",
                         "has to be a line as in Authorization: Bearer abc, in printable ASCII");
        lookup.header = std::move(header->value);
    }
    if (auto timeout = reader.duration("lookup_timeout", milliseconds(100), seconds(30), "from 100ms to 30s"))
        lookup.timeout = timeout->value;
    if (auto keep = reader.duration("lookup_keep", minutes(1), hours(24 * 90), "from 1m to 90d"))
        lookup.keep = keep->value;
    if (!reader.has("lookup"))
        for (const char* key : {"lookup_field", "lookup_header", "lookup_timeout", "lookup_keep"})
            if (reader.has(key)) reader.error(reader.line(), key, "is about a lookup; give lookup as well");
    reader.finish();
}

}  // namespace

std::string ConfigError::text(std::string_view file) const {
    return key.empty() ? fmt::format("{}:{}: {}", file, line, sentence)
                       : fmt::format("{}:{}: {}: {}", file, line, key, sentence);
}

std::variant<Config, ConfigErrors> parse_config(std::string_view text, const std::filesystem::path& folder) {
    ConfigErrors errors;
    toml::table file;
    try {
        file = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return ConfigErrors{{error.source().begin.line, "", std::string(error.description())}};
    }
    Config config = ConfigParser(file, folder, errors).read();
    if (errors.empty()) return config;
    std::stable_sort(errors.begin(), errors.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return errors;
}

std::variant<Config, ConfigErrors> load_config(const std::filesystem::path& file) {
    const auto unreadable = [](std::string why) { return ConfigErrors{{1, "", std::move(why)}}; };
    std::error_code failed;
    if (std::filesystem::is_directory(file, failed)) return unreadable("is a directory; name the file");
    std::ifstream in(file, std::ios::binary);
    if (!in) return unreadable("the file cannot be opened; is the path right, and may this user read it?");
    std::string text(kLargestFile + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLargestFile) return unreadable("the file is over 16 MiB, which is no configuration");
    return parse_config(text, file.parent_path());
}

bool Config::FreeswitchInput::same(const FreeswitchInput& other) const {
    return name == other.name && address == other.address && lines == other.lines &&
           password.equals(other.password.reveal());
}

bool Config::AsteriskInput::same(const AsteriskInput& other) const {
    return name == other.name && address == other.address && username == other.username &&
           lines == other.lines && secret.equals(other.secret.reveal());
}

bool Config::OvhInput::same(const OvhInput& other) const {
    return name == other.name && url == other.url && version == other.version &&
           token.equals(other.token.reveal());
}

std::shared_ptr<const Directory> directory_of(const Config& config) {
    return std::make_shared<Directory>(config.accounts, config.services);
}

std::string made_up_id(std::string_view number) {
    const auto first = number.find_first_not_of('0');
    return std::string(first == std::string_view::npos ? number : number.substr(first));
}

}  // namespace callboard
