#include "contacts/lookup_answer.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "contacts/contact_reader.hpp"
#include "net/http_field.hpp"

namespace callboard {
namespace {

constexpr std::string_view kBlanks = " \t\r";

LookupAnswer failed(std::string why) { return {LookupAnswer::Kind::failed, {}, std::move(why)}; }

/// `text/plain` of `Text/Plain; charset=utf-8` (RFC 9110 §8.3.1).
std::string media_type(std::string_view content_type) {
    return lowered(std::string(trimmed(take_part(content_type, ';'), kBlanks)));
}

/// The longest beginning of `text` that fits and is whole characters.
std::string_view cut(std::string_view text) {
    if (text.size() <= Contact::kMostNameBytes) return text;
    std::size_t end = Contact::kMostNameBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

LookupAnswer named(std::string_view text) {
    if (!simdjson::validate_utf8(text.data(), text.size())) return failed("the name is no UTF-8");
    std::string name(text);
    std::replace_if(name.begin(), name.end(), is_control, ' ');
    const std::string_view kept = trimmed(cut(trimmed(name, kBlanks)), kBlanks);
    if (kept.empty()) return {LookupAnswer::Kind::nobody};
    return {LookupAnswer::Kind::found, std::string(kept)};
}

/// Nothing: nobody is named there.
std::optional<simdjson::dom::element> at_field(simdjson::dom::element place, std::string_view field) {
    const auto first_of_list = [&place] {
        simdjson::dom::array list;
        return place.get(list) != simdjson::SUCCESS || list.at(0).get(place) == simdjson::SUCCESS;
    };
    while (!field.empty())
        if (!first_of_list() || place[take_part(field, '.')].get(place) != simdjson::SUCCESS)
            return std::nullopt;
    if (!first_of_list() || place.is_null()) return std::nullopt;
    return place;
}

LookupAnswer named_in_json(std::string_view body, std::string_view field) {
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    if (parser.parse(body.data(), body.size()).get(document) != simdjson::SUCCESS)
        return failed("the answer is no JSON");
    const auto place = at_field(document, field);
    if (!place) return {LookupAnswer::Kind::nobody};
    std::string_view name;
    if (place->get(name) != simdjson::SUCCESS) return failed(fmt::format("\"{}\" is no text", field));
    return named(name);
}

}  // namespace

LookupAnswer read_lookup(int status, std::string_view content_type, std::string_view body,
                         std::string_view field) {
    if (status == 204 || status == 404) return {LookupAnswer::Kind::nobody};
    if (status != 200) return failed(fmt::format("the answer has status {}", status));
    const std::string type = media_type(content_type);
    if (type == "application/json" || type.ends_with("+json")) return named_in_json(body, field);
    if (type == "text/plain") return named(take_part(body, '\n'));
    return failed("the answer is neither application/json nor text/plain");
}

HeaderLine header_line(std::string_view text) {
    if (text.find(':') == std::string_view::npos) return {};
    const std::string_view name = take_part(text, ':');
    const std::string_view value = trimmed(text, kBlanks);
    const bool printable =
        std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 127; });
    if (value.empty() || !printable || !is_token(name)) return {};
    return {name, value};
}

}  // namespace callboard
