#include "app/wiring.hpp"

#include <spdlog/spdlog.h>

#include <list>
#include <mutex>

#include "api/publications.hpp"
#include "api/routes.hpp"
#include "app/access_log.hpp"
#include "app/audit_log.hpp"
#include "app/data_dir.hpp"
#include "app/history_store.hpp"
#include "app/pulse.hpp"
#include "app/reactor_threads.hpp"
#include "delivery/key_file.hpp"
#include "delivery/webhook/courier.hpp"
#include "event/time_zone.hpp"
#include "history/desk.hpp"
#include "history/follower.hpp"
#include "hub/event_intake.hpp"
#include "hub/exchange_intake.hpp"
#include "hub/mgcp_intake.hpp"
#include "hub/sip_intake.hpp"
#include "journal/sqlite_journal.hpp"
#include "net/http_server.hpp"
#include "net/tls.hpp"
#include "sources/asterisk/asterisk_source.hpp"
#include "sources/freeswitch/freeswitch_source.hpp"
#include "sources/hep/hep_source.hpp"
#include "sources/ovh/ovh_source.hpp"

namespace callboard {
namespace {

/// A value that a reload replaces while others read it.
template <typename T>
class Current {
  public:
    std::shared_ptr<const T> get() const {
        const std::lock_guard lock(mutex_);
        return value_;
    }
    void set(std::shared_ptr<const T> value) {
        const std::lock_guard lock(mutex_);
        value_ = std::move(value);
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const T> value_ = std::make_shared<const T>();
};

/// Whose calls a source goes on with after a restart: its own, and when it is alone those of nobody who
/// listens.
auto adopts(const Config& config, const std::string& name, bool alone) {
    return [name, alone, names = config.source_names()](std::string_view teller) {
        const bool listens = std::find(names.begin(), names.end(), teller) != names.end();
        return teller == name || (alone && !listens);
    };
}

/// A mirror of SIP and MGCP: what it takes in goes through trackers of its own.
struct HepInput {
    HepInput(const Config::HepInput& input, const Config& config, Hub& hub, const Clock& clock,
             Metrics& metrics)
        : sip(hub, metrics,
              {.source = input.name,
               .region = config.default_region,
               .tracker = {},
               .adopts = adopts(config, input.name, config.has_one_mirror())}),
          mgcp(hub, metrics,
               {.source = input.name,
                .region = config.default_region,
                .tracker = {},
                .adopts = adopts(config, input.name, config.has_one_mirror())}),
          source({.name = input.name, .listen = input.listen, .password = input.password}, sip, mgcp, clock,
                 metrics) {}

    SipIntake sip;
    MgcpIntake mgcp;
    HepSource source;
};

/// An exchange that tells of its channels and queues: likewise.
struct FreeswitchInput {
    FreeswitchInput(const Config::FreeswitchInput& input, const Config& config, Hub& hub, const Clock& clock,
                    Metrics& metrics)
        : intake(hub, metrics,
                 {.source = input.name,
                  .region = config.default_region,
                  .tracker = {.lines = config.tells_lines(input.lines)},
                  .adopts = adopts(config, input.name, config.has_one_exchange())}),
          source({.name = input.name, .address = input.address, .password = input.password}, intake, clock,
                 metrics) {}

    ExchangeIntake intake;
    FreeswitchSource source;
};

/// Another kind of exchange. Which names are ours it has to know for itself: its trunks look like phones.
struct AsteriskInput {
    AsteriskInput(const Config::AsteriskInput& input, const Config& config, Hub& hub, const Clock& clock,
                  Metrics& metrics)
        : intake(hub, metrics,
                 {.source = input.name,
                  .region = config.default_region,
                  .tracker = {.lines = config.tells_lines(input.lines)},
                  .adopts = adopts(config, input.name, config.has_one_exchange())}),
          source(
              {.name = input.name,
               .address = input.address,
               .username = input.username,
               .secret = input.secret,
               .knows = [&hub](std::string_view name) { return hub.directory()->by_alias(name) != nullptr; }},
              intake, clock, metrics) {}

    ExchangeIntake intake;
    AsteriskSource source;
};

/// An event service, whose events come finished.
struct OvhInput {
    OvhInput(const Config::OvhInput& input, const Config& config, Hub& hub, const Clock& clock,
             Metrics& metrics)
        : intake(hub),
          source({.name = input.name,
                  .url = input.url,
                  .token = input.token,
                  .version = input.version == 2 ? OvhSession::Version::v2 : OvhSession::Version::v1,
                  .place = DataDir{config.data_dir}.ovh_place(input.name)},
                 intake, clock, metrics) {}

