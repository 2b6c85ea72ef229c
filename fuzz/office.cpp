#include "office.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/routes.hpp"
#include "delivery/webhook/courier.hpp"
#include "fuzz.hpp"
#include "history/follower.hpp"
#include "history/sqlite_history.hpp"
#include "journal/sqlite_journal.hpp"
#include "tests/support/temporary_directory.hpp"

// Webhooks go wherever an input says: in this process nobody is reached, and no name is looked up.
extern "C" int connect(int, const sockaddr*, socklen_t) {
    errno = ENETUNREACH;
    return -1;
}
extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) { return EAI_FAIL; }

namespace callboard::fuzz {
namespace {

const Secret kFileKey{"a key of thirty-two bytes exactly"};

template <typename T>
T must(Result<T> result) {
    check(result.has_value(), "the office can be made");
    return std::move(*result);
}

/// In memory where the system has such a place, because thousands of inputs a second write.
test::TemporaryDirectory directory_in_memory() {
    if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
    return {};
}

Event line_event(std::string_view name, const char* line, const char* calling, const char* info = "") {
    Event event;
    event.name = name;
    event.ressource = line;
    LineData data;
    data.call_id = std::string("call of ") + calling;
    data.calling = calling;
    data.called = data.dialed = line;
    data.relevant_info = info;
    data.ts = data.ts_get = Time(std::chrono::seconds(Office::kNow));
    event.data = std::move(data);
    return event;
}

Event queue_event(const char* action) {
    Event event;
    event.name = action;
    event.protocol = Protocol::queues;
    event.ressource = Office::kQueue;
    QueueData data;
    data.set("Action", action);
    data.set("Queue", Office::kQueue);
    data.set("Calling", "0033687654321");
    data.set("QueueMemberUUID", "visit");
    event.data = std::move(data);
    return event;
}

/// A call that nobody took, one that goes on, and somebody who waits.
std::vector<Event> some_calls() {
    return {line_event(event_name::start_ringing, Office::kAlice, "0033612345678"),
            line_event(event_name::end_ringing, Office::kAlice, "0033612345678", "486 Busy Here"),
            line_event(event_name::start_ringing, Office::kBob, "0033611111111"),
            line_event(event_name::end_ringing, Office::kBob, "0033611111111"),
            line_event(event_name::start_calling, Office::kBob, "0033611111111"),
            queue_event("member-queue-start")};
}

webhook::Webhook some_webhook() {
    webhook::Webhook webhook;
    webhook.id = webhook.name = Office::kWebhook;
    webhook.account = "alpha";
    webhook.events = {"*"};
    webhook.url = "https://crm.example/?from={calling}";
    webhook.configured = true;
    return webhook;
}

/// Those that everybody knows, and those that clients make.
class Tokens final : public TokenAuthority {
  public:
    explicit Tokens(const TokenStore& store) : store_(store) {}
    std::optional<Grant> find(std::string_view token, Time now) const override {
        if (const auto known = known_.find(token); known != known_.end()) return known->second;
        return store_.find(token, now);
    }
    std::uint64_t generation() const override { return store_.generation(); }

  private:
    const TokenStore& store_;
    const std::map<std::string, Grant, std::less<>> known_{
        {"ALPHA", {"alpha", "", {}}},
        {"ALICE", {"alpha", Office::kAlice, {}}},
        {"BETA", {"beta", "", {}}},
        {"MASKED", {"alpha", "", {}, "", true}},
        {"AGENT", {"alpha", Office::kQueue, {}, "4242"}},
    };
};

}  // namespace

/// In the order of construction; destroyed in reverse.
struct Office::Running {
    Running() {
        // A reactor that was stopped does what is posted, and returns.
        reactor.stop();
        check(hub.start().has_value(), "the hub starts");
        tell_some_calls();
        check(contacts->put("alpha", std::vector<Contact>{{"0033612345678", "Jean Dupont"}}).has_value(),
              "there is a contact");
        follower = must(HistoryFollower::start(hub, *history, clock, metrics, {}));
        check(follower->reached(hub.last(), std::chrono::seconds(20)), "the history knows of the calls");
        sessions = must(Sessions::open(data / "sessions.db", kFileKey, tokens, clock, metrics,
                                       [this] {
                                           return Cursor{hub.epoch(), hub.last()};
                                       },
                                       {}));
        session_service =
            std::make_unique<SessionService>(readers, *sessions, reactors, SessionService::Settings{});
        WebSocket::Settings sockets;
        sockets.compression = true;
        web_socket = std::make_unique<WebSocket>(*session_service, reactors, sockets);
        webhooks = must(webhook::Courier::start(data / "webhooks.db", kFileKey, hub, *journal, clock, metrics,
                                                {some_webhook()}, {}, {}));
        std::promise<void> tried;
        check(webhooks->test(kWebhook, [&tried](const Result<webhook::Attempt>&) { tried.set_value(); }),
              "the webhook is tried");
        tried.get_future().get();
        handler = routes(api());
    }

