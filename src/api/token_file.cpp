#include "api/token_file.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "delivery/keyed_file.hpp"

namespace callboard {
namespace {

constexpr int kFormat = 3;
constexpr int kApplicationId = 0x43425431;  // "CBT1"
constexpr std::int64_t kNever = -1;
constexpr const char* kTokenTable = R"(
CREATE TABLE token(
  fingerprint BLOB PRIMARY KEY,
  account BLOB NOT NULL,
  service BLOB NOT NULL,
  hunting BLOB NOT NULL,
  agent BLOB NOT NULL,
  masked INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  UNIQUE(account, service, hunting, agent, masked)) WITHOUT ROWID;
)";
constexpr const char* kSchema = R"(
CREATE TABLE meta(key_check BLOB NOT NULL);
{}
PRAGMA application_id={};
PRAGMA user_version={};
)";
constexpr const char* kFromEarlier = R"(
ALTER TABLE token RENAME TO earlier;
{}
INSERT INTO token SELECT fingerprint, account, service, {}, 0, sealed, created, expires FROM earlier;
DROP TABLE earlier;
PRAGMA user_version={};
)";
/// Format 1 had one place for a service, and none for its huntings; format 2 knew no masked tokens.
std::string from_earlier(std::int64_t format) {
    return fmt::format(kFromEarlier, kTokenTable, format == 1 ? "x'', x''" : "hunting, agent", kFormat);
}

Grant grant_of(const sqlite::Statement& row) {
    Grant grant{std::string(row.blob(1)),
                std::string(row.blob(2)),
                {},
                std::string(row.blob(7)),
                row.integer(8) != 0};
    if (const std::int64_t expires = row.integer(5); expires != kNever)
        grant.expires = time_from_nanoseconds(expires);
    return grant;
}

}  // namespace

Result<TokenFile> TokenFile::open(const std::filesystem::path& file, const TokenSeal& seal) {
    auto connection = sqlite::Connection::open(file.string(), false);
    if (!connection) return connection.error();
    TokenFile tokens(std::move(*connection));
    if (auto made = tokens.make_or_check(file, seal); !made) return made.error();
    auto version = tokens.connection_.prepare("PRAGMA data_version");
    if (!version) return version.error();
    tokens.version_ = std::move(*version);
    return tokens;
}

Result<void> TokenFile::make_or_check(const std::filesystem::path& file, const TokenSeal& seal) {
    const std::string schema = fmt::format(kSchema, kTokenTable, kApplicationId, kFormat);
    const KeyedFile keyed = {
        .application_id = kApplicationId,
        .format = kFormat,
        .schema = schema,
        .first_row = "INSERT INTO meta VALUES(?1)",
        .holds = "tokens",
        .if_foreign = ": move it away, or name another data_dir",
        .if_other_key =
            ": put the key file that belongs to it back into data_dir, or remove it, and all tokens with it",
    };
    // At once for writing: two processes that make the file come one after the other.
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    const auto format = callboard::make_or_check(connection_, file, keyed, seal.key_check());
    if (!format) return format.error();
    if (*format < kFormat)
        if (auto moved = connection_.run(from_earlier(*format).c_str()); !moved) return moved;
    return transaction->commit();
}

Result<std::int64_t> TokenFile::version() {
    const sqlite::ResetAtEnd reset(version_);
    const auto row = version_.step();
    if (!row) return row.error();
    return version_.integer(0);
}

Result<TokenFile::Loaded> TokenFile::load(const TokenSeal& seal) {
    auto rows = connection_.prepare(
        "SELECT fingerprint, account, service, sealed, created, expires, hunting, agent, masked "
        "FROM token ORDER BY account, service, hunting, agent, masked");
    if (!rows) return rows.error();
    Loaded loaded;
    while (true) {
        const auto row = rows->step();
        if (!row) return row.error();
        if (!*row) return loaded;
        Token token{{}, grant_of(*rows), time_from_nanoseconds(rows->integer(4)), std::string(rows->blob(6))};
        auto text = seal.open(rows->blob(3), token.grant);
        if (!text) {
            ++loaded.damaged;
            continue;
        }
        token.text = std::move(*text);
        loaded.tokens.push_back(std::move(token));
    }
}

Result<void> TokenFile::put(std::span<const Token> tokens, const TokenSeal& seal, Time now) {
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    auto expired = connection_.prepare("DELETE FROM token WHERE expires <> ?1 AND expires <= ?2");
    if (!expired) return expired.error();
    expired->bind(1, kNever).bind(2, nanoseconds_since_epoch(now));
    if (auto deleted = expired->step(); !deleted) return deleted.error();
    expired->reset();
    auto insert = connection_.prepare(
        "INSERT OR REPLACE INTO token(fingerprint, account, service, sealed, created, expires, hunting, "
        "agent, masked) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    if (!insert) return insert.error();
    for (const Token& token : tokens) {
        const std::string fingerprint = seal.fingerprint(token.text);
        const std::string sealed = seal.seal(token.text, token.grant);
        if (sealed.empty())
            return Error{Error::Kind::unavailable,
                         "the token cannot be sealed: OpenSSL has no random bytes or no memory; try again"};
        const Grant& grant = token.grant;
        insert->bind(1, std::string_view(fingerprint))
            .bind(2, std::string_view(grant.account))
            .bind(3, std::string_view(grant.service))
            .bind(4, std::string_view(sealed))
            .bind(5, nanoseconds_since_epoch(token.created))
            .bind(6, grant.expires ? nanoseconds_since_epoch(*grant.expires) : kNever)
            .bind(7, std::string_view(token.hunting))
            .bind(8, std::string_view(grant.agent))
            .bind(9, std::int64_t{grant.masked});
        if (auto inserted = insert->step(); !inserted) return inserted.error();
        insert->reset();
    }
    return transaction->commit();
}

Result<bool> TokenFile::remove(std::string_view token, const TokenSeal& seal) {
    const std::string fingerprint = seal.fingerprint(token);
    auto remove = connection_.prepare("DELETE FROM token WHERE fingerprint = ?1 RETURNING created");
    if (!remove) return remove.error();
    remove->bind(1, std::string_view(fingerprint));
    const auto row = remove->step();
    if (!row) return row.error();
    const bool found = *row;
    // The deletion is committed when the statement has ended.
    if (found)
        if (const auto end = remove->step(); !end) return end.error();
    return found;
}

}  // namespace callboard