    EventIntake intake;
    OvhSource source;
};

/// What everyone shares and nobody can do without.
struct Foundation {
    std::unique_ptr<AuditLog> audit;  // null: none
    Secret key;
    std::unique_ptr<TokenStore> tokens;
    std::unique_ptr<Journal> journal;
    std::unique_ptr<HistoryStore> history;
    std::unique_ptr<ContactStore> contacts;
    TimeZone zone;
};

Result<Foundation> lay_foundation(const Config& config, const Clock& clock, Metrics& metrics) {
    std::unique_ptr<AuditLog> audit;
    if (!config.audit_log.empty()) {
        auto log = AuditLog::open(config.audit_log, clock, metrics);
        if (!log) return log.error();
        audit = *std::move(log);
    }
    const DataDir data{config.data_dir};
    auto tokens = data.open_tokens(clock);
    if (!tokens) return tokens.error();
    auto key = load_or_create_key(data.key());
    if (!key) return key.error();
    const auto sync =
        config.journal.sync_always ? SqliteJournal::Sync::always : SqliteJournal::Sync::interval;
    auto journal = SqliteJournal::open({.file = data.journal(), .sync = sync}, clock, metrics);
    if (!journal) return journal.error();
    auto history = open_history(config, data);
    if (!history) return history.error();
    auto contacts = ContactStore::open(data.contacts());
    if (!contacts) return contacts.error();
    auto zone = TimeZone::named(config.time_zone);
    if (!zone) return zone.error();
    return Foundation{std::move(audit),    *std::move(key),      *std::move(tokens), *std::move(journal),
                      *std::move(history), *std::move(contacts), *std::move(zone)};
}

Hub::Settings hub_settings(const Config& config) {
    Hub::Settings settings;
    settings.retention = config.journal.retention;
    settings.correlates = config.several_tell_of_lines();
    return settings;
}

}  // namespace

/// The parts, each with what it works on above it; they go in reverse order.
class Installation::Parts {
  public:
    Parts(const Config& config, const Clock& clock, std::unique_ptr<Metrics> metrics, Foundation foundation)
        : clock_(clock),
          metrics_(std::move(metrics)),
          foundation_(std::move(foundation)),
          seal_(foundation_.key),
          public_url_(config.http.public_url),
          default_region_(config.default_region),
          hub_(*foundation_.journal, clock_, *metrics_, directory_of(config), foundation_.zone,
               hub_settings(config)),
          reactors_(config.threads, clock_, config.http.moving),
          pulse_(threads()),
          token_writer_(*foundation_.tokens),
          pages_(hub_),
          history_desk_(*foundation_.history),
          publications_(hub_, reactors_.reactors()),
          long_poll_(readers(), reactors_.reactors(), {.poll_timeout = config.http.poll_timeout}),
          event_stream_(readers(), reactors_.reactors(), {}) {
        for (const auto& input : config.hep_inputs)
            sources_.push_back(&hep_inputs_.emplace_back(input, config, hub_, clock_, *metrics_).source);
        for (const auto& input : config.freeswitch_inputs)
            sources_.push_back(
                &freeswitch_inputs_.emplace_back(input, config, hub_, clock_, *metrics_).source);
        for (const auto& input : config.asterisk_inputs)
            sources_.push_back(&asterisk_inputs_.emplace_back(input, config, hub_, clock_, *metrics_).source);
        for (const auto& input : config.ovh_inputs)
            sources_.push_back(&ovh_inputs_.emplace_back(input, config, hub_, clock_, *metrics_).source);
        use_keys(config);
    }
    ~Parts() { stop(); }

    Result<void> start(const Config& config) {
        if (auto started = hub_.start(); !started) return started;
        auto follower =
            HistoryFollower::start(hub_, *foundation_.history, clock_, *metrics_,
                                   {.region = config.default_region, .retention = config.history.retention});
        if (!follower) return follower.error();
        history_follower_ = *std::move(follower);
        if (!config.lookup.url.empty()) {
            auto settings = config.lookup;
            settings.authorities = config.webhook_authorities.string();
            contact_lookup_ = std::make_unique<ContactLookup>(std::move(settings), *foundation_.contacts,
                                                              clock_, *metrics_);
        }
        if (auto opened = open_sessions(config); !opened) return opened;
        if (auto opened = open_webhooks(config); !opened) return opened;
        for (Source* source : sources_) {
            if (auto started = source->start(); !started) return started;
            ++started_;
        }
        auto settings = http_settings(config);
        if (!settings) return settings.error();
        auto server =
            HttpServer::listen(reactors_.reactors(), *std::move(settings), routes(api()), *metrics_);
        if (!server) return server.error();
        server_ = *std::move(server);
        return {};
    }

