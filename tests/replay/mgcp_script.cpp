#include "mgcp_script.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/text.hpp"
#include "sources/hep/mgcp_scanner.hpp"

namespace callboard::mgcp_script {
namespace {

constexpr std::string_view kBlanks = " \t";

struct Person {
    std::string name;
    std::string number;
    std::vector<std::string> aliases;
    ServiceType type;
};

const std::vector<Person>& people() {
    static const std::vector<Person> all = [] {
        std::vector<Person> town = {
            {"alice", "0033972000001", {"1001", "aaln/1@gw1"}, ServiceType::mgcp_line},
            {"bob", "0033972000002", {"1002", "aaln/2@gw1.example"}, ServiceType::mgcp_line},
            {"carol", "0033972000003", {"1003", "AALN/1@GW2.example"}, ServiceType::mgcp_line},
            {"dave", "0033972000004", {"1004", "aaln/9@gw1"}, ServiceType::sip_line},
            {"office", "0033972000005", {"1005", "aaln/1@gw3", "aaln/2@gw3"}, ServiceType::mgcp_line},
            {"desk", "0033972000008", {"8001", "aaln/8@gw1"}, ServiceType::easy_hunting},
            {"marie", "0033612345678", {}, ServiceType::sip_line},
        };
        for (int part = 1; part <= 4; ++part)
            for (int n = 1; n <= 3; ++n)
                town.push_back({fmt::format("{}{}", town[static_cast<std::size_t>(n - 1)].name, part),
                                fmt::format("003397200{}00{}", part, n),
                                {fmt::format("aaln/{}@gw{}{}", n == 2 ? 2 : 1, part, n == 3 ? 2 : 1)},
                                ServiceType::mgcp_line});
        return town;
    }();
    return all;
}

std::string_view word(std::string_view& line) {
    line = trimmed(line, kBlanks);
    const std::size_t end = std::min(line.find_first_of(kBlanks), line.size());
    const std::string_view taken = line.substr(0, end);
    line.remove_prefix(end);
    return taken;
}

Duration duration_of(std::string_view text) {
    std::size_t digits = 0;
    const int count = std::stoi(std::string(text), &digits);
    const std::string_view unit = text.substr(digits);
    if (unit == "ms") return std::chrono::milliseconds(count);
    if (unit == "s") return std::chrono::seconds(count);
    if (unit == "min") return std::chrono::minutes(count);
    if (unit == "h") return std::chrono::hours(count);
    throw std::invalid_argument("no duration: " + std::string(text));
}

/// `C: A1 | sdp=10.0.1.1:4000` as lines of a message.
std::string parameters_of(std::string_view text) {
    std::string lines;
    std::string description;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('|'), text.size());
        const std::string_view one = trimmed(text.substr(0, end), kBlanks);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.starts_with("sdp=")) {
            const std::size_t colon = one.rfind(':');
            description = fmt::format(
                "\r\nv=0\r\no=- 25678 753849 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio {1} "
                "RTP/AVP 0\r\n",
                one.substr(4, colon - 4), one.substr(colon + 1));
        } else if (!one.empty()) {
            lines += std::string(one) + "\r\n";
        }
    }
    return lines + description;
}

std::string replaced(std::string text, std::string_view prefix) {
    for (std::size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}"))
        text.replace(at, 2, prefix);
    return text;
}

class Reader {
  public:
    Reader(std::string_view prefix, int first) : prefix_(prefix), next_(first) {}

