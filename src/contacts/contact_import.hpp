#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "contacts/contact_reader.hpp"
#include "contacts/contact_store.hpp"

namespace callboard {

/// What an import has done so far.
struct ImportReport {
    struct Refusal {
        std::size_t line = 0;
        std::string why;
    };
    std::uint64_t imported = 0;  ///< rows that are in the store; of a number that comes twice the later stays
    std::uint64_t refused = 0;   ///< rows that are not
    std::vector<Refusal> refusals;  ///< the first of them, at most kMostShown

    static constexpr std::size_t kMostShown = 100;
};

/// Puts the contacts of a CSV file (see ContactReader) into a store, some thousands at a time. Rows that
/// cannot be read are passed over and counted. Done twice it changes nothing. One thread.
class ContactImport {
  public:
    /// `account`: whose they are; empty: of all. `store` must outlive it.
    ContactImport(ContactStore& store, std::string account, std::string region);
    ContactImport(const ContactImport&) = delete;
    ContactImport& operator=(const ContactImport&) = delete;

    /// Error: the store takes nothing; what was imported before stays.
    Result<void> feed(std::string_view slice);
    /// The end of the file. Error: as above, or its first line is wrong, and nothing was imported.
    Result<void> finish();
    const ImportReport& report() const { return report_; }

    static constexpr std::size_t kBatch = 5'000;  ///< contacts of one transaction

  private:
    Result<void> put();

    ContactStore& store_;
    const std::string account_;
    std::vector<Contact> waiting_;
    ImportReport report_;
    ContactReader reader_;
};

}  // namespace callboard
