#include "core/sip_conversation_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <stdexcept>

namespace callboard::conversation {
namespace {

struct Person {
    const char* name;
    const char* user;    // as SIP URIs have it
    const char* number;  // as events have it
};
constexpr std::array<Person, 7> kPeople = {{{"alice", "1001", "0033972000001"},
                                            {"bob", "1002", "0033972000002"},
                                            {"carol", "1003", "0033972000003"},
                                            {"dave", "1004", "0033972000004"},
                                            {"desk", "8001", "0033972000008"},
                                            {"marie", "0612345678", "0033612345678"},
                                            {"pierre", "+33698765432", "0033698765432"}}};
constexpr std::array<std::string_view, 8> kHosts = {"alice", "bob",   "bob2", "carol",
                                                    "dave",  "proxy", "pbx",  "gw"};

std::string user_of(std::string_view name) {
    for (const auto& person : kPeople)
        if (name == person.name || (name == "bob2" && person.name == std::string_view("bob")))
            return person.user;
    return std::string(name);
}

SipEndpoint endpoint_of(std::string_view host) {
    const auto found = std::find(kHosts.begin(), kHosts.end(), host);
    if (found == kHosts.end()) throw std::invalid_argument("no such host: " + std::string(host));
    SipEndpoint endpoint;
    endpoint.address[10] = endpoint.address[11] = 0xff;
    endpoint.address[12] = 10;
    endpoint.address[15] = static_cast<std::uint8_t>(1 + (found - kHosts.begin()));
    endpoint.port = 5060;
    return endpoint;
}
bool is_phone(std::string_view host) { return host != "proxy" && host != "pbx" && host != "gw"; }

constexpr std::array<std::pair<std::string_view, SipMethod>, 10> kMethods = {
    {{"INVITE", SipMethod::invite},
     {"ACK", SipMethod::ack},
     {"BYE", SipMethod::bye},
     {"CANCEL", SipMethod::cancel},
     {"REGISTER", SipMethod::register_},
     {"OPTIONS", SipMethod::options},
     {"UPDATE", SipMethod::update},
     {"REFER", SipMethod::refer},
     {"NOTIFY", SipMethod::notify},
     {"PRACK", SipMethod::prack}}};
SipMethod method_of(std::string_view name) {
    for (const auto& [text, method] : kMethods)
        if (text == name) return method;
    throw std::invalid_argument("no such method: " + std::string(name));
}

const char* phrase_of(int status) {
    static const std::map<int, const char*> kPhrases = {{100, "Trying"},
                                                        {180, "Ringing"},
                                                        {181, "Call Is Being Forwarded"},
                                                        {183, "Session Progress"},
                                                        {200, "OK"},
                                                        {202, "Accepted"},
                                                        {302, "Moved Temporarily"},
                                                        {401, "Unauthorized"},
                                                        {404, "Not Found"},
                                                        {407, "Proxy Authentication Required"},
                                                        {480, "Temporarily Unavailable"},
                                                        {486, "Busy Here"},
                                                        {487, "Request Terminated"},
                                                        {491, "Request Pending"},
                                                        {503, "Service Unavailable"},
                                                        {603, "Decline"}};
    const auto found = kPhrases.find(status);
    return found == kPhrases.end() ? "Something" : found->second;
}

Duration duration_of(std::string_view text) {
    std::size_t digits = 0;
    const long count = std::stol(std::string(text), &digits);
    const std::string_view unit = text.substr(digits);
    if (unit == "ms") return std::chrono::milliseconds(count);
    if (unit == "s") return std::chrono::seconds(count);
    if (unit == "min") return std::chrono::minutes(count);
    if (unit == "h") return std::chrono::hours(count);
    throw std::invalid_argument("no such unit of time: " + std::string(text));
}

/// What has been said in one dialog so far, as far as later messages follow from it.
struct Dialog {
    std::string caller_host, from, to, to_tag;
    std::uint32_t caller_cseq = 0, callee_cseq = 100, invite_cseq = 0;
    bool answered = false;
    struct Request {
        std::string method, branch;
        std::uint32_t cseq = 0;
        bool by_caller = true;
    };
    std::map<std::string, std::vector<Request>> asked;  // by "host>host", latest last
};

/// One line of a ladder, taken apart.
struct Line {
    std::string label = "a", source, destination, what, word;
    std::map<std::string, std::string> keys;
    std::string get(const std::string& key, std::string otherwise = {}) const {
        const auto found = keys.find(key);
        return found == keys.end() ? std::move(otherwise) : found->second;
    }
    bool has(const std::string& key) const { return keys.contains(key); }
    bool is_response() const { return what[0] >= '1' && what[0] <= '6'; }
};

class Reader {
  public:
    explicit Reader(std::string_view prefix) : prefix_(prefix) {}

