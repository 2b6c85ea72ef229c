#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "contacts/csv.hpp"
#include "event/numbering.hpp"

namespace callboard {

/// Who is known to have a number of the public network.
struct Contact {
    std::string number;  ///< in the form of the protocol: `0033612345678`
    std::string name;    ///< UTF-8, 1 to kMostNameBytes
    friend bool operator==(const Contact&, const Contact&) = default;

    static constexpr std::size_t kMostNameBytes = 200;
};

/// Reads contacts out of CSV whose first line names the columns `number` and `name`, in any order and beside
/// any others. Numbers are written however people write them. Pure. One thread.
class ContactReader {
  public:
    using Take = std::function<void(Contact&&)>;
    /// Of a row that is passed over: its line, and why.
    using Refuse = std::function<void(std::size_t line, std::string why)>;

    /// `region`: whose national numbers are read, as for Numbering.
    ContactReader(std::string region, Take take, Refuse refuse);
    ContactReader(const ContactReader&) = delete;
    ContactReader& operator=(const ContactReader&) = delete;

    void feed(std::string_view slice) { csv_.feed(slice); }
    /// The end of the file. Error: its first line does not name both columns; nothing was taken then.
    Result<void> finish();

  private:
    enum class Head { expected, found, wrong };
    void take(CsvRow&& row);
    void read_head(const CsvRow& row);

    Numbering numbering_;
    Take take_;
    Refuse refuse_;
    Head head_ = Head::expected;
    std::size_t number_at_ = 0, name_at_ = 0;
    CsvReader csv_;
};

}  // namespace callboard
