#include "delivery/webhook/webhook_file.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include "delivery/keyed_file.hpp"
#include "delivery/packing.hpp"

namespace callboard::webhook {
namespace {

constexpr std::size_t kLongest = 8 << 20;  // of what is sealed; an event is at most 1 MiB
constexpr std::size_t kPruned = 100;       // entries of the log that are forgotten at a time
constexpr std::int64_t kRetired = 1'000;
constexpr KeyedFile kFile = {
    .application_id = 0x43425731,  // "CBW1"
    .format = 1,
    .schema = R"(
CREATE TABLE meta(key_check BLOB NOT NULL, epoch BLOB NOT NULL, delivery INTEGER NOT NULL, attempt INTEGER NOT NULL);
CREATE TABLE webhook(id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE delivery(id INTEGER PRIMARY KEY, webhook BLOB NOT NULL, subject INTEGER NOT NULL, attempts INTEGER NOT NULL,
                      due INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX delivery_of ON delivery(webhook);
CREATE TABLE attempt(id INTEGER PRIMARY KEY, webhook BLOB NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX attempt_of ON attempt(webhook, id);
PRAGMA application_id=0x43425731;
PRAGMA user_version=1;
)",
    .first_row = "INSERT INTO meta VALUES(?1, randomblob(8), 0, 0)",
    .holds = "webhooks",
};

std::string key_check(const Secret& key) { return hmac_of(key, "webhook-store", "").substr(0, 16); }

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

void put(Packer& to, const Webhook& webhook) {
    for (const auto& text : {webhook.id, webhook.name, webhook.account, webhook.service, webhook.url})
        to.put(text);
    to.put(webhook.method == Webhook::Method::post ? 1U : 0U);
    to.put(webhook.secret.reveal());
    to.put(webhook.previous_secret.reveal());
    to.put(webhook.events.size());
    for (const auto& event : webhook.events) to.put(event);
}

Webhook webhook_from(Unpacker& from) {
    Webhook webhook;
    for (auto* text : {&webhook.id, &webhook.name, &webhook.account, &webhook.service, &webhook.url})
        *text = from.text();
    webhook.method = from.number() == 1 ? Webhook::Method::post : Webhook::Method::get;
    webhook.secret = Secret(from.text());
    webhook.previous_secret = Secret(from.text());
    const std::uint64_t count = from.number();
    for (std::uint64_t i = 0; i < count && from.whole(); ++i) webhook.events.push_back(from.text());
    return webhook;
}

std::string packed(const Standing& standing) {
    Packer to;
    to.put(standing.place.epoch);
    to.put(standing.place.sequence);
    to.put(standing.place.time);
    to.put(static_cast<std::uint64_t>(standing.state));
    to.put(standing.failing_since.value_or(Time{}));
    to.put(standing.last_error);
    to.put(standing.shape);
    to.put(standing.made ? 1U : 0U);
    if (standing.made) put(to, *standing.made);
    return to.take();
}

std::optional<Standing> standing_from(std::string_view bytes, std::string id) {
    Unpacker from(bytes);
    Standing standing;
    standing.id = std::move(id);
    standing.place.epoch = from.number();
    standing.place.sequence = from.number();
    standing.place.time = from.time();
    const std::uint64_t state = from.number();
    if (state > static_cast<std::uint64_t>(Schedule::State::stopped)) return std::nullopt;
    standing.state = static_cast<Schedule::State>(state);
    if (const Time since = from.time(); since != Time{}) standing.failing_since = since;
    standing.last_error = from.text();
    standing.shape = from.text();
    if (from.number() == 1) standing.made = webhook_from(from);
    if (!from.whole() || from.left() > 0) return std::nullopt;
    return standing;
}

std::string packed(const Attempt& attempt) {
    Packer to;
    to.put(unsigned_of(attempt.delivery));
    to.put(attempt.number);
    to.put(unsigned_of(attempt.took.count()));
    to.put(static_cast<std::uint64_t>(attempt.status));
    to.put(static_cast<std::uint64_t>(attempt.result));
    for (const auto& text : {attempt.request, attempt.answer, attempt.error, packed(attempt.message)})
        to.put(text);
    return to.take();
}

bool read(Attempt& attempt, std::string_view bytes) {
    Unpacker from(bytes);
    attempt.delivery = signed_of(from.number());
    attempt.number = static_cast<unsigned>(from.number());
    attempt.took = Duration(signed_of(from.number()));
    attempt.status = static_cast<int>(from.number());
    const std::uint64_t result = from.number();
    if (result > static_cast<std::uint64_t>(Schedule::Verdict::gone)) return false;
    attempt.result = static_cast<Schedule::Verdict>(result);
    for (auto* text : {&attempt.request, &attempt.answer, &attempt.error}) *text = from.text();
    auto message = unpacked(from.text());
    if (!message || !from.whole() || from.left() > 0) return false;
    attempt.message = *std::move(message);
    return true;
}

std::string bound(std::string_view kind, std::string_view id) { return fmt::format("{} {}", kind, id); }

}  // namespace

WebhookFile::WebhookFile(sqlite::Connection connection, const Secret& key)
    : connection_(std::move(connection)), key_(key), sealing_(key, "webhook-seal", kLongest) {}

Result<WebhookFile> WebhookFile::open(const std::filesystem::path& file, const Secret& key) {
    return open_or_begin_anew(
        file, [&] { return open_as_it_is(file, key); },
        [](const std::string& why, const std::string& aside) {
            spdlog::error(
                "webhooks: {}; it is moved to {}: webhooks begin anew, and those made through the API are "
                "gone",
                why, aside);
        });
}

Result<WebhookFile> WebhookFile::open_as_it_is(const std::filesystem::path& file, const Secret& key) {
    auto connection = sqlite::Connection::open(file.string(), false);
    if (!connection) return connection.error();
    WebhookFile webhooks(*std::move(connection), key);
    // Commits do not wait for the disk: sync() does.
    if (auto set = webhooks.connection_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"); !set)
        return set.error();
    if (auto made = webhooks.make_or_check(file); !made) return made.error();
    if (auto prepared = webhooks.prepare(); !prepared) return prepared.error();
    if (auto loaded = webhooks.load(); !loaded) return loaded.error();
    return webhooks;
}

Result<void> WebhookFile::make_or_check(const std::filesystem::path& file) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    if (auto found = callboard::make_or_check(connection_, file, kFile, key_check(key_)); !found)
        return found.error();
    return transaction->commit();
}

Result<void> WebhookFile::prepare() {
    const std::array<std::pair<sqlite::Statement*, const char*>, 8> statements = {{
        {&put_standing_, "INSERT OR REPLACE INTO webhook VALUES(?1, ?2)"},
        {&put_delivery_, "INSERT INTO delivery VALUES(?1, ?2, ?3, ?4, ?5, ?6)"},
        {&retry_, "UPDATE delivery SET attempts = ?2, due = ?3 WHERE id = ?1"},
        {&end_, "DELETE FROM delivery WHERE id = ?1"},
        {&put_attempt_, "INSERT INTO attempt VALUES(?1, ?2, ?3, ?4)"},
        {&clear_, "DELETE FROM delivery WHERE webhook = ?1"},
        {&prune_,
         "DELETE FROM attempt WHERE id IN (SELECT id FROM attempt WHERE webhook = ?1 ORDER BY id LIMIT ?2)"},
        {&find_, "SELECT sealed FROM delivery WHERE id = ?1"},
    }};
    for (const auto& [statement, text] : statements) {
        auto made = connection_.prepare(text);
        if (!made) return made.error();
        *statement = *std::move(made);
    }
    return {};
}

Result<void> WebhookFile::load() {
    auto meta = connection_.prepare("SELECT epoch, delivery, attempt FROM meta");
    if (!meta) return meta.error();
    const auto row = meta->step();
    if (!row) return row.error();
    if (!*row) return Error{Error::Kind::corrupt, "the file of webhooks has lost its head"};
    for (const char byte : meta->blob(0))
        fmt::format_to(std::back_inserter(epoch_), "{:02x}", static_cast<unsigned char>(byte));
    last_delivery_ = meta->integer(1);
    last_attempt_ = meta->integer(2);
    return count_attempts();
}

Result<void> WebhookFile::count_attempts() {
    logged_.clear();
    auto counts = connection_.prepare("SELECT webhook, count(*) FROM attempt GROUP BY webhook");
    if (!counts) return counts.error();
    while (true) {
        const auto counted = counts->step();
        if (!counted) return counted.error();
        if (!*counted) return {};
        logged_[std::string(counts->blob(0))] = static_cast<std::size_t>(counts->integer(1));
    }
}

std::string WebhookFile::id_of(std::int64_t delivery) const { return fmt::format("{}-{}", epoch_, delivery); }

std::string WebhookFile::shape(const Webhook& webhook) const {
    Packer to;
    put(to, webhook);
    return hmac_of(key_, "webhook-shape", to.take()).substr(0, 16);
}

Result<std::vector<Standing>> WebhookFile::standings() {
    auto rows = connection_.prepare("SELECT id, sealed FROM webhook ORDER BY id");
    if (!rows) return rows.error();
    std::vector<Standing> all;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return all;
        std::string id(rows->blob(0));
        const auto text = sealing_.open(rows->blob(1), bound("webhook", id));
        auto standing = text ? standing_from(*text, id) : std::nullopt;
        if (standing)
            all.push_back(*std::move(standing));
        else
            spdlog::error("webhooks: {} was changed by hand or by the disk: it begins anew, or is gone", id);
    }
}

Result<std::vector<Waiting>> WebhookFile::waiting() {
    auto rows = connection_.prepare("SELECT id, webhook, subject, attempts, due FROM delivery ORDER BY id");
    if (!rows) return rows.error();
    std::vector<Waiting> all;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return all;
        all.push_back({rows->integer(0), std::string(rows->blob(1)), unsigned_of(rows->integer(2)),
                       static_cast<unsigned>(rows->integer(3)), time_from_nanoseconds(rows->integer(4))});
    }
}

Result<Message> WebhookFile::message(std::int64_t delivery) {
    find_.bind(1, delivery);
    const sqlite::ResetAtEnd reset(find_);
    const auto row = find_.step();
    if (!row) return row.error();
    const auto text =
        *row ? sealing_.open(find_.blob(0), bound("delivery", std::to_string(delivery))) : std::nullopt;
    auto message = text ? unpacked(*text) : std::nullopt;
    if (!message) return Error{Error::Kind::missing, fmt::format("delivery {} cannot be read", delivery)};
    return *std::move(message);
}

/// Columns: id, webhook, at, sealed. Nothing: it was changed by hand or by the disk.
std::optional<Attempt> WebhookFile::attempt_in(const sqlite::Statement& row) const {
    Attempt attempt;
    attempt.id = row.integer(0);
    attempt.webhook = row.blob(1);
    attempt.at = time_from_nanoseconds(row.integer(2));
    const auto text = sealing_.open(row.blob(3), bound("attempt", std::to_string(attempt.id)));
    if (!text || !read(attempt, *text)) return std::nullopt;
    attempt.callboard_id = id_of(attempt.delivery);
    return attempt;
}

Result<std::vector<Attempt>> WebhookFile::attempts(std::string_view webhook, std::int64_t before,
                                                   std::size_t limit) {
    auto rows = connection_.prepare(
        "SELECT id, webhook, at, sealed FROM attempt WHERE webhook = ?1 AND id < ?2 ORDER BY id DESC LIMIT "
        "?3");
    if (!rows) return rows.error();
    rows->bind(1, webhook)
        .bind(2, before > 0 ? before : std::numeric_limits<std::int64_t>::max())
        .bind(3, static_cast<std::int64_t>(limit));
    std::vector<Attempt> found;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return found;
        if (auto attempt = attempt_in(*rows)) found.push_back(*std::move(attempt));
    }
}

