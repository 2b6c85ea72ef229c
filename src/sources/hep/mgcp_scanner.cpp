#include "sources/hep/mgcp_scanner.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "event/mgcp_events.hpp"
#include "sources/hep/sdp.hpp"

namespace callboard {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kLongestName = 255;       // of each half of an endpoint (§3.2.1.2)
constexpr std::size_t kLongestIdentifier = 64;  // 32 are allowed (§3.2.2.2); some write more

/// Takes one line off, without its end of CR LF, LF or CR LF of the last line.
std::string_view take_line(std::string_view& bytes) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view take_word(std::string_view& line) {
    line = trimmed(line, kBlanks);
    const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    line = trimmed(line, kBlanks);
    return word;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool are_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}
bool is_visible(char c) { return c > ' ' && c < 127; }

std::uint32_t number_of(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

MgcpVerb verb_of(std::string_view word) {
    for (int i = 0; i < static_cast<int>(MgcpVerb::other); ++i)
        if (equals_ignoring_case(word, text_of(static_cast<MgcpVerb>(i)))) return static_cast<MgcpVerb>(i);
    return MgcpVerb::other;
}

MgcpMode mode_of(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, MgcpMode>, 5> kModes = {{
        {"sendrecv", MgcpMode::sendrecv},
        {"sendonly", MgcpMode::sendonly},
        {"recvonly", MgcpMode::recvonly},
        {"inactive", MgcpMode::inactive},
        {"confrnce", MgcpMode::confrnce},
    }};
    for (const auto& [name, mode] : kModes)
        if (equals_ignoring_case(text, name)) return mode;
    return MgcpMode::other;
}

MgcpVerdict read_transaction(std::string_view digits, MgcpMessage& message) {
    if (digits.size() > 9 || !are_digits(digits)) return MgcpVerdict::bad_transaction;
    message.transaction = number_of(digits);
    return message.transaction == 0 ? MgcpVerdict::bad_transaction : MgcpVerdict::ok;
}

/// `200 1201 OK`
MgcpVerdict read_response_line(std::string_view code, std::string_view rest, MgcpMessage& message) {
    message.request = false;
    message.code = static_cast<std::uint16_t>(number_of(code));
    const MgcpVerdict verdict = read_transaction(take_word(rest), message);
    message.commentary = rest;
    return verdict;
}

/// `RQNT 1201 aaln/1@gateway.example MGCP 1.0`
MgcpVerdict read_command_line(std::string_view verb, std::string_view rest, MgcpMessage& message) {
    const auto is_name = [](char c) { return lower(c) != c || (c >= 'a' && c <= 'z') || is_digit(c); };
    if (verb.size() != 4 || !std::all_of(verb.begin(), verb.end(), is_name))
        return MgcpVerdict::bad_start_line;
    message.request = true;
    message.verb = verb_of(verb);
    const std::string_view transaction = take_word(rest);
    message.endpoint = take_word(rest);
    if (!equals_ignoring_case(take_word(rest), "MGCP")) return MgcpVerdict::bad_start_line;
    if (!take_word(rest).starts_with("1.")) return MgcpVerdict::bad_version;
    if (const auto verdict = read_transaction(transaction, message); verdict != MgcpVerdict::ok)
        return verdict;
    const std::size_t at = message.endpoint.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > kLongestName || at + 1 == message.endpoint.size() ||
        message.endpoint.size() - at - 1 > kLongestName)
        return MgcpVerdict::bad_endpoint;
    if (!std::all_of(message.endpoint.begin(), message.endpoint.end(), is_visible))
        return MgcpVerdict::bad_endpoint;
    return MgcpVerdict::ok;
}

MgcpVerdict read_start_line(std::string_view line, MgcpMessage& message) {
    message.start_line = line;
    std::string_view rest = line;
    const std::string_view first = take_word(rest);
    if (first.size() == 3 && are_digits(first)) return read_response_line(first, rest, message);
    return read_command_line(first, rest, message);
}

MgcpVerdict read_parameter(std::string_view line, MgcpMessage& message) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return MgcpVerdict::bad_parameter;
    const std::string_view name = trimmed(line.substr(0, colon), kBlanks);
    const std::string_view value = trimmed(line.substr(colon + 1), kBlanks);
    if (name.empty()) return MgcpVerdict::bad_parameter;
    const auto keep = [value](std::string_view& field) {
        if (field.empty()) field = value;
        return MgcpVerdict::ok;
    };
    const auto keep_identifier = [&](std::string_view& field) {
        if (value.empty() || value.size() > kLongestIdentifier ||
            !std::all_of(value.begin(), value.end(), is_visible))
            return MgcpVerdict::bad_parameter;
        return keep(field);
    };
    const auto keep_list = [&](std::string_view& field) {
        return is_balanced(value) ? keep(field) : MgcpVerdict::bad_event_list;
    };
    if (equals_ignoring_case(name, "RM")) return keep(message.restart_method);
    if (name.size() != 1) return MgcpVerdict::ok;
    switch (lower(name.front())) {
        case 'c':
            return keep_identifier(message.call_id);
        case 'x':
            return keep_identifier(message.request_id);
        case 'i':
            // Several may be audited or deleted at once: the first is of the connection that is talked of.
            return keep(message.connection_id);
        case 'm':
            if (message.mode == MgcpMode::none) message.mode = mode_of(value);
            return MgcpVerdict::ok;
        case 'r':
            return keep_list(message.requested_events);
        case 's':
            return keep_list(message.signals);
        case 'o':
            return keep_list(message.observed_events);
        case 'z':
            return keep(message.specific_endpoint);
        case 'e':
            return keep(message.reason);
        default:
            return MgcpVerdict::ok;
    }
}