    void stop() {
        if (std::exchange(stopped_, true)) return;
        for (Source* source : sources_)
            if (started_ > 0) --started_, source->stop();
        hub_.stop();
        if (history_follower_) history_follower_->stop();
        history_desk_.stop();
        long_poll_.stop();
        event_stream_.stop();
        if (session_service_) session_service_->stop();
        if (webhooks_) webhooks_->stop();
        if (server_) server_->stop(kStopWithin);
        reactors_.stop();
        if (sessions_) sessions_->stop();
    }

    void reload(const Config& config) {
        hub_.use(directory_of(config));
        use_keys(config);
        webhooks_->use(config.webhooks, config.webhook_rules);
        if (tls_)
            if (const auto loaded = tls_->reload(); !loaded)
                spdlog::error("reload: {}; the certificate in use stays", loaded.error().what);
        const auto reopen = [](const auto& log) {
            if (!log) return;
            if (const auto opened = log->reopen(); !opened)
                spdlog::error("reload: {}; it goes on in the old file", opened.error().what);
        };
        reopen(foundation_.audit);
        reopen(access_log_);
    }

    bool beats() { return pulse_.beats(); }
    TokenStore& tokens() { return *foundation_.tokens; }
    std::vector<std::string> http_addresses() const { return server_->addresses(); }
    std::vector<std::string> hep_addresses() const {
        std::vector<std::string> all;
        for (const auto& input : hep_inputs_) all.push_back(input.source.address());
        return all;
    }

  private:
    /// Once the hub knows where the journal ends.
    Result<void> open_sessions(const Config& config) {
        auto sessions = Sessions::open(DataDir{config.data_dir}.sessions(), foundation_.key,
                                       *foundation_.tokens, clock_, *metrics_,
                                       [this] {
                                           return Cursor{hub_.epoch(), hub_.last()};
                                       },
                                       {});
        if (!sessions) return sessions.error();
        sessions_ = *std::move(sessions);
        session_service_ = std::make_unique<SessionService>(
            readers(), *sessions_, reactors_.reactors(), SessionService::Settings{config.http.poll_timeout});
        web_socket_ = std::make_unique<WebSocket>(
            *session_service_, reactors_.reactors(),
            WebSocket::Settings{.compression = config.http.websocket_compression});
        return {};
    }
    Result<void> open_webhooks(const Config& config) {
        webhook::Courier::Settings settings;
        settings.authorities = config.webhook_authorities.string();
        auto webhooks = webhook::Courier::start(DataDir{config.data_dir}.webhooks(), foundation_.key, hub_,
                                                *foundation_.journal, clock_, *metrics_, config.webhooks,
                                                config.webhook_rules, std::move(settings));
        if (!webhooks) return webhooks.error();
        webhooks_ = *std::move(webhooks);
        return {};
    }
    /// Those that everything depends on.
    std::vector<Pulse::Ask> threads() {
        std::vector<Pulse::Ask> all;
        // An event of no line: nothing of it is kept, and the hub answers.
        all.emplace_back([this](std::function<void()> answered) {
            return hub_.submit({Event{}}, {}, [answered = std::move(answered)](const auto&) { answered(); });
        });
        for (Reactor* reactor : reactors_.reactors())
            all.emplace_back([reactor](std::function<void()> answered) {
                reactor->post(std::move(answered));
                return true;
            });
        return all;
    }
    Audit& audit() {
        if (foundation_.audit) return *foundation_.audit;
        return no_audit_;
    }
    Readers readers() {
        return {hub_, *foundation_.tokens, seal_, pages_, wrong_tokens_, *metrics_, listeners_};
    }
    Api api() {
        return {.readers = readers(),
                .clock = clock_,
                .publications = publications_,
                .long_poll = long_poll_,
                .event_stream = event_stream_,
                .sessions = *session_service_,
                .web_socket = *web_socket_,
                .webhooks = *webhooks_,
                .sources = [this] { return health(); },
                .api_keys = [this] { return keys_.get(); },
                .api_clients = [this] { return clients_.get(); },
                .token_store = *foundation_.tokens,
                .token_writer = token_writer_,
                .history = history_desk_,
                .contacts = *foundation_.contacts,
                .look_up = look_up(),
                .audit = audit(),
                .public_url = public_url_,
                .default_region = default_region_};
    }
    std::function<bool(std::string_view, std::string_view)> look_up() {
        if (!contact_lookup_) return {};
        return [this](std::string_view account, std::string_view number) {
            return contact_lookup_->ask(account, number);
        };
    }
    Result<HttpServer::Settings> http_settings(const Config& config) {
        HttpServer::Settings settings;
        settings.listen = config.http.listen;
        settings.most_connections_per_address = config.http.connections_per_address;
        settings.trusted_proxies = config.http.trusted_proxies;
        if (!config.http.tls_key.empty()) {
            auto tls = TlsContext::load(config.http.tls_certificate, config.http.tls_key);
            if (!tls) return tls.error();
            settings.tls = tls_ = *std::move(tls);
        }
        if (!config.http.access_log.empty()) {
            auto log = AccessLog::open(config.http.access_log, clock_, *metrics_);
            if (!log) return log.error();
            access_log_ = *std::move(log);
            settings.answered = [log = access_log_.get()](const HttpAccess& access) { log->add(access); };
        }
        return settings;
    }
    std::vector<SourceHealth> health() const {
        std::vector<SourceHealth> all;
        for (const Source* source : sources_) all.push_back(source->health());
        return all;
    }
    void use_keys(const Config& config) {
        keys_.set(std::make_shared<const ApiKeys>(config.api_keys));
        clients_.set(std::make_shared<const ApiClients>(config.api_clients, clock_.now()));
    }

