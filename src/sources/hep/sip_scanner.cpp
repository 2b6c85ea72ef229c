#include "sources/hep/sip_scanner.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/text.hpp"
#include "sources/hep/sdp.hpp"
#include "sources/hep/sip_characters.hpp"
#include "sources/hep/sip_uri.hpp"

namespace callboard {
namespace {

constexpr std::uint32_t kHighestCseq = 0x7FFFFFFF;  // RFC 3261 §8.1.1.5: less than 2**31

constexpr std::array<std::pair<std::string_view, SipMethod>, 14> kMethods = {{
    {"INVITE", SipMethod::invite},
    {"ACK", SipMethod::ack},
    {"BYE", SipMethod::bye},
    {"CANCEL", SipMethod::cancel},
    {"REGISTER", SipMethod::register_},
    {"OPTIONS", SipMethod::options},
    {"UPDATE", SipMethod::update},
    {"REFER", SipMethod::refer},
    {"NOTIFY", SipMethod::notify},
    {"SUBSCRIBE", SipMethod::subscribe},
    {"INFO", SipMethod::info},
    {"PRACK", SipMethod::prack},
    {"MESSAGE", SipMethod::message},
    {"PUBLISH", SipMethod::publish},
}};

SipMethod method_of(std::string_view text) {
    for (const auto& [name, method] : kMethods)
        if (name == text) return method;
    return SipMethod::other;
}

bool is_token(std::string_view text) { return !text.empty() && is_all(text, SipCharacter::token); }

template <typename Number>
bool parse_number(std::string_view digits, Number& number) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() && !digits.empty() &&
           digits[0] != '-';
}

std::string_view next_word(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && !is(text[end], SipCharacter::blank)) ++end;
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(word.size());
    skip_blanks(text);
    return word;
}

/// The headers that are read, by what they mean; `other` is skipped.
enum class Header : std::uint8_t {
    other,
    via,
    from,
    to,
    call_id,
    cseq,
    contact,
    content_length,
    content_type,
    expires,
    asserted_identity,
    remote_party_id,
    privacy,
    diversion,
    history_info,
    reason,
    session_expires,
    replaces,
    refer_to
};

struct HeaderName {
    std::string_view name;  // lower case
    Header header;
};
/// By length, so that a name is compared with few others.
constexpr std::array<HeaderName, 27> kHeaders = {{
    {"v", Header::via},
    {"f", Header::from},
    {"t", Header::to},
    {"i", Header::call_id},
    {"m", Header::contact},
    {"l", Header::content_length},
    {"c", Header::content_type},
    {"x", Header::session_expires},
    {"r", Header::refer_to},
    {"to", Header::to},
    {"via", Header::via},
    {"from", Header::from},
    {"cseq", Header::cseq},
    {"reason", Header::reason},
    {"call-id", Header::call_id},
    {"contact", Header::contact},
    {"expires", Header::expires},
    {"privacy", Header::privacy},
    {"replaces", Header::replaces},
    {"refer-to", Header::refer_to},
    {"diversion", Header::diversion},
    {"content-type", Header::content_type},
    {"history-info", Header::history_info},
    {"content-length", Header::content_length},
    {"session-expires", Header::session_expires},
    {"remote-party-id", Header::remote_party_id},
    {"p-asserted-identity", Header::asserted_identity},
}};
constexpr std::size_t kLongestName = kHeaders.back().name.size();

/// Where the names of each length begin in kHeaders; those of the next length end them.
constexpr auto kFirstOfLength = []() {
    std::array<std::uint8_t, kLongestName + 2> first{};
    for (std::size_t length = 0; length < first.size(); ++length)
        for (const auto& known : kHeaders)
            if (known.name.size() < length) ++first[length];
    return first;
}();

Header header_of(std::string_view name) {
    if (name.size() > kLongestName) return Header::other;
    for (std::size_t i = kFirstOfLength[name.size()]; i < kFirstOfLength[name.size() + 1]; ++i)
        if (equals_ignoring_case(kHeaders[i].name, name)) return kHeaders[i].header;
    return Header::other;
}

/// Whether the History-Info index `a` stands before `b`: numbers between dots, `1.2` before `1.10`
/// (RFC 7044 §10.3).
bool is_lower_index(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        const std::string_view first = a.substr(0, a.find('.'));
        const std::string_view second = b.substr(0, b.find('.'));
        std::uint32_t x = 0;
        std::uint32_t y = 0;
        if (!parse_number(first, x) || !parse_number(second, y)) return false;
        if (x != y) return x < y;
        a.remove_prefix(std::min(first.size() + 1, a.size()));
        b.remove_prefix(std::min(second.size() + 1, b.size()));
    }
    return a.empty() && !b.empty();
}

