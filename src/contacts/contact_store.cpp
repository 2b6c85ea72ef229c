#include "contacts/contact_store.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "contacts/folded.hpp"

namespace callboard {
namespace {

constexpr sqlite::Kind kKind = {
    .application_id = 0x43424E31,  // "CBN1"
    .format = ContactStore::kFormat,
    .if_foreign = " has no contacts of callboard: move it away, or name another data_dir",
    .if_newer = "move the file away and import again"};

Result<void> make(sqlite::Connection& connection) {
    const std::string script = fmt::format(
        "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS contact(number BLOB NOT NULL, account BLOB NOT NULL,"
        " name BLOB NOT NULL, folded BLOB NOT NULL, PRIMARY KEY(number, account)) WITHOUT ROWID;"
        // An empty name: nobody is known to have the number.
        " CREATE TABLE IF NOT EXISTS looked_up(number BLOB NOT NULL, account BLOB NOT NULL,"
        " name BLOB NOT NULL, folded BLOB NOT NULL, until INTEGER NOT NULL, PRIMARY KEY(number, account))"
        " WITHOUT ROWID; CREATE INDEX IF NOT EXISTS looked_up_until ON looked_up(until);"
        // Of two names of a number the one of higher rank is its name.
        " CREATE VIEW IF NOT EXISTS known AS"
        " SELECT number, account, name, folded, 1 + (account <> x'') AS rank FROM contact UNION ALL"
        " SELECT number, account, name, folded, 0 FROM looked_up WHERE name <> x'';"
        " PRAGMA application_id={}; PRAGMA user_version={}; COMMIT",
        kKind.application_id, kKind.format);
    return connection.run(script.c_str());
}

Result<sqlite::Connection> open_as_it_is(const std::string& file) {
    auto connection = sqlite::Connection::open(file, false);
    if (!connection) return connection;
    if (auto shaped =
            connection->run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON");
        !shaped)
        return shaped.error();
    const auto empty = sqlite::is_to_be_made(*connection, file, kKind);
    if (!empty) return empty.error();
    if (*empty)
        if (auto made = make(*connection); !made) return made.error();
    return connection;
}

/// `06 12` → `12`: what every way of writing a number has in common. Empty: the text is no part of a number.
std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            digits += c;
        else if (std::string_view(" .-()+").find(c) == std::string_view::npos)
            return {};
    }
    return digits.erase(0, digits.find_first_not_of('0'));
}

/// SQLite takes a text without an address for NULL, which equals nothing.
std::string_view bytes(std::string_view text) { return text.data() == nullptr ? std::string_view("") : text; }

/// Steps to the end. Returns the rows: number, name.
Result<std::vector<Contact>> contacts_of(sqlite::Statement& statement) {
    std::vector<Contact> found;
    for (;;) {
        const auto row = statement.step();
        if (!row) return row.error();
        if (!*row) return found;
        found.push_back({std::string(statement.blob(0)), std::string(statement.blob(1))});
    }
}

}  // namespace

Result<std::unique_ptr<ContactStore>> ContactStore::open(const std::filesystem::path& file) {
    auto connection = open_as_it_is(file.string());
    if (!connection && connection.error().kind == Error::Kind::corrupt) {
        spdlog::error("contacts: {}; it is moved to {}: import the contacts again", connection.error().what,
                      sqlite::set_aside(file, kSetAside).string());
        connection = open_as_it_is(file.string());
    }
    if (!connection) return connection.error();
    std::unique_ptr<ContactStore> store(
        new ContactStore(*std::move(connection)));  // NOLINT: private constructor
    if (auto prepared = store->prepare(); !prepared) return prepared.error();
    return store;
}

Result<void> ContactStore::prepare() {
    const std::pair<sqlite::Statement*, const char*> all[] = {
        {&name_of_,
         "SELECT name FROM known WHERE number = ?1 AND account IN (x'', ?2) ORDER BY rank DESC LIMIT 1"},
        {&any_, "SELECT 1 FROM known WHERE account IN (x'', ?1) LIMIT 1"},
        // With max(), SQLite takes the name from the row that has it.
        {&find_,
         "SELECT number, name, max(rank) FROM known WHERE number > ?2 AND account IN (x'', ?1)"
         " GROUP BY number HAVING instr(folded, ?3) > 0 OR (?4 <> x'' AND instr(number, ?4) > 0)"
         " ORDER BY number LIMIT ?5"},
        {&page_,
         "SELECT number, name FROM contact WHERE account = ?1 AND number > ?2 ORDER BY number LIMIT ?3"},
        {&put_, "INSERT OR REPLACE INTO contact(number, account, name, folded) VALUES(?1, ?2, ?3, ?4)"},
        {&due_,
         "SELECT NOT EXISTS(SELECT 1 FROM contact WHERE number = ?1 AND account IN (x'', ?2)) AND"
         " NOT EXISTS(SELECT 1 FROM looked_up WHERE number = ?1 AND account = ?2 AND until > ?3)"},
        {&keep_,
         "INSERT OR REPLACE INTO looked_up(number, account, name, folded, until) VALUES(?1, ?2, ?3, ?4, ?5)"},
        {&expire_, "DELETE FROM looked_up WHERE until <= ?1"},
        {&bound_,
         "DELETE FROM looked_up WHERE (number, account) IN"
         " (SELECT number, account FROM looked_up ORDER BY until DESC LIMIT -1 OFFSET ?1)"}};
    for (const auto& [statement, sql] : all) {
        auto prepared = connection_.prepare(sql);
        if (!prepared) return prepared.error();
        *statement = *std::move(prepared);
    }
    return {};
}

