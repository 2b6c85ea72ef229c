#include "reading.hpp"

#include <fmt/format.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include <algorithm>
#include <cstdarg>
#include <cstdlib>
#include <memory>

#include "base/text.hpp"
#include "event/sip_text.hpp"
#include "sources/hep/sip_characters.hpp"
#include "sources/hep/sip_scanner.hpp"
#include "sources/hep/sip_uri.hpp"

namespace callboard::oracle {
namespace {

std::string tidy(std::string_view text) {
    std::string out;
    for (char c : trimmed(text)) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank) out += c;
        if (blank && !out.ends_with(' ')) out += ' ';
    }
    return out;
}

std::string tidy(const char* text) { return text == nullptr ? std::string() : tidy(std::string_view(text)); }

/// libosip2 takes a Call-ID apart at its @ and trims both sides.
std::string without_blanks(std::string_view text) {
    std::string out = tidy(text);
    std::erase(out, ' ');
    return out;
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

/// libosip2 keeps the quotes of a display name.
std::string without_quotes(std::string text) {
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
        text = text.substr(1, text.size() - 2);
    return tidy(text);
}

std::string parameter(osip_list_t& list, const char* name) {
    for (int i = 0; i < osip_list_size(&list); ++i) {
        const auto* found = static_cast<osip_generic_param_t*>(osip_list_get(&list, i));
        if (equals_ignoring_case(tidy(found->gname), name)) return without_quotes(tidy(found->gvalue));
    }
    return {};
}

Party party_of(osip_from_t& from) {
    Party party;
    party.display = without_quotes(tidy(from.displayname));
    party.tag = parameter(from.gen_params, "tag");
    if (from.url != nullptr) {
        party.scheme = lower(tidy(from.url->scheme));
        party.user = from.url->username == nullptr ? "" : unescaped(from.url->username);
        party.host = tidy(from.url->host);
        party.port = tidy(from.url->port);
    }
    return party;
}

/// With its escapes resolved, up to an escaped NUL: libosip2 can hold no more.
std::string user_of(const SipUri& uri) {
    std::string user = unescaped(uri.user);
    user.resize(std::min(user.find('\0'), user.size()));
    return user;
}

Party party_of(const SipAddress& address, std::string_view tag) {
    const SipUri& uri = address.uri;
    const bool sip = equals_ignoring_case(uri.scheme, "sip") || equals_ignoring_case(uri.scheme, "sips");
    return {tidy(address.display),
            lower(std::string(uri.scheme)),
            sip ? user_of(uri) : "",
            std::string(uri.host),
            uri.port == 0 ? "" : std::to_string(uri.port),
            std::string(tag)};
}

/// The first header of that name among those that libosip2 keeps as text.
std::string other_header(const osip_message_t& message, std::string_view name) {
    for (int i = 0; i < osip_list_size(&message.headers); ++i) {
        const auto* header = static_cast<osip_header_t*>(osip_list_get(&message.headers, i));
        if (equals_ignoring_case(tidy(header->hname), name)) return tidy(header->hvalue);
    }
    return {};
}

void read_contacts(osip_message_t& message, Reading& reading) {
    for (int i = 0; i < osip_list_size(&message.contacts); ++i) {
        auto* contact = static_cast<osip_contact_t*>(osip_list_get(&message.contacts, i));
        if (contact->url == nullptr) {
            reading.star = true;
            continue;
        }
        reading.contacts.push_back(party_of(*contact));
        reading.contacts.back().tag.clear();
    }
}

std::string text_of(const Party& party) {
    return fmt::format("'{}' {}:{}@{}:{} tag {}", party.display, party.scheme, party.user, party.host,
                       party.port, party.tag);
}

}  // namespace