/// One pass over one message.
class Scan {
  public:
    explicit Scan(SipMessage& message) : message_(message) {}

    SipVerdict run(std::string_view bytes) {
        while (!bytes.empty() && (bytes[0] == '\r' || bytes[0] == '\n' || bytes[0] == '\0'))
            bytes.remove_prefix(1);
        if (bytes.empty()) return SipVerdict::keepalive;
        std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos) return SipVerdict::bad_start_line;
        message_.start_line = bytes.substr(0, end);
        if (message_.start_line.ends_with('\r')) message_.start_line.remove_suffix(1);
        if (const auto verdict = start_line(message_.start_line); verdict != SipVerdict::ok) return verdict;
        bytes.remove_prefix(end + 1);
        if (const auto verdict = headers(bytes); verdict != SipVerdict::ok) return verdict;
        if (const auto verdict = complete(); verdict != SipVerdict::ok) return verdict;
        return body(bytes);
    }

  private:
    SipVerdict start_line(std::string_view line) {
        if (line.size() >= 4 && equals_ignoring_case(line.substr(0, 4), "SIP/")) return status_line(line);
        const std::size_t first = line.find(' ');
        if (first == std::string_view::npos || !is_token(line.substr(0, first)))
            return SipVerdict::bad_start_line;
        const std::size_t second = line.find(' ', first + 1);
        if (second == std::string_view::npos) return SipVerdict::bad_start_line;
        message_.request = true;
        method_text_ = line.substr(0, first);
        message_.method = method_of(method_text_);
        const std::string_view version = line.substr(second + 1);
        if (!equals_ignoring_case(version, "SIP/2.0"))
            return version.starts_with("SIP/") && version.find(' ') == std::string_view::npos
                       ? SipVerdict::bad_version
                       : SipVerdict::bad_start_line;
        auto& uri = message_.request_uri;
        if (!parse_uri(line.substr(first + 1, second - first - 1), uri) || has_headers(uri))
            return SipVerdict::bad_start_line;
        return SipVerdict::ok;
    }

    SipVerdict status_line(std::string_view line) {
        const std::string_view version = line.substr(0, line.find(' '));
        if (!equals_ignoring_case(version, "SIP/2.0")) return SipVerdict::bad_version;
        line.remove_prefix(version.size());
        if (line.size() < 4) return SipVerdict::bad_start_line;
        const std::string_view code = line.substr(1, 3);
        if (!parse_number(code, message_.status) || message_.status < 100 || message_.status > 699)
            return SipVerdict::bad_start_line;
        if (line.size() > 4 && line[4] != ' ') return SipVerdict::bad_start_line;
        message_.reason_phrase = line.substr(std::min<std::size_t>(5, line.size()));
        return SipVerdict::ok;
    }

    /// Leaves `bytes` at the body.
    SipVerdict headers(std::string_view& bytes) {
        for (;;) {
            if (bytes.empty()) return SipVerdict::truncated;
            const std::size_t carriage_return = bytes[0] == '\r' ? 1 : 0;
            if (carriage_return < bytes.size() && bytes[carriage_return] == '\n') {
                bytes.remove_prefix(carriage_return + 1);
                return SipVerdict::ok;
            }
            const std::size_t end = end_of_header(bytes);
            if (end == std::string_view::npos) return SipVerdict::truncated;
            if (const auto verdict = header(bytes.substr(0, end)); verdict != SipVerdict::ok) return verdict;
            bytes.remove_prefix(end);
        }
    }

    /// Behind the line end of the header that begins here, with the lines that continue it (§7.3.1).
    static std::size_t end_of_header(std::string_view bytes) {
        std::size_t at = 0;
        for (;;) {
            const void* found = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
            if (found == nullptr) return std::string_view::npos;
            at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1;
            if (at >= bytes.size() || (bytes[at] != ' ' && bytes[at] != '\t')) return at;
        }
    }

    SipVerdict header(std::string_view line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return SipVerdict::bad_header;
        const Header known = header_of(trimmed(line.substr(0, colon)));
        if (known == Header::other) return SipVerdict::ok;
        return value_of(known, trimmed(line.substr(colon + 1)));
    }

    SipVerdict value_of(Header header, std::string_view value) {
        switch (header) {
            case Header::via:
                return via(value);
            case Header::from:
                return party(value, message_.from, message_.from_tag, has_from_);
            case Header::to:
                return party(value, message_.to, message_.to_tag, has_to_);
            case Header::call_id:
                if (!message_.call_id.empty()) return SipVerdict::repeated_header;
                message_.call_id = value;
                return SipVerdict::ok;
            case Header::cseq:
                return cseq(value);
            case Header::contact:
                return contacts(value);
            case Header::content_length:
                return content_length(value);
            case Header::content_type:
                if (content_type_.empty()) content_type_ = value;
                return SipVerdict::ok;
            default:
                optional_header(header, value);
                return SipVerdict::ok;
        }
    }

    /// Headers that only add to what is known: a malformed one is passed over, as a phone would.
    void optional_header(Header header, std::string_view value) {
        switch (header) {
            case Header::asserted_identity:
                asserted_identity(value);
                break;
            case Header::remote_party_id:
                remote_party(value);
                break;
            case Header::privacy:
                privacy(value);
                break;
            case Header::diversion:
                diversion(value);
                break;
            case Header::history_info:
                history(value);
                break;
            case Header::expires:
                if (!message_.expires) message_.expires = seconds(value);
                break;
            case Header::session_expires:
                if (!message_.session_expires)
                    message_.session_expires = seconds(trimmed(value.substr(0, value.find(';'))));
                break;
            case Header::reason:
                if (message_.reason.empty()) message_.reason = value;
                break;
            case Header::replaces:
                replaces(value);
                break;
            case Header::refer_to:
                refer_to(value);
                break;
            default:
                break;
        }
    }

    SipVerdict via(std::string_view value) {
        const bool topmost = message_.via_count == 0;
        while (!value.empty()) {
            ++message_.via_count;
            // sent-protocol: name / version / transport with blanks anywhere, then sent-by (§20.42).
            for (int part = 0; part < 3; ++part) {
                const std::size_t length = run_of(value, SipCharacter::token);
                if (length == 0) return SipVerdict::bad_header;
                value.remove_prefix(length);
                const std::size_t before_blanks = value.size();
                skip_blanks(value);
                if (part == 2 && value.size() == before_blanks) return SipVerdict::bad_header;
                if (part < 2) {
                    if (!value.starts_with('/')) return SipVerdict::bad_header;
                    value.remove_prefix(1);
                    skip_blanks(value);
                }
            }
            // No closer: hosts are not looked up.
            const std::string_view sent_by = trimmed(value.substr(0, run_of(value, SipCharacter::sent_by)));
            value.remove_prefix(run_of(value, SipCharacter::sent_by));
            if (sent_by.empty() || !(value.empty() || value[0] == ';' || value[0] == ','))
                return SipVerdict::bad_header;
            std::string_view parameters;
            if (!take_parameters(value, parameters)) return SipVerdict::bad_header;
            if (topmost && message_.via_count == 1) {
                message_.via_sent_by = sent_by;
                message_.via_branch = parameter_of(parameters, "branch").value_or(std::string_view());
            }
            skip_blanks(value);
            if (value.empty()) return SipVerdict::ok;
            if (!value.starts_with(',')) return SipVerdict::bad_header;
            value.remove_prefix(1);
            skip_blanks(value);
        }
        return SipVerdict::bad_header;
    }

    static SipVerdict party(std::string_view value, SipAddress& address, std::string_view& tag, bool& seen) {
        if (seen) return SipVerdict::repeated_header;
        seen = true;
        if (!take_address(value, address) || !value.empty()) return SipVerdict::bad_header;
        tag = parameter_of(address.parameters, "tag").value_or(std::string_view());
        return SipVerdict::ok;
    }

    SipVerdict cseq(std::string_view value) {
        if (!message_.cseq_text.empty()) return SipVerdict::repeated_header;
        message_.cseq_text = value;
        if (!parse_number(next_word(value), message_.cseq) || message_.cseq > kHighestCseq)
            return SipVerdict::bad_number;
        cseq_method_ = value;
        return is_token(cseq_method_) ? SipVerdict::ok : SipVerdict::bad_header;
    }

    SipVerdict contacts(std::string_view value) {
        if (value == "*") {
            message_.contact_star = true;
            return SipVerdict::ok;
        }
        while (!value.empty()) {
            SipContact contact;
            if (!take_address(value, contact.address)) return SipVerdict::bad_header;
            if (const auto expires = parameter_of(contact.address.parameters, "expires"))
                contact.expires = seconds(*expires);
            if (message_.contacts.size() < kMostContacts) message_.contacts.push_back(contact);
        }
        return SipVerdict::ok;
    }

    /// A delta-seconds; what is none, or too large for one, counts as an hour (§20.10, §20.19).
    static std::uint32_t seconds(std::string_view value) {
        std::uint32_t number = 0;
        return parse_number(value, number) ? number : 3600;
    }

    SipVerdict content_length(std::string_view value) {
        std::size_t length = 0;
        if (!parse_number(value, length)) return SipVerdict::bad_length;
        if (content_length_ && *content_length_ != length) return SipVerdict::bad_length;
        content_length_ = length;
        return SipVerdict::ok;
    }

    void asserted_identity(std::string_view value) {
        SipAddress address;
        while (!value.empty() && take_address(value, address)) {
            const bool is_sip = !equals_ignoring_case(address.uri.scheme, "tel");
            if (!message_.asserted_identity ||
                (is_sip && equals_ignoring_case(message_.asserted_identity->uri.scheme, "tel")))
                message_.asserted_identity = address;
        }
    }

    void remote_party(std::string_view value) {
        SipAddress address;
        while (!value.empty() && take_address(value, address)) {
            const auto party = parameter_of(address.parameters, "party");
            if (party && !equals_ignoring_case(*party, "calling")) continue;
            if (message_.remote_party) continue;
            message_.remote_party = address;
            const auto privacy = parameter_of(address.parameters, "privacy");
            message_.remote_party_private =
                privacy && !equals_ignoring_case(*privacy, "off") && !equals_ignoring_case(*privacy, "none");
        }
    }

    void privacy(std::string_view value) {
        while (!value.empty()) {
            const std::size_t end = run_until(value, ';', ',');
            const std::string_view kind = trimmed(value.substr(0, end));
            for (std::string_view hiding : {"id", "user", "header"})
                if (equals_ignoring_case(kind, hiding)) message_.privacy = true;
            value.remove_prefix(std::min(end + 1, value.size()));
        }
    }

    void diversion(std::string_view value) {
        SipAddress address;
        while (!value.empty() && take_address(value, address)) message_.diversion_last = address;
    }

    void history(std::string_view value) {
        SipAddress address;
        while (!value.empty() && take_address(value, address)) {
            const std::string_view index = parameter_of(address.parameters, "index").value_or("1");
            if (message_.history_first && !is_lower_index(index, history_index_)) continue;
            message_.history_first = address;
            history_index_ = index;
        }
    }

    void replaces(std::string_view value) {
        if (!message_.replaces_call_id.empty()) return;
        const std::size_t end = std::min(value.find(';'), value.size());
        message_.replaces_call_id = trimmed(value.substr(0, end));
        const std::string_view parameters = value.substr(end);
        message_.replaces_to_tag = parameter_of(parameters, "to-tag").value_or(std::string_view());
        message_.replaces_from_tag = parameter_of(parameters, "from-tag").value_or(std::string_view());
    }

    void refer_to(std::string_view value) {
        SipAddress address;
        if (message_.refer_to.empty() && take_address(value, address)) message_.refer_to = address.uri.text;
    }

    SipVerdict complete() {
        if (message_.call_id.empty() || message_.cseq_text.empty() || !has_from_ || !has_to_ ||
            message_.via_count == 0)
            return SipVerdict::missing_header;
        if (message_.request && cseq_method_ != method_text_) return SipVerdict::method_mismatch;
        if (!message_.request) message_.method = method_of(cseq_method_);
        return SipVerdict::ok;
    }

    SipVerdict body(std::string_view bytes) {
        if (content_length_) {
            if (*content_length_ > bytes.size()) return SipVerdict::bad_length;
            bytes = bytes.substr(0, *content_length_);
        }
        const std::string_view type = content_type_.substr(0, content_type_.find(';'));
        const bool described = equals_ignoring_case(trimmed(type), "application/sdp") ||
                               (type.size() > 10 && equals_ignoring_case(type.substr(0, 10), "multipart/")) ||
                               (type.empty() && bytes.starts_with("v="));
        if (described && !bytes.empty()) {
            const auto sdp = summarize_sdp(bytes);
            message_.media = sdp.direction;
            message_.media_connection_zero = sdp.connection_zero;
        }
        return SipVerdict::ok;
    }

    static constexpr std::size_t kMostContacts = 64;

    SipMessage& message_;
    std::string_view method_text_, cseq_method_, content_type_, history_index_;
    std::optional<std::size_t> content_length_;
    bool has_from_ = false;
    bool has_to_ = false;
};

/// Forgets the last message but keeps the room for its contacts.
void reset(SipMessage& message) {
    auto contacts = std::move(message.contacts);
    contacts.clear();
    SipMessage blank;
    blank.captured = message.captured;
    blank.collected = message.collected;
    blank.source = message.source;
    blank.destination = message.destination;
    blank.capture_id = message.capture_id;
    blank.correlation = message.correlation;
    message = std::move(blank);
    message.contacts = std::move(contacts);
}

}  // namespace

std::string_view text_of(SipVerdict verdict) {
    static constexpr std::array<std::string_view, 11> kTexts = {
        "ok",         "keepalive",      "bad_start_line",  "bad_version",     "bad_header",
        "bad_number", "missing_header", "repeated_header", "method_mismatch", "bad_length",
        "truncated"};
    return kTexts[static_cast<std::size_t>(verdict)];
}

SipVerdict scan_sip(std::string_view bytes, SipMessage& message) {
    reset(message);
    return Scan(message).run(bytes);
}

}  // namespace callboard