Result<Attempt> WebhookFile::attempt(std::string_view webhook, std::int64_t id) {
    auto rows =
        connection_.prepare("SELECT id, webhook, at, sealed FROM attempt WHERE id = ?1 AND webhook = ?2");
    if (!rows) return rows.error();
    rows->bind(1, id).bind(2, webhook);
    const auto row = rows->step();
    if (!row) return row.error();
    auto attempt = *row ? attempt_in(*rows) : std::nullopt;
    if (!attempt) return Error{Error::Kind::missing, "There is no such delivery in this webhook's log"};
    return *std::move(attempt);
}

Result<std::uint64_t> WebhookFile::forget_all_that(
    const std::function<bool(const std::string& text)>& tells) {
    if (auto set = connection_.run("PRAGMA secure_delete=ON"); !set) return set.error();
    const auto waited = forget_of("delivery", tells);
    if (!waited) return waited;
    const auto logged = forget_of("attempt", tells);
    if (!logged) return logged;
    if (auto clean = sqlite::forget_for_good(connection_); !clean) return clean.error();
    if (auto counted = count_attempts(); !counted) return counted.error();
    return *waited + *logged;
}

/// The kind of a sealed text is the name of its table.
Result<std::uint64_t> WebhookFile::forget_of(const char* table,
                                             const std::function<bool(const std::string& text)>& tells) {
    auto rows = connection_.prepare(fmt::format("SELECT id, sealed FROM {}", table));
    if (!rows) return rows.error();
    std::vector<std::int64_t> found;
    for (auto row = rows->step();; row = rows->step()) {
        if (!row) return row.error();
        if (!*row) break;
        const auto text = sealing_.open(rows->blob(1), bound(table, std::to_string(rows->integer(0))));
        if (text && tells(*text)) found.push_back(rows->integer(0));
    }
    rows->reset();
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    for (const std::int64_t id : found)
        if (auto gone = connection_.run(fmt::format("DELETE FROM {} WHERE id = {}", table, id).c_str());
            !gone)
            return gone.error();
    if (auto committed = transaction->commit(); !committed) return committed.error();
    return found.size();
}

