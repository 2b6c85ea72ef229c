#include "tests/contract/world.hpp"

#include <gtest/gtest.h>

#include <future>
#include <sstream>

#include "api/routes.hpp"
#include "delivery/webhook/courier.hpp"
#include "history/follower.hpp"
#include "history/sqlite_history.hpp"

namespace callboard::test {
namespace {

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return std::move(*result);
}

}  // namespace

void KnownTokens::allow(std::string token, Grant grant) {
    const std::lock_guard lock(mutex_);
    grants_[std::move(token)] = std::move(grant);
    ++generation_;
}

void KnownTokens::end(std::string_view token) {
    const std::lock_guard lock(mutex_);
    grants_.erase(grants_.find(token));
    ++generation_;
}

std::optional<Grant> KnownTokens::find(std::string_view token, Time now) const {
    if (const TokenStore* store = store_)
        if (auto grant = store->find(token, now)) return grant;
    const std::lock_guard lock(mutex_);
    const auto found = grants_.find(token);
    if (found == grants_.end() || (found->second.expires && *found->second.expires <= now))
        return std::nullopt;
    return found->second;
}

std::uint64_t KnownTokens::generation() const {
    const TokenStore* store = store_;
    return generation_ + (store == nullptr ? 0 : store->generation());
}

/// In the order of construction; destroyed in reverse.
struct World::Running {
    Running(World& world, const std::filesystem::path& data)
        : journal(must(SqliteJournal::open({data / "journal.db", SqliteJournal::Sync::interval, 4},
                                           world.clock, world.metrics_))),
          hub(*journal, world.clock, world.metrics_, directory(), TimeZone::utc(), hub_settings(world)),
          store(must(TokenStore::open(data / "tokens.db", Secret(std::string(32, 'k')), world.clock))),
          reactors(made(world)),
          token_writer(*store),
          pages((start_hub(), hub)),
          history(must(SqliteHistory::open(data / "history.db"))),
          history_follower(must(HistoryFollower::start(hub, *history, world.clock, world.metrics_, {}))),
          history_desk(*history),
          contacts(must(ContactStore::open(data / "contacts.db"))),
          tokens(world.tokens),
          listeners(world.audit, world.clock),
          readers{hub, world.tokens, world.seal_, pages, wrong_tokens, world.metrics_, listeners} {
        world.tokens.also(store.get());
        std::vector<Reactor*> all;
        for (const auto& reactor : reactors) all.push_back(reactor.get());
        publications = std::make_unique<Publications>(hub, all);
        long_poll =
            std::make_unique<LongPoll>(readers, all, LongPoll::Settings{world.settings_.poll_timeout});
        event_stream = std::make_unique<EventStream>(
            readers, all, EventStream::Settings{world.settings_.heartbeat, world.settings_.most_backlog});
        sessions = must(Sessions::open(
            data / "sessions.db", Secret("a key of thirty-two bytes exactly"), world.tokens, world.clock,
            world.metrics_,
            [this] {
                return Cursor{hub.epoch(), hub.last()};
            },
            world.settings_.sessions));
        session_service = std::make_unique<SessionService>(
            readers, *sessions, all, SessionService::Settings{world.settings_.poll_timeout});
        auto sockets = world.settings_.web_socket;
        sockets.compression = true;
        sockets.ping = world.settings_.heartbeat;
        sockets.most_backlog = world.settings_.most_backlog;
        web_socket = std::make_unique<WebSocket>(*session_service, all, sockets);
        webhooks =
            must(webhook::Courier::start(data / "webhooks.db", Secret("a key of thirty-two bytes exactly"),
                                         hub, *journal, world.clock, world.metrics_, {}, {}, {}));
        HttpServer::Settings http;
        http.listen = {"127.0.0.1:0"};
        server = must(HttpServer::listen(all, http, routes(api(world)), world.metrics_));
        for (const auto& reactor : reactors) threads.emplace_back([&reactor] { reactor->run(); });
    }

    ~Running() {
        tokens.also(nullptr);
        hub.stop();
        history_follower->stop();
        history_desk.stop();
        long_poll->stop();
        event_stream->stop();
        session_service->stop();
        webhooks->stop();
        server->stop(std::chrono::seconds(5));
        for (const auto& reactor : reactors) reactor->stop();
        for (auto& thread : threads) thread.join();
        sessions->stop();
    }

