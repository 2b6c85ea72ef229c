#include "history/sqlite_history.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <system_error>

#include "history/sqlite_history_schema.hpp"
#include "history/sqlite_reader.hpp"
#include "history/sqlite_writer.hpp"

namespace callboard {
namespace {

constexpr sqlite::Kind kKind = {
    .application_id = 0x43424831,  // "CBH1"
    .format = SqliteHistory::kFormat,
    .if_foreign = " is no history of callboard: move it away, or name another data_dir",
    .if_newer = "move the file away to have the history made from the journal"};

Result<void> make(sqlite::Connection& connection) {
    // It only counts before the first page is written.
    if (auto shaped = connection.run("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL"); !shaped)
        return shaped;
    std::string script = "BEGIN IMMEDIATE;";
    for (const auto* part : {kHistoryTables, kHistoryIndexes}) script += part;
    script += fmt::format("PRAGMA application_id={}; PRAGMA user_version={}; COMMIT", kKind.application_id,
                          kKind.format);
    return connection.run(script.c_str());
}

Result<void> open_as_it_is(const std::filesystem::path& file) {
    auto connection = sqlite::Connection::open(file.string(), false);
    if (!connection) return connection.error();
    const auto empty = sqlite::is_to_be_made(*connection, file.string(), kKind);
    if (!empty) return empty.error();
    return *empty ? make(*connection) : Result<void>{};
}

}  // namespace

Result<std::unique_ptr<SqliteHistory>> SqliteHistory::open(const std::filesystem::path& file) {
    auto opened = open_as_it_is(file);
    if (!opened && opened.error().kind == Error::Kind::corrupt) {
        const std::string aside = sqlite::set_aside(file, kSetAside).string();
        spdlog::error("history: {}; it is moved to {}, and made again from what the journal has",
                      opened.error().what, aside);
        opened = open_as_it_is(file);
    }
    if (!opened) return opened.error();
    return std::unique_ptr<SqliteHistory>(new SqliteHistory(file));  // NOLINT: private constructor
}

Result<std::unique_ptr<HistoryWriter>> SqliteHistory::writer() {
    auto writer = SqliteHistoryWriter::open(file_.string());
    if (!writer) return writer.error();
    return std::unique_ptr<HistoryWriter>(*std::move(writer));
}

Result<std::unique_ptr<HistoryReader>> SqliteHistory::reader() {
    auto reader = SqliteHistoryReader::open(file_.string());
    if (!reader) return reader.error();
    return std::unique_ptr<HistoryReader>(*std::move(reader));
}

}  // namespace callboard
