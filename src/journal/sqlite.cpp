#include "journal/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>

#include "journal/private_file.hpp"

namespace callboard::sqlite {

Error error_of(sqlite3* connection, int code, std::string_view what) {
    const int number = connection != nullptr ? sqlite3_system_errno(connection) : 0;
    const std::string detail = fmt::format("{} (SQLite {}{})", sqlite3_errstr(code), code,
                                           number == 0 ? "" : ", " + std::generic_category().message(number));
    const auto say = [&](Error::Kind kind, std::string_view advice) {
        return Error{kind, fmt::format("{}: {}; {}", what, detail, advice)};
    };
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return say(Error::Kind::unavailable, "free space on the disk of data_dir");
        case SQLITE_NOTADB:
            return say(Error::Kind::corrupt,
                       "this file is no database: move it away, or name another data_dir");
        case SQLITE_CORRUPT:
            return say(Error::Kind::corrupt,
                       "the file is damaged: check the disk, move the file away and restore a copy");
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return say(Error::Kind::unavailable,
                       "make data_dir writable for the user that callboard runs as");
        case SQLITE_CANTOPEN:
            return say(Error::Kind::unavailable,
                       "check that data_dir exists and belongs to callboard's user");
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return say(Error::Kind::unavailable, "another process has the file open for writing: end it");
        case SQLITE_IOERR:
            if (code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ ||
                code == SQLITE_IOERR_CORRUPTFS)
                return say(Error::Kind::corrupt, "the disk does not give the file back: check the disk");
            return say(Error::Kind::unavailable, "check the disk and the limits of the service");
        case SQLITE_TOOBIG:
            return say(Error::Kind::invalid, "the event is too large");
        default:
            return say(Error::Kind::unavailable, "check the disk of data_dir");
    }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(int parameter, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), parameter, value);
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view bytes) {
    sqlite3_bind_blob64(statement_.get(), parameter, bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite3* connection = sqlite3_db_handle(statement_.get());
    Error error = error_of(connection, sqlite3_extended_errcode(connection),
                           fmt::format("cannot use {}", sqlite3_db_filename(connection, "main")));
    reset();
    return error;
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(size));
}

void Connection::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Result<Connection> Connection::open(const std::string& path, bool read_only) {
    if (!read_only)
        if (auto ready = keep_private(path); !ready) return ready.error();
    Connection connection;
    sqlite3* handle = nullptr;
    const int flags =
        (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    connection.connection_.reset(handle);
    if (code != SQLITE_OK) return error_of(handle, code, "cannot open " + path);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 2'000);
    return connection;
}

Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    Statement statement;
    statement.statement_.reset(made);
    if (code != SQLITE_OK)
        return error_of(handle(), code, fmt::format("cannot use {}", sqlite3_db_filename(handle(), "main")));
    return statement;
}

Result<void> Connection::run(const char* sql) {
    const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return error_of(handle(), code, fmt::format("cannot use {}", sqlite3_db_filename(handle(), "main")));
    return {};
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return Error{Error::Kind::missing, fmt::format("\"{}\" yields no row", sql)};
    return statement->integer(0);
}

Result<void> Connection::sync_log() {
    sqlite3_file* log = nullptr;
    int code = sqlite3_file_control(handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    // Without methods the log was not opened yet: then nothing was written either.
    if (code == SQLITE_OK && log != nullptr && log->pMethods != nullptr)
        code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (code != SQLITE_OK)
        return error_of(handle(), code, fmt::format("cannot sync {}", sqlite3_db_filename(handle(), "main")));
    return {};
}

void Connection::forget_pages() { sqlite3_db_release_memory(handle()); }

Result<Transaction> Transaction::begin(Connection& connection) {
    auto begun = connection.run("BEGIN IMMEDIATE");
    if (!begun) return begun.error();
    return Transaction(connection);
}

Transaction::~Transaction() {
    // SQLite has rolled back by itself after some errors (full disk, I/O).
    if (connection_ != nullptr && sqlite3_get_autocommit(connection_->handle()) == 0)
        sqlite3_exec(connection_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() {
    auto done = connection_->run("COMMIT");
    if (done) connection_ = nullptr;
    return done;
}

Result<bool> is_to_be_made(Connection& connection, const std::string& file, const Kind& kind) {
    const auto application = connection.integer("PRAGMA application_id");
    if (!application) return application.error();
    const auto tables = connection.integer("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();
    if (*application == 0 && *tables == 0) return true;
    if (*application != kind.application_id)
        return Error{Error::Kind::invalid, fmt::format("{}{}", file, kind.if_foreign)};
    const auto format = connection.integer("PRAGMA user_version");
    if (!format) return format.error();
    if (*format > kind.format)
        return Error{Error::Kind::invalid,
                     fmt::format("{} has format {}, made by a newer callboard; this one reads up to {}: "
                                 "install the newer one again, or {}",
                                 file, *format, kind.format, kind.if_newer)};
    return false;
}

Result<void> forget_for_good(Connection& connection) {
    if (auto written = connection.run("VACUUM"); !written) return written;
    auto checkpoint = connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!checkpoint) return checkpoint.error();
    const auto row = checkpoint->step();
    if (!row) return row.error();
    if (*row && checkpoint->integer(0) != 0)
        return Error{Error::Kind::unavailable, "somebody still reads the file; end it, and do this again"};
    return {};
}

std::filesystem::path set_aside(const std::filesystem::path& file, std::string_view suffix) {
    std::filesystem::path aside = file.string().append(suffix);
    std::error_code failed;
    std::filesystem::rename(file, aside, failed);
    for (const char* beside : {"-wal", "-shm"}) std::filesystem::remove(file.string() + beside, failed);
    return aside;
}

}  // namespace callboard::sqlite
