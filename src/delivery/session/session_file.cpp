#include "delivery/session/session_file.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "delivery/keyed_file.hpp"

namespace callboard {
namespace {

constexpr std::size_t kLongest = 1 << 20;  // of a session, packed
constexpr KeyedFile kFile = {
    .application_id = 0x43425331,  // "CBS1"
    .format = 1,
    .schema = R"(
CREATE TABLE meta(key_check BLOB NOT NULL);
CREATE TABLE session(fingerprint BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
PRAGMA application_id=0x43425331;
PRAGMA user_version=1;
)",
    .first_row = "INSERT INTO meta VALUES(?1)",
    .holds = "sessions",
};

std::string key_check(const Secret& key) { return hmac_of(key, "session-store", "").substr(0, 16); }

}  // namespace

SessionFile::SessionFile(sqlite::Connection connection, const Secret& key)
    : connection_(std::move(connection)), lookup_key_(key), sealing_(key, "session-seal", kLongest) {}

Result<SessionFile> SessionFile::open(const std::filesystem::path& file, const Secret& key) {
    return open_or_begin_anew(
        file, [&] { return open_as_it_is(file, key); },
        [](const std::string& why, const std::string& aside) {
            spdlog::error("sessions: {}; it is moved to {}, and clients of version 2 begin anew", why, aside);
        });
}

Result<SessionFile> SessionFile::open_as_it_is(const std::filesystem::path& file, const Secret& key) {
    auto connection = sqlite::Connection::open(file.string(), false);
    if (!connection) return connection.error();
    SessionFile sessions(*std::move(connection), key);
    // Commits do not wait for the disk: sync() does, once a group.
    if (auto set = sessions.connection_.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"); !set)
        return set.error();
    if (auto made = sessions.make_or_check(file); !made) return made.error();
    auto put = sessions.connection_.prepare("INSERT OR REPLACE INTO session VALUES(?1, ?2)");
    if (!put) return put.error();
    auto remove = sessions.connection_.prepare("DELETE FROM session WHERE fingerprint = ?1");
    if (!remove) return remove.error();
    sessions.put_ = *std::move(put);
    sessions.remove_ = *std::move(remove);
    return sessions;
}

Result<void> SessionFile::make_or_check(const std::filesystem::path& file) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    if (auto found = callboard::make_or_check(connection_, file, kFile, key_check(lookup_key_)); !found)
        return found.error();
    return transaction->commit();
}

std::string SessionFile::fingerprint(std::string_view id) const {
    return hmac_of(lookup_key_, "session-lookup", id);
}

Result<std::vector<SessionRecord>> SessionFile::load() {
    auto rows = connection_.prepare("SELECT fingerprint, sealed FROM session");
    if (!rows) return rows.error();
    std::vector<SessionRecord> all;
    std::size_t damaged = 0;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) break;
        const auto text = sealing_.open(rows->blob(1), rows->blob(0));
        auto session = text ? unpacked(*text) : std::nullopt;
        if (session && fingerprint(session->id) == rows->blob(0))
            all.push_back(*std::move(session));
        else
            ++damaged;
    }
    if (damaged > 0)
        spdlog::warn("sessions: {} of the file were changed by hand or by the disk and are forgotten",
                     damaged);
    return all;
}

Result<void> SessionFile::write(std::span<const SessionRecord> kept, std::span<const std::string> removed) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    for (const SessionRecord& session : kept) {
        const std::string key = fingerprint(session.id);
        const std::string sealed = sealing_.seal(packed(session), key);
        if (sealed.empty())
            return Error{Error::Kind::unavailable,
                         "a session cannot be sealed: OpenSSL has no random bytes or no memory; try again"};
        put_.bind(1, std::string_view(key)).bind(2, std::string_view(sealed));
        const sqlite::ResetAtEnd reset(put_);
        if (auto put = put_.step(); !put) return put.error();
    }
    for (const std::string& id : removed) {
        const std::string key = fingerprint(id);
        remove_.bind(1, std::string_view(key));
        const sqlite::ResetAtEnd reset(remove_);
        if (auto gone = remove_.step(); !gone) return gone.error();
    }
    return transaction->commit();
}

}  // namespace callboard
