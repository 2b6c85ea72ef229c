#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace callboard {

/// What a byte may be part of in SIP (RFC 3261 §25.1), as bits: one look into a table for each byte of a
/// message, where searching for any of several characters would cost a call.
enum class SipCharacter : std::uint8_t {
    token = 1,
    host = 2,
    blank = 4,    ///< also line ends, which fold
    uri = 8,      ///< may stand in a URI at all
    value = 16,   ///< of a parameter without quotes: may stand in a URI, and is no separator
    sent_by = 32  ///< of a Via: host, port and the blanks around them (§20.42)
};

namespace sip_characters {
constexpr std::array<std::uint8_t, 256> table() {
    std::array<std::uint8_t, 256> kinds{};
    const auto add = [&kinds](unsigned c, SipCharacter kind) {
        kinds[c] = static_cast<std::uint8_t>(kinds[c] | static_cast<std::uint8_t>(kind));
    };
    const auto add_all = [&add](std::string_view characters, SipCharacter kind) {
        for (char c : characters) add(static_cast<std::uint8_t>(c), kind);
    };
    for (const auto kind : {SipCharacter::token, SipCharacter::host, SipCharacter::sent_by})
        add_all("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", kind);
    for (const auto kind : {SipCharacter::token, SipCharacter::sent_by}) add_all("-.!%*_+`'~", kind);
    add_all("-._", SipCharacter::host);  // an underscore is wrong, and common in private domains
    for (const auto kind : {SipCharacter::blank, SipCharacter::sent_by}) add_all(" \t\r\n", kind);
    add_all(":[]", SipCharacter::sent_by);
    // Everything printable but blanks, quotes and angle brackets; UTF-8 tolerated.
    for (unsigned c = 0x21; c < 0x100; ++c) {
        if (c == '"' || c == '<' || c == '>' || c == 0x7F) continue;
        add(c, SipCharacter::uri);
        if (c != ';' && c != ',') add(c, SipCharacter::value);
    }
    return kinds;
}
inline constexpr auto kTable = table();
}  // namespace sip_characters

constexpr bool is(char c, SipCharacter kind) {
    return (sip_characters::kTable[static_cast<std::uint8_t>(c)] & static_cast<std::uint8_t>(kind)) != 0;
}

/// How many characters of that kind `text` begins with.
constexpr std::size_t run_of(std::string_view text, SipCharacter kind) {
    std::size_t length = 0;
    while (length < text.size() && is(text[length], kind)) ++length;
    return length;
}

/// How many characters `text` begins with that are neither `a` nor `b`. For short texts.
constexpr std::size_t run_until(std::string_view text, char a, char b) {
    std::size_t length = 0;
    while (length < text.size() && text[length] != a && text[length] != b) ++length;
    return length;
}

constexpr bool is_all(std::string_view text, SipCharacter kind) { return run_of(text, kind) == text.size(); }

constexpr void skip_blanks(std::string_view& text) { text.remove_prefix(run_of(text, SipCharacter::blank)); }

/// Without blanks, tabs and line ends at both ends.
constexpr std::string_view trimmed(std::string_view text) {
    skip_blanks(text);
    while (!text.empty() && is(text.back(), SipCharacter::blank)) text.remove_suffix(1);
    return text;
}

}  // namespace callboard