    std::vector<Step> read(std::string_view text) {
        std::istringstream lines{std::string(text)};
        for (std::string line; std::getline(lines, line);) read_line(line.substr(0, line.find('#')));
        return std::move(steps_);
    }

  private:
    void read_line(const std::string& text) {
        std::istringstream words(text);
        std::string word;
        Duration after = std::chrono::milliseconds(10);
        Line line;
        if (!(words >> word)) return;
        if (word == "wait") {
            words >> word;
            steps_.push_back({duration_of(word), nullptr});
            return;
        }
        if (word == "again") {
            steps_.push_back({after, steps_.back().said});
            return;
        }
        if (word.ends_with(':')) {
            line.label = word.substr(0, word.size() - 1);
            words >> word;
        }
        if (word.starts_with('+')) {
            after = duration_of(std::string_view(word).substr(1));
            words >> word;
        }
        line.source = word;
        std::string arrow;
        if (!(words >> arrow >> line.destination >> line.what) || arrow != ">")
            throw std::invalid_argument("not a line of a ladder: " + text);
        while (words >> word) {
            const std::size_t equals = word.find('=');
            if (equals != std::string::npos)
                line.keys[word.substr(0, equals)] = word.substr(equals + 1);
            else if (word == "private" || word == "rpid_private" || word == "zero" || word == "star")
                line.keys[word] = "";
            else
                line.word = word;
        }
        steps_.push_back({after, line.is_response() ? response(line) : request(line)});
    }

    static SipAddress address(Said& said, const std::string& name, std::string_view host) {
        SipAddress out;
        out.uri.scheme = "sip";
        out.uri.user = said.own(name == "-" ? "" : user_of(name));
        out.uri.host = said.own(name == "anonymous" ? "anonymous.invalid" : std::string(host));
        out.uri.text = said.own(fmt::format("sip:{}@{}", out.uri.user, out.uri.host));
        return out;
    }

    std::shared_ptr<Said> begin(const Line& line) {
        auto said = std::make_shared<Said>();
        SipMessage& message = said->message;
        message.source = endpoint_of(line.source);
        message.destination = endpoint_of(line.destination);
        message.capture_id = line.source == "proxy" || line.destination == "proxy" ? 1
                             : line.source == "pbx" || line.destination == "pbx"   ? 2
                                                                                   : 3;
        if (line.has("mirror"))
            message.capture_id = static_cast<std::uint32_t>(std::stoul(line.get("mirror")));
        message.call_id = said->own(prefix_ + line.label);
        return said;
    }

    /// Whether the caller of the dialog said this request, seen between `source` and `destination`.
    static bool is_by_caller(const Dialog& dialog, const std::string& source,
                             const std::string& destination) {
        if (source == dialog.caller_host || dialog.caller_host.empty()) return true;
        if (destination == dialog.caller_host) return false;
        return !is_phone(source) && source != "gw";
    }

    std::shared_ptr<Said> request(const Line& line) {
        Dialog& dialog = dialogs_[line.label];
        if (dialog.caller_host.empty()) dialog.caller_host = line.source;
        Dialog::Request asked;
        asked.method = line.what;
        asked.by_caller = is_by_caller(dialog, line.source, line.destination);
        const bool first_invite = line.what == "INVITE" && (dialog.to_tag.empty() || !line.word.empty());
        std::uint32_t& count = asked.by_caller ? dialog.caller_cseq : dialog.callee_cseq;
        const bool of_invite = line.what == "ACK" || line.what == "CANCEL";
        if (!of_invite && line.source != "proxy" && !(first_invite && count > 0)) ++count;
        asked.cseq = of_invite ? dialog.invite_cseq : count;
        if (line.has("cseq")) asked.cseq = count = static_cast<std::uint32_t>(std::stoul(line.get("cseq")));
        if (line.what == "INVITE") dialog.invite_cseq = asked.cseq;
        const bool own_branch = line.what == "BYE" || (line.what == "ACK" && dialog.answered);
        asked.branch = line.get("branch", fmt::format("z9hG4bK-{}{}-{}-{}-{}", prefix_, line.label,
                                                      line.source, line.destination, asked.cseq) +
                                              (own_branch ? line.what : ""));
        if (first_invite) {
            dialog.from = line.get("from", dialog.from.empty() ? line.source : dialog.from);
            dialog.to = line.get("to", dialog.to.empty() ? line.word : dialog.to);
        }
        if (line.what == "REGISTER") dialog.from = dialog.to = line.get("from", line.source);
        dialog.asked[line.source + '>' + line.destination].push_back(asked);
        auto said = begin(line);
        SipMessage& message = said->message;
        message.request = true;
        message.request_uri = address(*said, line.word.empty() ? dialog.to : line.word, line.destination).uri;
        if (line.has("uri")) message.request_uri = address(*said, line.get("uri"), line.destination).uri;
        message.start_line = said->own(fmt::format("{} {} SIP/2.0", line.what, message.request_uri.text));
        fill(*said, line, dialog, asked, first_invite || line.what == "CANCEL" ? "" : dialog.to_tag);
        return said;
    }