    Api api(World& world) {
        const auto keys =
            std::make_shared<const ApiKeys>(std::vector<ApiKey>{{"tests", Secret("KEY"), world.allowed}});
        const auto clients = std::make_shared<const ApiClients>(
            std::vector<ApiClient>{{Secret(World::kApplication), Secret(World::kApplicationSecret),
                                    Secret(World::kConsumer), world.allowed}},
            world.clock.now());
        return {.readers = readers,
                .clock = world.clock,
                .publications = *publications,
                .long_poll = *long_poll,
                .event_stream = *event_stream,
                .sessions = *session_service,
                .web_socket = *web_socket,
                .webhooks = *webhooks,
                .sources = [] { return std::vector<SourceHealth>{}; },
                .api_keys = [keys] { return keys; },
                .api_clients = [clients] { return clients; },
                .token_store = *store,
                .token_writer = token_writer,
                .history = history_desk,
                .contacts = *contacts,
                .look_up = world.settings_.look_up,
                .audit = world.audit,
                .public_url = World::kPublicUrl,
                .default_region = "FR"};
    }

    static std::vector<std::unique_ptr<Reactor>> made(const World& world) {
        std::vector<std::unique_ptr<Reactor>> reactors;
        for (unsigned i = 0; i < world.settings_.reactors; ++i)
            reactors.push_back(std::make_unique<Reactor>(world.clock));
        return reactors;
    }
    static Hub::Settings hub_settings(const World& world) {
        Hub::Settings settings;
        settings.tail = world.settings_.tail;
        return settings;
    }
    void start_hub() {
        if (const auto started = hub.start(); !started) throw std::runtime_error(started.error().what);
    }

    std::unique_ptr<SqliteJournal> journal;
    Hub hub;
    std::unique_ptr<TokenStore> store;
    std::vector<std::unique_ptr<Reactor>> reactors;
    TokenWriter token_writer;
    PageReader pages;
    std::unique_ptr<SqliteHistory> history;
    std::unique_ptr<HistoryFollower> history_follower;
    HistoryDesk history_desk;
    std::unique_ptr<ContactStore> contacts;
    KnownTokens& tokens;
    WrongTokens wrong_tokens;
    Listeners listeners;
    Readers readers;
    std::unique_ptr<Publications> publications;
    std::unique_ptr<LongPoll> long_poll;
    std::unique_ptr<EventStream> event_stream;
    std::unique_ptr<Sessions> sessions;
    std::unique_ptr<SessionService> session_service;
    std::unique_ptr<WebSocket> web_socket;
    std::unique_ptr<webhook::Courier> webhooks;
    std::unique_ptr<HttpServer> server;
    std::vector<std::thread> threads;
};

World::World(Settings settings) : settings_(settings) {
    std::filesystem::create_directory(data_);
    tokens.allow("ALPHA", {"alpha", "", {}});
    tokens.allow("ALICE", {"alpha", kAlice, {}});
    tokens.allow("BETA", {"beta", "", {}});
    start();
}

World::~World() = default;

void World::start() { running_ = std::make_unique<Running>(*this, data_); }

void World::stop() { running_.reset(); }

void World::crash() {
    const auto found = directory_.path() / ("data-" + std::to_string(told_) + "-after-crash");
    std::filesystem::copy(data_, found, std::filesystem::copy_options::recursive);
    stop();
    data_ = found;
}

Event World::event(std::string_view name, std::string_view line, std::string call_id) const {
    Event event;
    event.name = name;
    event.ressource = line;
    LineData data;
    data.call_id = std::move(call_id);
    data.ts = data.ts_get = clock.now();
    event.data = std::move(data);
    return event;
}

void World::tell(std::string_view line, int count, bool native) {
    std::vector<Event> events;
    for (int i = 0; i < count; ++i) {
        events.push_back(event(native ? event_name::call_failed : event_name::start_ringing, line,
                               std::to_string(++told_)));
        events.back().native = native;
    }
    tell(std::move(events));
}

void World::tell(std::vector<Event> events) {
    std::promise<bool> done;
    const bool taken = running_->hub.submit(
        std::move(events), clock.now(),
        [&](const Result<Hub::Appended>& result) { done.set_value(result.has_value()); },
        std::chrono::seconds(5));
    ASSERT_TRUE(taken && done.get_future().get());
}

std::uint16_t World::port() const {
    const std::string address = running_->server->addresses().front();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

Hub& World::hub() { return running_->hub; }

Sessions& World::sessions() { return *running_->sessions; }

double World::figure(std::string_view name, std::string_view label) const {
    std::istringstream lines(metrics_.text());
    double sum = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto end = line.find_first_of("{ ");
        if (line.substr(0, end) != name || line.find(label) == std::string::npos) continue;
        sum += std::stod(line.substr(line.rfind(' ') + 1));
    }
    return sum;
}

}  // namespace callboard::test