    ~Running() {
        hub.stop();
        follower->stop();
        desk.stop();
        long_poll.stop();
        event_stream.stop();
        session_service->stop();
        webhooks->stop();
        reactor.run();
        sessions->stop();
    }

    void tell_some_calls() {
        std::promise<bool> kept;
        check(hub.submit(
                  some_calls(), clock.now(),
                  [&kept](const Result<Hub::Appended>& result) { kept.set_value(result.has_value()); },
                  std::chrono::seconds(5)),
              "the hub takes events");
        check(kept.get_future().get(), "the journal takes events");
    }

    Api api() {
        const auto keys =
            std::make_shared<const ApiKeys>(std::vector<ApiKey>{{"fuzzer", Secret("KEY"), {{"*", "/*"}}}});
        return {.readers = readers,
                .clock = clock,
                .publications = publications,
                .long_poll = long_poll,
                .event_stream = event_stream,
                .sessions = *session_service,
                .web_socket = *web_socket,
                .webhooks = *webhooks,
                .sources = [] { return std::vector<SourceHealth>{}; },
                .api_keys = [keys] { return keys; },
                // Made for each request: one that logs out is back for the next.
                .api_clients =
                    [now = clock.now()] {
                        return std::make_shared<const ApiClients>(
                            std::vector<ApiClient>{{Secret("7kbG7Bk7S9Nt7ZSV"),
                                                    Secret("EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF"),
                                                    Secret("MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1"),
                                                    {{"*", "/*"}}}},
                            now);
                    },
                .token_store = *store,
                .token_writer = token_writer,
                .history = desk,
                .contacts = *contacts,
                .look_up = [](std::string_view, std::string_view) { return true; },
                .audit = audit,
                .public_url = kPublicUrl,
                .default_region = "FR"};
    }

    const test::TemporaryDirectory temporary = directory_in_memory();
    const std::filesystem::path data = temporary.path();
    const ManualClock clock{Time(std::chrono::seconds(kNow))};
    const CursorSeal seal{kFileKey};
    Metrics metrics;
    Reactor reactor{clock};
    const std::vector<Reactor*> reactors{&reactor};
    std::unique_ptr<SqliteJournal> journal =
        must(SqliteJournal::open({data / "journal.db", SqliteJournal::Sync::interval, 4}, clock, metrics));
    Hub hub{*journal, clock, metrics, Office::directory(), TimeZone::utc(), {}};
    std::unique_ptr<TokenStore> store = must(TokenStore::open(data / "tokens.db", kFileKey, clock));
    TokenWriter token_writer{*store};
    const Tokens tokens{*store};
    PageReader pages{hub};
    std::unique_ptr<SqliteHistory> history = must(SqliteHistory::open(data / "history.db"));
    std::unique_ptr<HistoryFollower> follower;
    HistoryDesk desk{*history};
    std::unique_ptr<ContactStore> contacts = must(ContactStore::open(data / "contacts.db"));
    WrongTokens wrong_tokens;
    NoAudit audit;
    Listeners listeners{audit, clock};
    const Readers readers{hub, tokens, seal, pages, wrong_tokens, metrics, listeners};
    Publications publications{hub, reactors};
    LongPoll long_poll{readers, reactors, {}};
    EventStream event_stream{readers, reactors, {}};
    std::unique_ptr<Sessions> sessions;
    std::unique_ptr<SessionService> session_service;
    std::unique_ptr<WebSocket> web_socket;
    std::unique_ptr<webhook::Courier> webhooks;
    HttpHandler handler;
};

Office::Office() : running_(std::make_unique<Running>()) { restore_session(); }
Office::~Office() = default;

Reactor& Office::reactor() { return running_->reactor; }

const HttpHandler& Office::handler() const { return running_->handler; }

void Office::turn() { running_->reactor.run(); }

void Office::tell() {
    std::vector<Hub::Submission> all(1);
    for (const char* line : {kAlice, kBob, kCarol})
        all.front().events.push_back(line_event(event_name::start_ringing, line, "0033622222222"));
    all.front().events.push_back(queue_event("member-queue-start"));
    all.front().done = [](const Result<Hub::Appended>& kept) { check(kept.has_value(), "an event is kept"); };
    check(running_->hub.publish(all), "the hub takes events");
    turn();
}

void Office::restore_session() {
    Sessions& sessions = *running_->sessions;
    if (sessions.find(kSession)) return;
    SessionRecord session;
    session.id = kSession;
    session.creation = session.last_update = session.last_connection = running_->clock.now();
    session.epoch = running_->hub.epoch();
    session.address = "192.0.2.1";
    session.subscriptions = std::make_shared<const Subscriptions>(Subscriptions{{"ALPHA", 0}});
    sessions.restore(std::move(session));
}

}  // namespace callboard::fuzz