    std::shared_ptr<Said> response(const Line& line) {
        Dialog& dialog = dialogs_[line.label];
        Dialog::Request asked;
        asked.method = line.word.empty() ? "INVITE" : line.word;
        asked.by_caller = is_by_caller(dialog, line.destination, line.source);
        asked.cseq = asked.by_caller ? dialog.caller_cseq : dialog.callee_cseq;
        asked.branch = "z9hG4bK-never-seen-" + line.label + line.destination;
        const auto& here = dialog.asked[line.destination + '>' + line.source];
        const auto meant = std::find_if(here.rbegin(), here.rend(), [&](const Dialog::Request& request) {
            return line.word.empty() ? request.method != "ACK" && request.method != "CANCEL"
                                     : request.method == line.word;
        });
        if (meant != here.rend()) asked = *meant;
        if (line.has("branch")) asked.branch = line.get("branch");
        if (line.has("cseq")) asked.cseq = static_cast<std::uint32_t>(std::stoul(line.get("cseq")));
        const int status = std::stoi(line.what);
        if (dialog.from.empty()) {  // begun before anyone listened
            dialog.caller_host = line.destination;
            dialog.from = line.get("from", line.destination);
            dialog.to = line.get("to", line.source);
            if (asked.cseq == 0) asked.cseq = 1;
        }
        std::string tag = dialog.to_tag;
        if (asked.method == "INVITE" && asked.by_caller && !dialog.answered && status > 100) {
            tag = is_phone(line.source) || tag.empty() ? "t-" + line.source : tag;
            tag = line.get("ttag", tag);
            if (status == 401 || status == 407 || status == 491)
                dialog.to_tag.clear();
            else
                dialog.to_tag = tag;
            if (status >= 200 && status < 300) dialog.answered = true;
        }
        if (status == 401 || status == 407) ++dialog.caller_cseq;
        auto said = begin(line);
        SipMessage& message = said->message;
        message.status = static_cast<std::uint16_t>(status);
        message.reason_phrase = phrase_of(status);
        message.start_line = said->own(fmt::format("SIP/2.0 {} {}", status, phrase_of(status)));
        fill(*said, line, dialog, asked, status == 100 ? "" : tag);
        return said;
    }

    void fill(Said& said, const Line& line, const Dialog& dialog, const Dialog::Request& asked,
              const std::string& to_tag) {
        SipMessage& message = said.message;
        message.method = method_of(asked.method);
        message.cseq = asked.cseq;
        message.cseq_text = said.own(fmt::format("{} {}", asked.cseq, asked.method));
        message.from = address(said, line.get("from", asked.by_caller ? dialog.from : dialog.to), "town");
        message.to = address(said, line.get("to", asked.by_caller ? dialog.to : dialog.from), "town");
        const std::string from_tag = "f-" + prefix_ + line.label;
        message.from_tag = said.own(line.get("ftag", asked.by_caller ? from_tag : to_tag));
        message.to_tag = said.own(line.get("ttag", asked.by_caller ? to_tag : from_tag));
        message.via_branch = said.own(asked.branch);
        const std::string& asker = message.request ? line.source : line.destination;
        message.via_count = static_cast<std::uint16_t>(
            std::stoi(line.get("vias", asker == "proxy" && line.what != "REGISTER" ? "2" : "1")));
        fill_options(said, line, dialog);
    }

