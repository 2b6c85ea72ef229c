// A file of contacts: the same rows however its bytes are cut, all within their bounds; what is taken can be
// written and read again.
#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "contacts/contact_reader.hpp"
#include "fuzz.hpp"

using namespace callboard;

namespace {

using Rows = std::vector<std::tuple<std::size_t, std::vector<std::string>, std::string>>;

Rows rows_of(std::string_view bytes, std::size_t slice) {
    Rows rows;
    CsvReader reader([&rows](CsvRow&& row) {
        std::size_t size = row.fields.size();
        for (const std::string& field : row.fields) size += field.size();
        fuzz::check(size <= CsvReader::kMostBytes + 1, "a row is bounded");
        rows.emplace_back(row.line, std::move(row.fields), std::move(row.broken));
    });
    for (; !bytes.empty(); bytes.remove_prefix(std::min(slice, bytes.size())))
        reader.feed(bytes.substr(0, slice));
    reader.finish();
    return rows;
}

std::vector<Contact> contacts_of(std::string_view bytes) {
    std::vector<Contact> contacts;
    ContactReader reader(
        "FR", [&contacts](Contact&& contact) { contacts.push_back(std::move(contact)); },
        [](std::size_t line, const std::string& why) {
            fuzz::check(line > 0 && !why.empty(), "a refusal says where and why");
        });
    reader.feed(bytes);
    fuzz::check(reader.finish().has_value() || contacts.empty(), "without its columns nothing is taken");
    return contacts;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    fuzz::read_in_slices(bytes, rows_of);
    // As text: libphonenumber may read a number that cannot exist otherwise the second time.
    std::string written;
    Rows wanted;
    for (const Contact& contact : contacts_of(bytes)) {
        append_csv_row(written, {contact.number, contact.name});
        wanted.emplace_back(wanted.size() + 1, std::vector{contact.number, contact.name}, "");
    }
    fuzz::check(rows_of(written, written.size() + 1) == wanted, "what is written is read again");
    return 0;
}
