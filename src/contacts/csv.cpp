#include "contacts/csv.hpp"

#include <utility>

namespace callboard {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool ends_line(char c) { return c == '\n' || c == '\r'; }

}  // namespace

void CsvReader::feed(std::string_view slice) {
    for (const char c : slice) {
        const bool second_half = std::exchange(after_cr_, c == '\r') && c == '\n';
        if (second_half && place_ != Place::quoted) continue;  // of CR LF, which has ended a row already
        if (ends_line(c) && !second_half) ++line_;
        put(c);
    }
}

void CsvReader::put(char c) {
    switch (place_) {
        case Place::quoted:
            if (c == '"')
                place_ = Place::after_quote;
            else
                keep(c);
            return;
        case Place::after_quote:
            if (c == '"') {
                place_ = Place::quoted;
                return keep(c);
            }
            if (!ends_line(c) && !separates(c)) row_.broken = "text follows a closing quote";
            place_ = Place::plain;
            return put_outside(c);
        case Place::begin:
            if (c == '"') {
                place_ = Place::quoted;
                return;
            }
            if (!ends_line(c)) place_ = Place::plain;
            return put_outside(c);
        case Place::plain:
            return put_outside(c);
    }
}

bool CsvReader::separates(char c) const { return separator_ == 0 ? c == ',' || c == ';' : c == separator_; }

void CsvReader::put_outside(char c) {
    if (ends_line(c)) return end_row();
    if (separates(c)) {
        separator_ = c;
        return end_field();
    }
    keep(c);
    if (first_row_ && row_.fields.empty() && field_ == kByteOrderMark) {
        field_.clear();
        place_ = Place::begin;
    }
}

void CsvReader::keep(char c) {
    if (++bytes_ <= kMostBytes) {
        field_ += c;
        return;
    }
    // A quote that nobody closed would take the rest of the file: it ends with this line.
    if (row_.broken.empty())
        row_.broken = place_ == Place::quoted ? "a quote is not closed" : "the row is too long";
    place_ = Place::plain;
}

void CsvReader::end_field() {
    // Empty fields take room as well.
    if (++bytes_ <= kMostBytes)
        row_.fields.push_back(std::exchange(field_, {}));
    else
        row_.broken = "the row is too long";
    place_ = Place::begin;
}

void CsvReader::end_row() {
    const bool empty = row_.fields.empty() && field_.empty() && place_ == Place::begin;
    if (!empty) {
        row_.fields.push_back(std::exchange(field_, {}));
        take_(std::exchange(row_, {}));
        first_row_ = false;
    }
    row_.line = line_;
    bytes_ = 0;
    place_ = Place::begin;
}

void CsvReader::finish() {
    if (place_ == Place::quoted && row_.broken.empty()) row_.broken = "a quote is not closed";
    end_row();
}

void append_csv_row(std::string& out, const std::vector<std::string_view>& fields) {
    for (const std::string_view field : fields) {
        if (!field.empty() && !field.starts_with(kByteOrderMark) &&
            field.find_first_of(",;\"\r\n") == std::string_view::npos) {
            out.append(field).append(1, ',');
            continue;
        }
        out += '"';
        for (const char c : field) out.append(c == '"' ? 2 : 1, c);
        out += "\",";
    }
    if (!fields.empty()) out.pop_back();
    out += "\r\n";
}

}  // namespace callboard
