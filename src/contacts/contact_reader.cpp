#include "contacts/contact_reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace callboard {
namespace {

constexpr std::string_view kBlanks = " \t";

std::optional<std::size_t> column(const CsvRow& head, std::string_view name) {
    const auto found = std::find_if(head.fields.begin(), head.fields.end(), [name](const auto& field) {
        return equals_ignoring_case(trimmed(field, kBlanks), name);
    });
    if (found == head.fields.end()) return std::nullopt;
    return static_cast<std::size_t>(found - head.fields.begin());
}

/// Empty: the name can be kept.
std::string_view fault_of(std::string_view name) {
    if (name.empty()) return "there is no name";
    if (name.size() > Contact::kMostNameBytes) return "the name is longer than 200 bytes";
    if (!simdjson::validate_utf8(name.data(), name.size())) return "the name is no UTF-8";
    return std::any_of(name.begin(), name.end(), is_control) ? "the name has control characters" : "";
}

}  // namespace

ContactReader::ContactReader(std::string region, Take take, Refuse refuse)
    : numbering_(std::move(region)),
      take_(std::move(take)),
      refuse_(std::move(refuse)),
      csv_([this](CsvRow&& row) { this->take(std::move(row)); }) {}

void ContactReader::read_head(const CsvRow& row) {
    const auto number = column(row, "number");
    const auto name = column(row, "name");
    head_ = row.broken.empty() && number && name ? Head::found : Head::wrong;
    number_at_ = number.value_or(0);
    name_at_ = name.value_or(0);
}

void ContactReader::take(CsvRow&& row) {
    if (head_ == Head::expected) return read_head(row);
    if (head_ == Head::wrong) return;
    if (!row.broken.empty()) return refuse_(row.line, std::move(row.broken));
    if (row.fields.size() <= std::max(number_at_, name_at_)) return refuse_(row.line, "columns are missing");
    const std::string_view written = trimmed(row.fields[number_at_], kBlanks);
    const std::string_view number = numbering_.canonical(written);
    if (!is_public_number(number)) return refuse_(row.line, "this is no number of the public network");
    const std::string_view name = trimmed(row.fields[name_at_], kBlanks);
    if (const auto fault = fault_of(name); !fault.empty()) return refuse_(row.line, std::string(fault));
    take_({std::string(number), std::string(name)});
}

Result<void> ContactReader::finish() {
    csv_.finish();
    if (head_ == Head::found) return {};
    return Error{Error::Kind::invalid,
                 "the first line has to name the columns \"number\" and \"name\", as in number,name"};
}

}  // namespace callboard