Result<void> WebhookFile::run(sqlite::Statement& statement) {
    const sqlite::ResetAtEnd reset(statement);
    if (const auto done = statement.step(); !done) return done.error();
    return {};
}

Result<std::string> WebhookFile::sealed(std::string_view text, std::string_view kind,
                                        std::string_view id) const {
    std::string out = sealing_.seal(text, bound(kind, id));
    if (out.empty())
        return Error{
            Error::Kind::unavailable,
            "webhooks: a message cannot be sealed: OpenSSL has no random bytes or no memory; try again"};
    return out;
}

Result<void> WebhookFile::write(const Changes& changes) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    if (auto done = forget(changes); !done) return done;
    if (auto done = write_standings(changes); !done) return done;
    if (auto done = write_deliveries(changes); !done) return done;
    if (auto done = write_attempts(changes); !done) return done;
    auto meta = connection_.prepare("UPDATE meta SET delivery = ?1, attempt = ?2");
    if (!meta) return meta.error();
    meta->bind(1, last_delivery_).bind(2, last_attempt_);
    if (auto done = run(*meta); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
    for (const std::string& id : changes.removed) logged_.erase(id);
    for (const Attempt& attempt : changes.attempts) ++logged_[attempt.webhook];
    for (auto& [id, count] : logged_) {
        if (count <= kMostAttempts) continue;
        prune_.bind(1, std::string_view(id))
            .bind(2, static_cast<std::int64_t>(count - kMostAttempts + kPruned));
        // What is not forgotten now is at the next time.
        if (auto pruned = run(prune_)) count = kMostAttempts - kPruned;
    }
    return {};
}

