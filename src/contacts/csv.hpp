#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// One row of a CSV file.
struct CsvRow {
    std::size_t line = 0;             ///< that it begins on, from 1
    std::vector<std::string> fields;  ///< of a broken row, what could be read
    std::string broken;               ///< why it cannot be trusted, in a few words; empty: it is whole
};

/// Reads CSV (RFC 4180) from bytes that come in any slices. A byte order mark at the begin is left out, empty
/// lines are passed over, lines end with LF, CR or both. Columns are separated by `,` or `;`, whichever comes
/// first outside quotes. A row is bounded: one of more than kMostBytes is broken, and reading goes on at the
/// line after. One thread.
class CsvReader {
  public:
    using Take = std::function<void(CsvRow&&)>;
    explicit CsvReader(Take take) : take_(std::move(take)) {}

    void feed(std::string_view slice);
    /// The end of the file: hands over a last row that no line end follows.
    void finish();

    static constexpr std::size_t kMostBytes = 65'536;

  private:
    enum class Place {
        begin,       ///< of a field
        plain,       ///< in one without quotes
        quoted,      ///< in one with them
        after_quote  ///< behind a quote in a quoted field: its end, or the first of two
    };
    bool separates(char c) const;
    void put(char c);
    void put_outside(char c);
    void keep(char c);
    void end_field();
    void end_row();

    Take take_;
    Place place_ = Place::begin;
    CsvRow row_{.line = 1, .fields = {}, .broken = {}};
    std::string field_;
    std::size_t bytes_ = 0;  // of this row
    std::size_t line_ = 1;
    char separator_ = 0;  // 0: not seen yet
    bool after_cr_ = false;
    bool first_row_ = true;
};

/// Appends a row in the form that CsvReader reads back: fields by comma, quoted where they have to be, and
/// CR LF.
void append_csv_row(std::string& out, const std::vector<std::string_view>& fields);

}  // namespace callboard
