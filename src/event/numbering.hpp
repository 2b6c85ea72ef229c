#pragma once

#include <string>
#include <string_view>

#include "event/directory.hpp"

namespace callboard {

/// Whether `region` is the ISO 3166 code of a country whose national numbers can be read, as in `FR`.
bool is_known_region(const std::string& region);

/// Whether this is a whole number of the public network in the form of the protocol, `0033612345678`; an
/// extension, a name or a withheld number is none.
bool is_public_number(std::string_view number);

/// Where a number of the form `0033972000001` belongs.
struct NumberCountry {
    std::string region;  ///< ISO 3166, `FR`; of several that share a code, the main one. Empty: not known
    int code = 0;        ///< `33`; 0: not known
};
NumberCountry country_of(std::string_view number);

/// Writes numbers the way the protocol does: `00` + country code + number (libphonenumber).
///
/// Keeps a bounded cache, so one object serves one thread.
class Numbering {
  public:
    /// `region`: ISO 3166 code of the country whose national numbers are meant, `FR`.
    explicit Numbering(std::string region);

    /// `+33612345678`, `0612345678`, `0033612345678` → `0033612345678`. What libphonenumber does not call a
    /// possible number (extensions, names, `anonymous`) comes back as it was. The view is valid until the
    /// next call.
    std::string_view canonical(std::string_view raw);

    /// The service that a user part, extension or number means: its alias or number as written, else its
    /// canonical form. Null when it is none of ours.
    const Service* resolve(const Directory& directory, std::string_view raw);

    /// How a party is named in events: the number of the service that it means, else its canonical form.
    std::string_view party(const Directory& directory, std::string_view raw);

    /// Numbers of which the form is remembered at least, the last asked for. Reading one anew takes
    /// libphonenumber a hundred times as long.
    static constexpr std::size_t kCacheEntries = 65'536;

  private:
    std::string converted(std::string_view raw) const;

    std::string region_;
    // Two generations: what is asked for again moves into the young one; when that is full the old one goes.
    StringMap<std::string> young_, old_;
};

}  // namespace callboard