    std::vector<Said> read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            std::string_view line = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (const auto comment = line.find(" # "); comment != std::string_view::npos)
                line = line.substr(0, comment);
            line = trimmed(line, kBlanks);
            if (!line.empty() && line.front() != '#') read_line(line);
        }
        return std::move(said_);
    }

  private:
    void read_line(std::string_view line) {
        if (line == "again") return said_.push_back(said_.at(said_.size() - 1));
        if (line.starts_with("wait ")) return said_.push_back({duration_of(line.substr(5)), {}, {}, {}});
        Said said;
        said.after = std::chrono::milliseconds(10);
        if (line.starts_with('+')) said.after = duration_of(word(line).substr(1));
        said.from = word(line);
        if (word(line) != ">") throw std::invalid_argument("no direction: " + std::string(line));
        said.to = word(line);
        const std::size_t arrow = std::min(line.find("=>"), line.size());
        std::string_view response = line.substr(std::min(arrow + 2, line.size()));
        line = trimmed(line.substr(0, arrow), kBlanks);
        const std::string verb(word(line));
        int transaction = 0;
        if (verb.size() == 3 && verb.find_first_not_of("0123456789") == std::string::npos) {
            transaction = std::stoi(std::string(word(line)));
            said.text = fmt::format("{} {} OK\r\n", verb, transaction) + parameters_of(line);
        } else {
            transaction = trimmed(line, kBlanks).starts_with('#')
                              ? std::stoi(std::string(word(line).substr(1)))
                              : next_++;
            std::string endpoint(word(line));
            if (endpoint.find('@') == std::string::npos)
                endpoint += fmt::format("@{}.example", said.from == "ca" ? said.to : said.from);
            said.text =
                fmt::format("{} {} {} MGCP 1.0\r\n", verb, transaction, endpoint) + parameters_of(line);
        }
        said.text = replaced(std::move(said.text), prefix_);
        const Said command = said;
        said_.push_back(std::move(said));
        if (response.empty()) return;
        const std::string code(word(response));
        response = trimmed(response, kBlanks);
        const std::size_t bar = std::min(response.find('|'), response.size());
        const std::string_view commentary = trimmed(response.substr(0, bar), kBlanks);
        said_.push_back(
            {std::chrono::milliseconds(10), command.to, command.from,
             replaced(fmt::format("{} {} {}\r\n", code, transaction, commentary.empty() ? "OK" : commentary) +
                          parameters_of(response.substr(bar)),
                      prefix_)});
    }

    std::string prefix_;
    int next_;
    std::vector<Said> said_;
};

/// `ca`, `ca2`, `nat`, and gateways `gw1` to `gw99`.
SipEndpoint endpoint_of(std::string_view host) {
    const bool gateway = host.starts_with("gw");
    const int number = gateway         ? 100 + std::stoi(std::string(host.substr(2)))
                       : host == "ca"  ? 1
                       : host == "ca2" ? 2
                                       : 3;
    SipEndpoint endpoint;
    endpoint.address = {0, 0, 0,    0,    0,  0, 0, 0,
                        0, 0, 0xFF, 0xFF, 10, 0, 0, static_cast<std::uint8_t>(number)};
    endpoint.port = gateway ? 2427 : 2727;
    return endpoint;
}

}  // namespace

std::vector<Said> read(std::string_view text, std::string_view prefix, int first_transaction) {
    return Reader(prefix, first_transaction).read(text);
}

std::shared_ptr<const Directory> town() {
    std::vector<Service> services;
    for (const auto& person : people()) {
        if (person.aliases.empty()) continue;
        Service service;
        service.account = "town";
        service.number = person.number;
        service.description = person.name;
        service.aliases = person.aliases;
        service.type = person.type;
        services.push_back(std::move(service));
    }
    return std::make_shared<Directory>(std::vector<Account>{{"town", "Town"}}, std::move(services));
}

std::string name_of(std::string_view number) {
    for (const auto& person : people())
        if (number == person.number) return person.name;
    return std::string(number);
}

Listener::Listener(MgcpTracker::Settings settings)
    : tracker_(town(), "FR", settings), now_(time_from_nanoseconds(1'780'000'000'000'000'000)) {}

void Listener::listen_to_mirror(std::uint32_t capture_id, Duration ahead) {
    capture_id_ = capture_id;
    ahead_ = ahead;
}

void Listener::hear(const std::vector<Said>& said) {
    for (const auto& one : said) {
        now_ += one.after;
        tracker_.on_time(now_, events_);
        if (!one.text.empty()) take(one);
    }
}

void Listener::take(const Said& said) {
    const std::string exact = said.text;  // dies with the call, as a datagram does
    std::string_view rest = exact;
    while (!rest.empty()) {
        MgcpMessage message;
        if (const auto verdict = scan_mgcp(rest, message); verdict != MgcpVerdict::ok)
            throw std::invalid_argument(std::string(text_of(verdict)) + ": " + said.text);
        message.captured = now_ - std::chrono::milliseconds(1) + ahead_;
        message.collected = now_;
        message.source = endpoint_of(said.from);
        message.destination = endpoint_of(said.to);
        message.capture_id = capture_id_;
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

}  // namespace callboard::mgcp_script