Result<std::optional<std::string>> ContactStore::name_of(std::string_view account, std::string_view number) {
    const std::lock_guard lock(mutex_);
    const sqlite::ResetAtEnd reset(name_of_);
    const auto row = name_of_.bind(1, number).bind(2, bytes(account)).step();
    if (!row) return row.error();
    return *row ? std::optional(std::string(name_of_.blob(0))) : std::nullopt;
}

Result<bool> ContactStore::is_empty(std::string_view account) {
    const std::lock_guard lock(mutex_);
    const sqlite::ResetAtEnd reset(any_);
    const auto row = any_.bind(1, bytes(account)).step();
    if (!row) return row.error();
    return !*row;
}

Result<std::vector<Contact>> ContactStore::find(std::string_view account, std::string_view text,
                                                std::string_view after, std::size_t most) {
    const std::string name = folded(text);
    const std::string digits = digits_of(text);
    const std::lock_guard lock(mutex_);
    const sqlite::ResetAtEnd reset(find_);
    find_.bind(1, bytes(account))
        .bind(2, bytes(after))
        .bind(3, std::string_view(name))
        .bind(4, std::string_view(digits))
        .bind(5, static_cast<std::int64_t>(most));
    return contacts_of(find_);
}

Result<bool> ContactStore::is_to_be_looked_up(std::string_view account, std::string_view number, Time now) {
    const std::lock_guard lock(mutex_);
    const sqlite::ResetAtEnd reset(due_);
    const auto row =
        due_.bind(1, number).bind(2, bytes(account)).bind(3, nanoseconds_since_epoch(now)).step();
    if (!row) return row.error();
    return due_.integer(0) != 0;
}

Result<void> ContactStore::keep_looked_up(std::string_view account, const Contact& contact, Time until) {
    const std::string searched = folded(contact.name);
    const std::lock_guard lock(mutex_);
    const sqlite::ResetAtEnd reset(keep_);
    const auto stepped = keep_.bind(1, std::string_view(contact.number))
                             .bind(2, bytes(account))
                             .bind(3, std::string_view(contact.name))
                             .bind(4, std::string_view(searched))
                             .bind(5, nanoseconds_since_epoch(until))
                             .step();
    if (!stepped) return stepped.error();
    return {};
}

Result<void> ContactStore::forget_looked_up(Time now, std::int64_t most) {
    const std::lock_guard lock(mutex_);
    for (const auto& [statement, value] :
         {std::pair{&expire_, nanoseconds_since_epoch(now)}, std::pair{&bound_, most}}) {
        const sqlite::ResetAtEnd reset(*statement);
        if (const auto stepped = statement->bind(1, value).step(); !stepped) return stepped.error();
    }
    return {};
}

Result<void> ContactStore::put(std::string_view account, std::span<const Contact> contacts) {
    const std::lock_guard lock(mutex_);
    auto transaction = sqlite::Transaction::begin(connection_);
    if (!transaction) return transaction.error();
    for (const Contact& contact : contacts) {
        const std::string searched = folded(contact.name);
        const sqlite::ResetAtEnd reset(put_);
        const auto stepped = put_.bind(1, std::string_view(contact.number))
                                 .bind(2, bytes(account))
                                 .bind(3, std::string_view(contact.name))
                                 .bind(4, std::string_view(searched))
                                 .step();
        if (!stepped) return stepped.error();
    }
    return transaction->commit();
}

Result<std::vector<Contact>> ContactStore::page(std::string_view account, std::string_view after,
                                                std::size_t most) {
    const std::lock_guard lock(mutex_);
    const sqlite::ResetAtEnd reset(page_);
    page_.bind(1, bytes(account)).bind(2, bytes(after)).bind(3, static_cast<std::int64_t>(most));
    return contacts_of(page_);
}

Result<std::uint64_t> ContactStore::clear(const std::optional<std::string>& account) {
    return account ? forget("account = ?1", *account) : forget("?1 = x''", {});
}

Result<std::uint64_t> ContactStore::erase(std::string_view number) { return forget("number = ?1", number); }

Result<std::uint64_t> ContactStore::forget(std::string_view where, std::string_view value) {
    const std::lock_guard lock(mutex_);
    const auto contacts = forget_in("contact", where, value);
    if (!contacts) return contacts;
    const auto looked_up = forget_in("looked_up", where, value);
    if (!looked_up) return looked_up;
    if (auto forgotten = sqlite::forget_for_good(connection_); !forgotten) return forgotten.error();
    return *contacts + *looked_up;
}

/// The lock is held.
Result<std::uint64_t> ContactStore::forget_in(std::string_view table, std::string_view where,
                                              std::string_view value) {
    auto deletion = connection_.prepare(fmt::format("DELETE FROM {} WHERE {} RETURNING 1", table, where));
    if (!deletion) return deletion.error();
    deletion->bind(1, bytes(value));
    std::uint64_t count = 0;
    for (;; ++count) {
        const auto row = deletion->step();
        if (!row) return row.error();
        if (!*row) return count;
    }
}

}  // namespace callboard