Result<void> WebhookFile::forget(const Changes& changes) {
    for (const auto* ids : {&changes.cleared, &changes.removed})
        for (const std::string& id : *ids) {
            clear_.bind(1, std::string_view(id));
            if (auto done = run(clear_); !done) return done;
        }
    for (const std::string& id : changes.removed)
        for (const char* text :
             {"DELETE FROM attempt WHERE webhook = ?1", "DELETE FROM webhook WHERE id = ?1"}) {
            auto statement = connection_.prepare(text);
            if (!statement) return statement.error();
            statement->bind(1, std::string_view(id));
            if (auto done = run(*statement); !done) return done;
        }
    return {};
}

Result<void> WebhookFile::write_standings(const Changes& changes) {
    for (const auto& [id, standing] : changes.standings) {
        const auto bytes = sealed(packed(standing), "webhook", id);
        if (!bytes) return bytes.error();
        put_standing_.bind(1, std::string_view(id)).bind(2, std::string_view(*bytes));
        if (auto done = run(put_standing_); !done) return done;
    }
    return {};
}

Result<void> WebhookFile::write_deliveries(const Changes& changes) {
    for (const auto& [one, message] : changes.added) {
        const auto bytes = sealed(webhook::packed(message), "delivery", std::to_string(one.id));
        if (!bytes) return bytes.error();
        put_delivery_.bind(1, one.id)
            .bind(2, std::string_view(one.webhook))
            .bind(3, signed_of(one.subject))
            .bind(4, std::int64_t{one.attempts})
            .bind(5, nanoseconds_since_epoch(one.due))
            .bind(6, std::string_view(*bytes));
        if (auto done = run(put_delivery_); !done) return done;
    }
    for (const auto& one : changes.retried) {
        retry_.bind(1, one.id).bind(2, std::int64_t{one.attempts}).bind(3, nanoseconds_since_epoch(one.due));
        if (auto done = run(retry_); !done) return done;
    }
    for (const std::int64_t id : changes.over) {
        end_.bind(1, id);
        if (auto done = run(end_); !done) return done;
    }
    return {};
}

Result<void> WebhookFile::write_attempts(const Changes& changes) {
    for (const Attempt& attempt : changes.attempts) {
        const auto bytes = sealed(packed(attempt), "attempt", std::to_string(attempt.id));
        if (!bytes) return bytes.error();
        put_attempt_.bind(1, attempt.id)
            .bind(2, std::string_view(attempt.webhook))
            .bind(3, nanoseconds_since_epoch(attempt.at))
            .bind(4, std::string_view(*bytes));
        if (auto done = run(put_attempt_); !done) return done;
    }
    return {};
}

Result<bool> WebhookFile::retire(Time limit) {
    auto statement = connection_.prepare(
        "DELETE FROM attempt WHERE at < ?1 AND id IN (SELECT id FROM attempt ORDER BY id LIMIT ?2)");
    if (!statement) return statement.error();
    statement->bind(1, nanoseconds_since_epoch(limit)).bind(2, kRetired);
    if (auto done = run(*statement); !done) return done.error();
    const auto gone = connection_.integer("SELECT changes()");
    if (!gone) return gone.error();
    if (*gone == 0) return false;
    if (auto counted = count_attempts(); !counted) return counted.error();
    return *gone == kRetired;
}

}  // namespace callboard::webhook
