#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

// NOLINTNEXTLINE: libpq's own names, so that its header stays in one file.
extern "C" {
struct pg_conn;
struct pg_result;
}

namespace callboard::postgres {

/// What a statement brought: rows of texts. A value that moves.
class Rows {
  public:
    explicit Rows(pg_result* result) : result_(result) {}
    int count() const;
    /// Empty for null. Lives as long as the rows.
    std::string_view text(int row, int column) const;
    /// 0 for null.
    std::int64_t integer(int row, int column) const;

  private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

/// Texts for the parameters `$1`, `$2`, … of a statement; nothing for null.
using Parameters = std::vector<std::optional<std::string>>;

/// An array in PostgreSQL's own notation; nothing for null.
std::string array_of(const std::vector<std::optional<std::string>>& elements);
/// A text as PostgreSQL can keep it: it has no NUL, which becomes U+FFFD.
std::string storable(std::string_view text);

/// A connection that is made when it is needed, and again after it was lost. One thread, but for interrupt().
class Connection {
  public:
    /// Makes a new connection fit for use, before anything else runs on it.
    using Welcome = std::function<Result<void>(Connection&)>;

    /// `patience`: how long a statement may take.
    Connection(Secret url, std::chrono::seconds patience, Welcome welcome)
        : url_(std::move(url)), patience_(patience), welcome_(std::move(welcome)) {}

    /// One statement, which is a transaction and may be run twice when the connection is lost: it has to come
    /// to the same. Error `unavailable`: the server is not there, or says no; never shows the password.
    Result<Rows> run(const char* sql, const Parameters& parameters = {});
    /// Several statements without parameters or rows, all or nothing.
    Result<void> run_script(const char* sql);
    /// Breaks the connection, so that a statement which waits fails. Any thread.
    void interrupt();

    /// What is wrong with an address of this kind; nothing: it can be tried. Does not connect.
    static std::optional<std::string> wrong_url(std::string_view url);

    static constexpr int kConnectPatience = 3;  ///< s

  private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    Result<void> connect();
    Result<Rows> taken(pg_result* result);
    Error failure(std::string_view said) const;

    Result<Rows> run_once(const char* sql, const Parameters& parameters);
    void forget();

    Secret url_;
    std::chrono::seconds patience_;
    Welcome welcome_;
    std::atomic<bool> interrupted_{false};
    std::mutex mutex_;  // of the socket behind connection_, for interrupt()
    std::unique_ptr<pg_conn, Finish> connection_;
};

}  // namespace callboard::postgres