std::optional<Reading> read_by_osip(std::string_view bytes) {
    static const int ready = [] {
        osip_trace_initialize_func(OSIP_FATAL,
                                   [](const char*, int, osip_trace_level_t, const char*, va_list) {});
        return parser_init();
    }();
    osip_message_t* made = nullptr;
    if (ready != 0 || osip_message_init(&made) != 0) std::abort();
    const std::unique_ptr<osip_message_t, decltype(&osip_message_free)> message(made, osip_message_free);
    const std::string copy(bytes);  // it wants a string that ends with NUL
    if (osip_message_parse(made, copy.c_str(), copy.size()) != 0) return std::nullopt;
    if (made->call_id == nullptr || made->cseq == nullptr || made->from == nullptr || made->to == nullptr ||
        osip_list_size(&made->vias) == 0)
        return std::nullopt;
    Reading reading;
    reading.method = tidy(made->sip_method);
    reading.status = made->status_code;
    reading.cseq_method = tidy(made->cseq->method);
    reading.cseq = std::strtoul(made->cseq->number, nullptr, 10);
    reading.call_id = without_blanks(tidy(made->call_id->number));
    if (made->call_id->host != nullptr) reading.call_id += "@" + without_blanks(tidy(made->call_id->host));
    reading.from = party_of(*made->from);
    reading.to = party_of(*made->to);
    auto* via = static_cast<osip_via_t*>(osip_list_get(&made->vias, 0));
    reading.top_branch = parameter(via->via_params, "branch");
    reading.top_host = tidy(via->host);
    reading.top_port = tidy(via->port);
    reading.vias = static_cast<std::size_t>(osip_list_size(&made->vias));
    read_contacts(*made, reading);
    reading.expires = other_header(*made, "expires");
    reading.reason = other_header(*made, "reason");
    reading.privacy = other_header(*made, "privacy");
    return reading;
}

std::optional<Reading> read_by_scanner(std::string_view bytes) {
    SipMessage message;
    if (scan_sip(bytes, message) != SipVerdict::ok) return std::nullopt;
    Reading reading;
    if (message.request) reading.method = message.start_line.substr(0, message.start_line.find(' '));
    reading.status = message.status;
    reading.cseq = message.cseq;
    const std::string cseq = unfolded(message.cseq_text);
    reading.cseq_method = cseq.substr(cseq.find_last_of(" \t") + 1);
    reading.call_id = without_blanks(message.call_id);
    reading.from = party_of(message.from, message.from_tag);
    reading.to = party_of(message.to, message.to_tag);
    reading.top_branch = message.via_branch;
    const std::string sent_by = tidy(message.via_sent_by);
    const std::size_t host = sent_by.starts_with('[') ? sent_by.find(']') : 0;
    const std::size_t colon = std::min(sent_by.find(':', host), sent_by.size());
    reading.top_host = tidy(std::string_view(sent_by).substr(0, colon));
    if (reading.top_host.starts_with('['))
        reading.top_host = reading.top_host.substr(1, reading.top_host.size() - 2);
    reading.top_port = tidy(std::string_view(sent_by).substr(std::min(colon + 1, sent_by.size())));
    reading.vias = message.via_count;
    reading.star = message.contact_star;
    for (const auto& contact : message.contacts) reading.contacts.push_back(party_of(contact.address, ""));
    reading.expires = message.expires ? std::to_string(*message.expires) : "";
    reading.reason = tidy(message.reason);
    reading.privacy = message.privacy ? "id" : "";
    return reading;
}

std::string identity(const Reading& reading) {
    return fmt::format("method {}\nstatus {}\ncseq {} {}\ncall-id {}\nfrom tag {}\nto tag {}\nbranch {}\n",
                       reading.method, reading.status, reading.cseq, reading.cseq_method, reading.call_id,
                       reading.from.tag, reading.to.tag, reading.top_branch);
}

std::string everything(const Reading& reading) {
    std::string text =
        identity(reading) +
        fmt::format("from {}\nto {}\nvia {}:{}, {} in all\nstar {}\nexpires {}\nreason {}\nprivacy {}\n",
                    text_of(reading.from), text_of(reading.to), reading.top_host, reading.top_port,
                    reading.vias, reading.star, reading.expires, reading.reason, reading.privacy);
    for (const auto& contact : reading.contacts) text += "contact " + text_of(contact) + "\n";
    return text;
}

}  // namespace callboard::oracle
