#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "api/api_keys.hpp"
#include "api/ovh/clients.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "contacts/contact_lookup.hpp"
#include "delivery/webhook/courier.hpp"
#include "event/directory.hpp"
#include "net/address_range.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// One configuration, complete and checked: what a file says, with the defaults of docs/configuration.md.
struct Config {
    struct Http {
        std::vector<std::string> listen{"127.0.0.1:8080"};
        std::string public_url;  ///< without a slash at its end; that of the first address when not given
        std::chrono::milliseconds poll_timeout = std::chrono::seconds(50);
        std::filesystem::path tls_certificate, tls_key;  ///< both or none
        std::vector<AddressRange> trusted_proxies;
        std::size_t connections_per_address = 1'000;
        std::filesystem::path access_log;  ///< empty: none
        bool websocket_compression = false;
        Reactor::Moving moving = Reactor::Moving::automatic;
    };
    struct Journal {
        Duration retention = std::chrono::hours(24 * 90);
        bool sync_always = false;  ///< else within 100 ms
    };
    struct History {
        Duration retention = std::chrono::hours(24 * 400);
        Secret url;  ///< of a PostgreSQL database; empty: a file in data_dir
    };
    /// A mirror of SIP.
    struct HepInput {
        std::string name;
        std::string listen;  ///< `udp:127.0.0.1:9060`, `tcp:…`
        Secret password;     ///< empty: none asked for
    };

    /// Whether an exchange tells of lines; it always tells of queues and agents.
    enum class LineEvents {
        automatic,  ///< when no HEP source is configured, because that one sees the phones themselves
        always,
        never,
    };
    /// A FreeSWITCH, by its event socket.
    struct FreeswitchInput {
        std::string name;
        std::string address;  ///< `127.0.0.1:8021`
        Secret password;
        LineEvents lines = LineEvents::automatic;
        bool same(const FreeswitchInput& other) const;
    };

    /// An Asterisk, by its manager interface.
    struct AsteriskInput {
        std::string name;
        std::string address;  ///< `127.0.0.1:5038`
        std::string username;
        Secret secret;
        LineEvents lines = LineEvents::automatic;
        bool same(const AsteriskInput& other) const;
    };

    /// The event service of OVH, or of another Callboard.
    struct OvhInput {
        std::string name;
        std::string url = "https://events.voip.ovh.net";  ///< without a slash at its end
        Secret token;
        int version = 1;  ///< of the event service: 1 or 2
        bool same(const OvhInput& other) const;
    };

    std::filesystem::path data_dir;
    std::string time_zone = "Europe/Paris";
    std::string default_region = "FR";
    unsigned threads = 0;  ///< 0: one per core
    Http http;
    Journal journal;
    History history;
    std::filesystem::path audit_log;  ///< empty: none
    std::vector<Account> accounts;
    std::vector<Service> services;
    std::vector<HepInput> hep_inputs;
    std::vector<FreeswitchInput> freeswitch_inputs;
    std::vector<AsteriskInput> asterisk_inputs;
    std::vector<OvhInput> ovh_inputs;
    std::vector<ApiKey> api_keys;
    std::vector<ApiClient> api_clients;
    std::vector<webhook::Webhook> webhooks;
    webhook::Courier::Rules webhook_rules;
    /// Whom receivers of webhooks and the directory may be certified by; empty: the system's.
    std::filesystem::path webhook_authorities;
    ContactLookup::Settings lookup;  ///< without its authorities

    /// Whether no source but one mirror tells of lines: then those calls that no source of this configuration
    /// told, of what the journal has in progress, are its own too.
    bool has_one_mirror() const {
        return hep_inputs.size() == 1 && ovh_inputs.empty() && !an_exchange_tells_lines();
    }
    /// Likewise for callers of queues and one exchange, and for the calls of lines as well if it tells of
    /// them.
    bool has_one_exchange() const {
        return freeswitch_inputs.size() + asterisk_inputs.size() == 1 && ovh_inputs.empty() &&
               (hep_inputs.empty() || !an_exchange_tells_lines());
    }
    bool an_exchange_tells_lines() const {
        const auto tells = [this](const auto& input) { return tells_lines(input.lines); };
        return std::any_of(freeswitch_inputs.begin(), freeswitch_inputs.end(), tells) ||
               std::any_of(asterisk_inputs.begin(), asterisk_inputs.end(), tells);
    }
    /// Of every source that listens.
    std::vector<std::string> source_names() const {
        std::vector<std::string> names;
        const auto add = [&names](const auto& inputs) {
            for (const auto& input : inputs) names.push_back(input.name);
        };
        add(hep_inputs), add(freeswitch_inputs), add(asterisk_inputs), add(ovh_inputs);
        return names;
    }
    /// Whether one call may be told by two sources.
    bool several_tell_of_lines() const {
        const auto tells = [this](const auto& input) { return tells_lines(input.lines); };
        return hep_inputs.size() +
                   static_cast<std::size_t>(
                       std::count_if(freeswitch_inputs.begin(), freeswitch_inputs.end(), tells) +
                       std::count_if(asterisk_inputs.begin(), asterisk_inputs.end(), tells)) >
               1;
    }
    /// Whether an exchange with this setting tells of lines.
    bool tells_lines(LineEvents lines) const {
        return lines == LineEvents::always || (lines == LineEvents::automatic && hep_inputs.empty());
    }
};

/// One thing that is wrong with a configuration.
struct ConfigError {
    std::size_t line = 1;
    std::string key;       ///< `account.service.number`; empty when the file cannot be read as TOML
    std::string sentence;  ///< what is wrong and what to write instead

    /// `callboard.toml:12: http.listen: …`
    std::string text(std::string_view file) const;
};
using ConfigErrors = std::vector<ConfigError>;

/// Reads a configuration from its text, with every error at once, by line. Secrets that are given as files
/// are looked for from `folder` on.
std::variant<Config, ConfigErrors> parse_config(std::string_view text, const std::filesystem::path& folder);

/// The same from a file. A file that cannot be read is an error in line 1.
std::variant<Config, ConfigErrors> load_config(const std::filesystem::path& file);

/// The accounts and services of a configuration.
std::shared_ptr<const Directory> directory_of(const Config& config);

/// The id of a service that was given none (`Details.Id`, digits): its number without the zeros in front, so
/// that it is the same after every start.
std::string made_up_id(std::string_view number);

}  // namespace callboard
