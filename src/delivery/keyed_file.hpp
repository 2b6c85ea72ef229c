#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "journal/sqlite.hpp"

namespace callboard {

/// A SQLite file of which parts are sealed with a key of this installation. Its table `meta` has one row, and
/// in it `key_check`, by which another key is told.
struct KeyedFile {
    std::int64_t application_id = 0;
    std::int64_t format = 1;           ///< that is written; older ones are read
    std::string_view schema;           ///< with `application_id` and `user_version` set
    std::string_view first_row;        ///< inserts the row of `meta`; ?1 is the key's check
    std::string_view holds;            ///< `sessions`
    std::string_view if_foreign = {};  ///< what to do when it is another program's file, behind the error
    std::string_view if_other_key = {};
};

/// Within the caller's transaction: makes the file when it is empty, else looks whether it is such a file, of
/// this program and this key. Returns the format it has, for the caller to bring up. Errors: corrupt, it is
/// another file; invalid, a newer program made it; denied, another key did.
Result<std::int64_t> make_or_check(sqlite::Connection& connection, const std::filesystem::path& file,
                                   const KeyedFile& keyed, std::string_view key_check);

inline constexpr const char* kSetAside = ".set-aside";  ///< appended to the name of a file moved aside

/// What `open()` gives; a file that is damaged, or of another key, is set aside first, of which
/// `say(why, where to)` tells, and made anew.
template <typename Open, typename Say>
auto open_or_begin_anew(const std::filesystem::path& file, Open open, Say say) {
    auto opened = open();
    if (opened || (opened.error().kind != Error::Kind::corrupt && opened.error().kind != Error::Kind::denied))
        return opened;
    const auto why = opened.error().what;
    say(why, sqlite::set_aside(file, kSetAside).string());
    return open();
}

}  // namespace callboard