void clear(MgcpMessage& message) {
    MgcpMessage fresh;
    fresh.captured = message.captured;
    fresh.collected = message.collected;
    fresh.source = message.source;
    fresh.destination = message.destination;
    fresh.capture_id = message.capture_id;
    message = fresh;
}

bool is_separator(std::string_view line) { return line == "."; }

/// Everything up to the line with a dot; that line is taken off as well.
std::string_view take_message(std::string_view& bytes) {
    const std::string_view all = bytes;
    while (!bytes.empty()) {
        const std::size_t length = all.size() - bytes.size();
        if (is_separator(take_line(bytes))) return all.substr(0, length);
    }
    return all;
}

}  // namespace

std::string_view text_of(MgcpVerdict verdict) {
    static constexpr std::array<std::string_view, 8> kNames = {
        "ok",           "bad_start_line", "bad_version",    "bad_transaction",
        "bad_endpoint", "bad_parameter",  "bad_event_list", "missing_parameter"};
    return kNames[static_cast<std::size_t>(verdict)];
}

MgcpVerdict scan_mgcp(std::string_view& bytes, MgcpMessage& message) {
    clear(message);
    std::string_view text = take_message(bytes);
    if (const auto verdict = read_start_line(take_line(text), message); verdict != MgcpVerdict::ok)
        return verdict;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (trimmed(line, kBlanks).empty()) break;
        if (const auto verdict = read_parameter(line, message); verdict != MgcpVerdict::ok) return verdict;
    }
    // A response may hold two descriptions, of the connection and of a second one that it made (§2.3.5).
    const SdpSummary summary = summarize_sdp(text.substr(0, text.find("\nv=", 1)));
    message.described = summary.direction != MediaDirection::none;
    message.media = {summary.address, summary.port};
    const bool lacks =
        message.request && ((message.verb == MgcpVerb::crcx && message.call_id.empty()) ||
                            (message.verb == MgcpVerb::ntfy && message.observed_events.empty()));
    return lacks ? MgcpVerdict::missing_parameter : MgcpVerdict::ok;
}

}  // namespace callboard
