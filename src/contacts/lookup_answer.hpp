#pragma once

#include <string>
#include <string_view>

namespace callboard {

/// What a directory, such as a CRM, says of a number.
struct LookupAnswer {
    enum class Kind { found, nobody, failed };
    Kind kind = Kind::failed;
    std::string name = {};  ///< found: UTF-8, one line, 1 to Contact::kMostNameBytes
    std::string why = {};   ///< failed: what is wrong, for the log; never what the number or the name is
};

/// Reads what was answered. 200 with text is the name in the first line; with JSON, what stands at `field`:
/// names of members separated by dots, of a list its first element (`data.name`). No name there, 204 and 404
/// are nobody; all else failed. A name that is too long is cut behind a character. Pure.
LookupAnswer read_lookup(int status, std::string_view content_type, std::string_view body,
                         std::string_view field);

/// `X-Api-Key: abc` in two. Both empty: it is no line of a header.
struct HeaderLine {
    std::string_view name, value;
};
HeaderLine header_line(std::string_view text);

}  // namespace callboard
