#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace callboard::sqlite {

/// What SQLite's result code means to us, as a sentence that begins with `what` and says what to do.
Error error_of(sqlite3* connection, int code, std::string_view what);

/// A prepared statement. Parameters count from 1, columns from 0. One thread at a time.
class Statement {
  public:
    Statement() = default;

    Statement& bind(int parameter, std::int64_t value);
    /// `bytes` must live until reset().
    Statement& bind(int parameter, std::string_view bytes);

    /// True: a row is there. After an error the statement is reset.
    Result<bool> step();
    /// Lets the row, its views and the read transaction go.
    void reset();

    std::int64_t integer(int column) const;
    /// Valid until the next step() or reset().
    std::string_view blob(int column) const;

  private:
    friend class Connection;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets a statement at the end of a scope, so that no read transaction stays open.
class ResetAtEnd {
  public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

  private:
    Statement& statement_;
};

/// One connection to a database file. One thread at a time.
class Connection {
  public:
    /// One that writes makes the file when there is none, and what it writes to is its owner's alone.
    /// Error: see error_of() and keep_private().
    static Result<Connection> open(const std::string& path, bool read_only);

    Result<Statement> prepare(std::string_view sql);
    /// Statements without rows that matter, separated by `;`.
    Result<void> run(const char* sql);
    /// The first column of the first row. Error::missing when there is no row.
    Result<std::int64_t> integer(std::string_view sql);

    /// fsync of the write-ahead log: makes every commit so far safe from a crash of the machine.
    Result<void> sync_log();

    /// Lets go of pages that were read and are kept: they are read from the disk again when they are needed.
    void forget_pages();

    sqlite3* handle() const { return connection_.get(); }

  private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };
    std::unique_ptr<sqlite3, Close> connection_;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back unless committed.
class Transaction {
  public:
    static Result<Transaction> begin(Connection& connection);
    Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<void> commit();

  private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

/// What a file of ours is told by.
struct Kind {
    std::int64_t application_id = 0;
    std::int64_t format = 1;           ///< the newest that this program reads
    std::string_view if_foreign = {};  ///< ` is no history of callboard: …`, behind the name of the file
    std::string_view if_newer = {};    ///< what to do, behind `install the newer one again, or `
};

/// True: the file is empty and is to be made. False: it is of that kind. Error `invalid`: it is another
/// program's, or a newer callboard made it, and what to do.
Result<bool> is_to_be_made(Connection& connection, const std::string& file, const Kind& kind);

/// Leaves nothing in the files of what was deleted or changed: they are written anew. It takes as much room
/// as they do, and as long as the disk needs for that.
Result<void> forget_for_good(Connection& connection);

/// Moves a file that nobody has open out of the way, under its name with `suffix`, and drops what SQLite
/// keeps beside it. Returns where it is now.
std::filesystem::path set_aside(const std::filesystem::path& file, std::string_view suffix);

}  // namespace callboard::sqlite
