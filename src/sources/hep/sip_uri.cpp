#include "sources/hep/sip_uri.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sources/hep/sip_characters.hpp"

namespace callboard {
namespace {

bool parse_port(std::string_view digits, std::uint16_t& port) {
    const auto number = number_in<std::uint16_t>(digits);
    port = number.value_or(port);
    return number.has_value();
}

bool parse_host(std::string_view text, SipUri& uri) {
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == std::string_view::npos) return false;
        uri.host = text.substr(1, end - 1);
        ++end;
    } else {
        end = run_of(text, SipCharacter::host);
        uri.host = text.substr(0, end);
    }
    if (uri.host.empty()) return false;
    if (end == text.size()) return true;
    return text[end] == ':' && parse_port(text.substr(end + 1), uri.port);
}

bool parse_sip(std::string_view rest, SipUri& uri) {
    if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
        uri.user = rest.substr(0, std::min(at, rest.find(':')));
        rest.remove_prefix(at + 1);
    }
    const std::size_t end = run_until(rest, ';', '?');
    uri.parameters = rest.substr(end);
    return parse_host(rest.substr(0, end), uri);
}

/// Moves past a quoted string at the front of `text`. False: it does not end.
bool skip_quoted(std::string_view& text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return true;
        }
    }
    return false;
}

bool take_quoted_name(std::string_view& list, SipAddress& address) {
    const std::string_view begin = list;
    if (!skip_quoted(list)) return false;
    address.display = begin.substr(1, begin.size() - list.size() - 2);
    skip_blanks(list);
    return list.starts_with('<');
}

/// A display name without quotes should be of tokens (§25.1), but phones send `Desk (2)` or `alice@home` as
/// well. Only what separates values or addresses makes it unreadable.
bool take_token_name(std::string_view& list, std::size_t bracket, SipAddress& address) {
    address.display = trimmed(list.substr(0, bracket));
    for (char c : address.display)
        if (!is(c, SipCharacter::value) && !is(c, SipCharacter::blank)) return false;
    list.remove_prefix(bracket);
    return true;
}

bool take_bracketed_uri(std::string_view& list, SipAddress& address) {
    const std::size_t end = list.find('>');
    if (end == std::string_view::npos || !parse_uri(list.substr(1, end - 1), address.uri)) return false;
    list.remove_prefix(end + 1);
    return true;
}

/// Without brackets what follows `;` belongs to the header, and `?` or `,` must not be part of the URI (§20).
bool take_bare_uri(std::string_view& list, SipAddress& address) {
    std::size_t end = 0;
    while (end < list.size() && is(list[end], SipCharacter::value) && list[end] != '?') ++end;
    if (end < list.size() && list[end] == '?') return false;
    if (!parse_uri(list.substr(0, end), address.uri)) return false;
    list.remove_prefix(end);
    return true;
}

}  // namespace

bool parse_uri(std::string_view text, SipUri& uri) {
    uri = SipUri{};
    if (text.empty() || !is_all(text, SipCharacter::uri)) return false;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || lower(text[0]) < 'a' || lower(text[0]) > 'z')
        return false;
    uri.text = text;
    uri.scheme = text.substr(0, colon);
    if (!is_all(uri.scheme, SipCharacter::token)) return false;
    const std::string_view rest = text.substr(colon + 1);
    if (equals_ignoring_case(uri.scheme, "sip") || equals_ignoring_case(uri.scheme, "sips"))
        return parse_sip(rest, uri);
    if (equals_ignoring_case(uri.scheme, "tel")) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        uri.user = rest.substr(0, end);
        uri.parameters = rest.substr(end);
        return !uri.user.empty();
    }
    return true;
}

bool has_headers(const SipUri& uri) { return uri.parameters.find('?') != std::string_view::npos; }

bool take_parameters(std::string_view& text, std::string_view& parameters) {
    skip_blanks(text);
    const std::string_view begin = text;
    std::string_view after = text;  // what is left behind the last parameter, before blanks
    while (text.starts_with(';')) {
        text.remove_prefix(1);
        skip_blanks(text);
        const std::size_t name = run_of(text, SipCharacter::token);
        if (name == 0) return false;
        text.remove_prefix(name);
        after = text;
        skip_blanks(text);
        if (text.starts_with('=')) {
            text.remove_prefix(1);
            skip_blanks(text);
            if (text.starts_with('"')) {
                if (!skip_quoted(text)) return false;
            } else {
                const std::size_t value = run_of(text, SipCharacter::value);
                if (value == 0) return false;
                text.remove_prefix(value);
            }
            after = text;
            skip_blanks(text);
        }
    }
    parameters = begin.substr(0, begin.size() - after.size());
    if (!begin.starts_with(';')) parameters = {};
    return true;
}

std::optional<std::string_view> parameter_of(std::string_view parameters, std::string_view name) {
    while (!parameters.empty()) {
        parameters.remove_prefix(1);  // the semicolon
        skip_blanks(parameters);
        const std::string_view found = parameters.substr(0, run_of(parameters, SipCharacter::token));
        parameters.remove_prefix(found.size());
        skip_blanks(parameters);
        std::string_view value;
        if (parameters.starts_with('=')) {
            parameters.remove_prefix(1);
            skip_blanks(parameters);
            const std::string_view begin = parameters;
            if (parameters.starts_with('"')) {
                if (!skip_quoted(parameters)) return std::nullopt;
                value = begin.substr(1, begin.size() - parameters.size() - 2);
            } else {
                parameters.remove_prefix(std::min(parameters.find(';'), parameters.size()));
                value = trimmed(begin.substr(0, begin.size() - parameters.size()));
            }
        }
        if (equals_ignoring_case(found, name)) return value;
        parameters.remove_prefix(std::min(parameters.find(';'), parameters.size()));
    }
    return std::nullopt;
}

bool take_address(std::string_view& list, SipAddress& address) {
    address = SipAddress{};
    skip_blanks(list);
    if (list.empty()) return false;
    if (list[0] == '<') {
        if (!take_bracketed_uri(list, address)) return false;
    } else if (list[0] == '"') {
        if (!take_quoted_name(list, address) || !take_bracketed_uri(list, address)) return false;
    } else {
        const std::size_t bracket = list.find('<');
        const std::size_t stop = run_until(list, ';', ',');
        // A bracket behind a semicolon or a comma belongs to a parameter or to the next value, unless what
        // stands before is no URI: then it is a display name with characters that need quotes.
        const bool bare = bracket == std::string_view::npos ||
                          (stop < bracket && list.substr(0, stop).find(':') != std::string_view::npos);
        if (bare ? !take_bare_uri(list, address)
                 : !(take_token_name(list, bracket, address) && take_bracketed_uri(list, address)))
            return false;
    }
    if (!take_parameters(list, address.parameters)) return false;
    skip_blanks(list);
    if (list.empty()) return true;
    if (!list.starts_with(',')) return false;
    list.remove_prefix(1);
    skip_blanks(list);
    return !list.empty();
}

}  // namespace callboard
