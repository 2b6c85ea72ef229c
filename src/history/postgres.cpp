#include "history/postgres.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>

#include <utility>

#include "base/text.hpp"

namespace callboard::postgres {
namespace {

/// SQLSTATE (PostgreSQL's appendix A): admin_shutdown, crash_shutdown, cannot_connect_now …
constexpr std::string_view kServerGoes = "57P";

/// libpq ends its sentences with a line break, and adds further lines.
std::string_view first_line(std::string_view said) { return said.substr(0, said.find('\n')); }

}  // namespace

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

int Rows::count() const { return PQntuples(result_.get()); }

std::string_view Rows::text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const {
    return number_in<std::int64_t>(text(row, column)).value_or(0);
}

std::string array_of(const std::vector<std::optional<std::string>>& elements) {
    std::string array = "{";
    for (const auto& element : elements) {
        if (array.size() > 1) array += ',';
        if (!element) {
            array += "NULL";
            continue;
        }
        array += '"';
        for (const char c : *element) {
            if (c == '"' || c == '\\') array += '\\';
            array += c;
        }
        array += '"';
    }
    return array + '}';
}

std::string storable(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    for (const char c : text) {
        if (c == '\0')
            kept += "\xef\xbf\xbd";
        else
            kept += c;
    }
    return kept;
}

void Connection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

std::optional<std::string> Connection::wrong_url(std::string_view url) {
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://"))
        return "has to begin with postgresql://";
    char* said = nullptr;
    PQconninfoOption* options = PQconninfoParse(std::string(url).c_str(), &said);
    PQconninfoFree(options);
    // What libpq says may quote the address, and with it the password.
    PQfreemem(said);
    if (options == nullptr) return "is no address of a database, such as postgresql://callboard@db/callboard";
    return std::nullopt;
}

Error Connection::failure(std::string_view said) const {
    const char* host = connection_ ? PQhost(connection_.get()) : nullptr;
    return {Error::Kind::unavailable, fmt::format("the database{}{}: {}", host && *host ? " at " : "",
                                                  host ? host : "", first_line(said))};
}

void Connection::forget() {
    const std::lock_guard lock(mutex_);
    connection_.reset();
}

void Connection::interrupt() {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (connection_) ::shutdown(PQsocket(connection_.get()), SHUT_RDWR);
}

Result<void> Connection::connect() {
    if (connection_ && PQstatus(connection_.get()) == CONNECTION_OK) return {};
    forget();
    // Whoever writes the address may set all but the last of these in it. The keepalives end a wait for a
    // machine that has gone.
    const std::string patience = std::to_string(kConnectPatience);
    const std::pair<const char*, const char*> options[] = {
        {"connect_timeout", patience.c_str()}, {"keepalives_idle", "2"},
        {"keepalives_interval", "1"},          {"keepalives_count", "2"},
        {"tcp_user_timeout", "4000"},          {"application_name", "callboard"},
        {"dbname", url_.reveal().c_str()},     {"client_encoding", "UTF8"}};
    std::vector<const char*> names, values;
    for (const auto& [name, value] : options) names.push_back(name), values.push_back(value);
    names.push_back(nullptr), values.push_back(nullptr);
    std::unique_ptr<pg_conn, Finish> made(PQconnectdbParams(names.data(), values.data(), 1));
    {
        const std::lock_guard lock(mutex_);
        connection_ = std::move(made);
    }
    if (!connection_) return Error{Error::Kind::unavailable, "no memory for a connection to the database"};
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        auto error = failure(PQerrorMessage(connection_.get()));
        forget();
        return error;
    }
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    auto ready = run_script(fmt::format("SET statement_timeout = '{}s'", patience_.count()).c_str());
    if (ready && welcome_) ready = welcome_(*this);
    if (!ready) forget();
    return ready;
}

Result<Rows> Connection::taken(pg_result* result) {
    Rows rows(result);
    const auto status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return rows;
    auto error = failure(PQerrorMessage(connection_.get()));
    // A server that goes says so, or nothing at all; libpq sees only at the next use that it is gone.
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == nullptr || std::string_view(state).starts_with(kServerGoes)) forget();
    return error;
}

Result<Rows> Connection::run(const char* sql, const Parameters& parameters) {
    const bool reused = connection_ != nullptr;
    auto rows = run_once(sql, parameters);
    // It was lost since it was used last, as every connection is when the database starts again.
    const bool lost = !rows && !connection_;
    if (lost && reused && !interrupted_.exchange(false)) rows = run_once(sql, parameters);
    return rows;
}

Result<Rows> Connection::run_once(const char* sql, const Parameters& parameters) {
    if (auto connected = connect(); !connected) return connected.error();
    std::vector<const char*> values;
    for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
    return taken(PQexecParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr, values.data(),
                              nullptr, nullptr, 0));
}

Result<void> Connection::run_script(const char* sql) {
    if (auto connected = connect(); !connected) return connected.error();
    auto rows = taken(PQexec(connection_.get(), sql));
    if (!rows) return rows.error();
    return {};
}

}  // namespace callboard::postgres
