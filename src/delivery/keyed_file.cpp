#include "delivery/keyed_file.hpp"

#include <fmt/format.h>

#include <string>

namespace callboard {
namespace {

Result<void> make(sqlite::Connection& connection, const KeyedFile& keyed, std::string_view key_check) {
    if (auto made = connection.run(std::string(keyed.schema).c_str()); !made) return made;
    auto insert = connection.prepare(keyed.first_row);
    if (!insert) return insert.error();
    insert->bind(1, key_check);
    if (const auto inserted = insert->step(); !inserted) return inserted.error();
    return {};
}

}  // namespace

Result<std::int64_t> make_or_check(sqlite::Connection& connection, const std::filesystem::path& file,
                                   const KeyedFile& keyed, std::string_view key_check) {
    const auto application = connection.integer("PRAGMA application_id");
    if (!application) return application.error();
    const auto format = connection.integer("PRAGMA user_version");
    if (!format) return format.error();
    const auto tables = connection.integer("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();
    if (*application == 0 && *tables == 0) {
        if (auto made = make(connection, keyed, key_check); !made) return made.error();
        return keyed.format;
    }
    if (*application != keyed.application_id)
        return Error{Error::Kind::corrupt,
                     fmt::format("{} is no file of {}{}", file.string(), keyed.holds, keyed.if_foreign)};
    if (*format > keyed.format)
        return Error{Error::Kind::invalid,
                     fmt::format("{} has format {}, made by a newer callboard; this one reads up to {}: "
                                 "install the newer one again",
                                 file.string(), *format, keyed.format)};
    auto stored = connection.prepare("SELECT key_check FROM meta");
    if (!stored) return stored.error();
    const auto row = stored->step();
    if (!row) return row.error();
    if (!*row || stored->blob(0) != key_check)
        return Error{Error::Kind::denied,
                     fmt::format("{} was made with another key{}", file.string(), keyed.if_other_key)};
    return *format;
}

}  // namespace callboard