    const Clock& clock_;
    const std::unique_ptr<Metrics> metrics_;
    Foundation foundation_;
    NoAudit no_audit_;
    Listeners listeners_{audit(), clock_};
    const CursorSeal seal_;
    WrongTokens wrong_tokens_;
    Current<ApiKeys> keys_;
    Current<ApiClients> clients_;
    const std::string public_url_, default_region_;
    Hub hub_;
    ReactorThreads reactors_;
    Pulse pulse_;
    TokenWriter token_writer_;
    PageReader pages_;
    std::unique_ptr<ContactLookup> contact_lookup_;  // null: nobody is asked
    HistoryDesk history_desk_;
    std::unique_ptr<HistoryFollower> history_follower_;
    Publications publications_;
    LongPoll long_poll_;
    EventStream event_stream_;
    std::unique_ptr<Sessions> sessions_;
    std::unique_ptr<SessionService> session_service_;
    std::unique_ptr<WebSocket> web_socket_;
    std::unique_ptr<webhook::Courier> webhooks_;
    std::list<HepInput> hep_inputs_;
    std::list<FreeswitchInput> freeswitch_inputs_;
    std::list<AsteriskInput> asterisk_inputs_;
    std::list<OvhInput> ovh_inputs_;
    std::vector<Source*> sources_;           // of them all, in the order in which they start
    std::shared_ptr<TlsContext> tls_;        // null: plain
    std::unique_ptr<AccessLog> access_log_;  // null: none
    std::unique_ptr<HttpServer> server_;
    std::size_t started_ = 0;  // of sources_
    bool stopped_ = false;
};

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Installation::~Installation() = default;

Result<std::unique_ptr<Installation>> Installation::start(const Config& config, const Clock& clock) {
    auto metrics = std::make_unique<Metrics>();
    auto foundation = lay_foundation(config, clock, *metrics);
    if (!foundation) return foundation.error();
    auto parts = std::make_unique<Parts>(config, clock, std::move(metrics), *std::move(foundation));
    if (auto started = parts->start(config); !started) return started.error();
    return std::unique_ptr<Installation>(new Installation(std::move(parts)));
}

void Installation::stop() { parts_->stop(); }
void Installation::reload(const Config& config) { parts_->reload(config); }
bool Installation::beats() { return parts_->beats(); }
TokenStore& Installation::tokens() { return parts_->tokens(); }
std::vector<std::string> Installation::http_addresses() const { return parts_->http_addresses(); }
std::vector<std::string> Installation::hep_addresses() const { return parts_->hep_addresses(); }

}  // namespace callboard