    void fill_options(Said& said, const Line& line, const Dialog& dialog) {
        SipMessage& message = said.message;
        static const std::map<std::string, MediaDirection> kMedia = {{"", MediaDirection::none},
                                                                     {"sendrecv", MediaDirection::sendrecv},
                                                                     {"sendonly", MediaDirection::sendonly},
                                                                     {"recvonly", MediaDirection::recvonly},
                                                                     {"inactive", MediaDirection::inactive}};
        message.media = kMedia.at(line.get("media"));
        message.media_connection_zero = line.has("zero");
        message.contact_star = line.has("star");
        message.privacy = line.has("private");
        message.remote_party_private = line.has("rpid_private");
        message.reason = said.own(line.get("reason"));
        std::string reason(message.reason);
        std::replace(reason.begin(), reason.end(), '_', ' ');
        message.reason = said.own(reason);
        if (line.has("pai")) message.asserted_identity = address(said, line.get("pai"), "town");
        if (line.has("rpid")) message.remote_party = address(said, line.get("rpid"), "town");
        if (line.has("history")) message.history_first = address(said, line.get("history"), "town");
        if (line.has("diversion")) message.diversion_last = address(said, line.get("diversion"), "town");
        if (line.has("session"))
            message.session_expires = static_cast<std::uint32_t>(std::stoul(line.get("session")));
        if (line.has("expires"))
            message.expires = static_cast<std::uint32_t>(std::stoul(line.get("expires")));
        if (is_phone(line.source) || line.has("contact")) {
            const std::string contact = line.get("contact", line.source);
            if (!line.has("star")) message.contacts.push_back({address(said, contact, contact), {}});
        }
        if (line.has("replaces")) {
            message.replaces_call_id = said.own(prefix_ + line.get("replaces"));
            message.replaces_to_tag = said.own(dialogs_[line.get("replaces")].to_tag);
        }
        if (message.method == SipMethod::refer && message.request) {
            const std::string target = user_of(line.word.empty() ? dialog.to : line.word);
            message.refer_to = said.own(
                line.has("refer") ? fmt::format("sip:{}@town?Replaces={}{}%3Bto-tag%3Dx%3Bfrom-tag%3Dy",
                                                target, prefix_, line.get("refer"))
                                  : fmt::format("sip:{}@town", target));
        }
    }

    std::string prefix_;
    std::map<std::string, Dialog> dialogs_;
    std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> ladder(std::string_view text, std::string_view prefix) { return Reader(prefix).read(text); }

std::shared_ptr<const Directory> town() {
    std::vector<Service> services;
    for (const auto& person : kPeople) {
        if (!std::string_view(person.number).starts_with("0033972")) continue;
        Service service;
        service.account = "town";
        service.number = person.number;
        service.description = person.name;
        service.aliases = {person.user};
        if (person.name == std::string_view("desk")) service.type = ServiceType::easy_hunting;
        services.push_back(std::move(service));
    }
    return std::make_shared<Directory>(std::vector<Account>{{"town", "Town"}}, std::move(services));
}

std::string name_of(std::string_view number) {
    for (const auto& person : kPeople)
        if (number == person.number) return person.name;
    return std::string(number);
}

Listener::Listener(bool registered, SipTracker::Settings settings)
    : tracker_(town(), "FR", settings), now_(time_from_nanoseconds(1'780'000'000'000'000'000)) {
    if (!registered) return;
    for (const char* phone : {"alice", "bob", "bob2", "carol", "dave"})
        for (const char* server : {"proxy", "pbx"})
            hear(ladder(fmt::format("{0}: {0} > {1} REGISTER expires=86400\n{0}: {1} > {0} 200 REGISTER",
                                    phone, server),
                        std::string("registration at ") + server + ' '));
    forget();
}

void Listener::hear(const std::vector<Step>& steps) {
    for (const auto& step : steps) {
        now_ += step.after;
        tracker_.on_time(now_, events_);
        if (!step.said) continue;
        SipMessage message = step.said->message;
        message.captured = now_ - std::chrono::milliseconds(1);
        message.collected = now_;
        tracker_.on_message(message, events_);
    }
}

void Listener::wait(Duration duration) {
    now_ += duration;
    tracker_.on_time(now_, events_);
}

std::vector<std::string> Listener::told() const {
    std::vector<std::string> out;
    for (const auto& event : events_)
        out.push_back(fmt::format("{} {}", name_of(event.ressource),
                                  event.native ? '[' + event.name + ']' : event.name));
    return out;
}

std::vector<std::string> Listener::told_with_parties() const {
    std::vector<std::string> out = told();
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto& data = std::get<LineData>(events_[i].data);
        out[i] +=
            fmt::format(" {} > {} ({})", name_of(data.calling), name_of(data.called), name_of(data.dialed));
    }
    return out;
}

std::vector<std::string> Listener::told_with_reasons() const {
    std::vector<std::string> out = told();
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] += " [" + std::get<LineData>(events_[i].data).relevant_info + ']';
    return out;
}

std::vector<std::string> Listener::told_with_call_ids() const {
    std::vector<std::string> out = told();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += ' ' + std::get<LineData>(events_[i].data).call_id;
    return out;
}

}  // namespace callboard::conversation
