#include "core/exchange_script_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "core/sip_conversation_test.hpp"

namespace callboard::script {
namespace {

using conversation::name_of;
using Kind = ExchangeSignalKind;

constexpr Duration kApart = std::chrono::milliseconds(10);

const std::map<std::string, Kind>& kinds() {
    static const std::map<std::string, Kind> kKinds = {
        {"created", Kind::created},
        {"ringing", Kind::ringing},
        {"answered", Kind::answered},
        {"entered", Kind::entered_bridge},
        {"left", Kind::left_bridge},
        {"held", Kind::held},
        {"resumed", Kind::resumed},
        {"updated", Kind::updated},
        {"redirected", Kind::redirected},
        {"swapped", Kind::swapped},
        {"hung_up", Kind::hung_up},
        {"registered", Kind::registered},
        {"unregistered", Kind::unregistered},
        {"listed-phone", Kind::register_listed},
        {"gone", Kind::gone},
        {"snapshot", Kind::snapshot_begins},
        {"listed", Kind::channel_listed},
        {"end", Kind::snapshot_ends},
    };
    return kKinds;
}

Duration duration_of(const std::string& text) {
    std::size_t end = 0;
    const int count = std::stoi(text, &end);
    const std::string unit = text.substr(end);
    if (unit == "ms") return std::chrono::milliseconds(count);
    if (unit == "s") return std::chrono::seconds(count);
    if (unit == "min") return std::chrono::minutes(count);
    if (unit == "h") return std::chrono::hours(count);
    throw std::invalid_argument("no unit in " + text);
}

void read_channel_word(ExchangeSignal& signal, const std::string& key, const std::string& value) {
    ExchangeChannel& channel = signal.channel;
    const std::map<std::string, std::string*> texts = {
        {"device", &channel.device},       {"caller", &channel.caller},   {"dialled", &channel.dialled},
        {"connected", &channel.connected}, {"sip", &channel.sip_call_id}, {"parent", &channel.parent},
        {"linked", &channel.linked_id},    {"bridge", &signal.bridge},    {"other", &signal.other},
        {"cause", &signal.cause}};
    const std::map<std::string, bool*> flags = {{"withheld", &channel.withheld},
                                                {"internal", &channel.internal},
                                                {"up", &channel.up},
                                                {"rings", &channel.ringing},
                                                {"holding", &channel.held}};
    if (key == "calls")
        channel.direction = ChannelDirection::calls;
    else if (key == "called")
        channel.direction = ChannelDirection::is_called;
    else if (const auto text = texts.find(key); text != texts.end())
        *text->second = value;
    else if (const auto flag = flags.find(key); flag != flags.end())
        *flag->second = true;
    else
        throw std::invalid_argument("unknown word " + key);
}

void read_queue_word(ExchangeQueueAction& action, const std::string& key, const std::string& value) {
    const std::map<std::string, std::string*> texts = {{"in", &action.queue},
                                                       {"agent", &action.agent},
                                                       {"phone", &action.agent_device},
                                                       {"caller", &action.caller},
                                                       {"channel", &action.caller_channel},
                                                       {"leg", &action.agent_channel}};
    if (key == "withheld")
        action.caller_withheld = true;
    else if (const auto text = texts.find(key); text != texts.end())
        *text->second = value;
    else if (key.starts_with("Queue") || key == "Count")
        action.fields.set(key, value);
    else
        throw std::invalid_argument("unknown word " + key);
}

Line read_line(std::istringstream& words, const std::string& first) {
    Line line;
    line.after = kApart;
    std::string word = first;
    if (first == "wait") {
        words >> word;
        line.after = duration_of(word);
        line.silent = true;
        return line;
    }
    ExchangeSignal& signal = line.signal;
    bool of_queue = true;
    if (first == "queue") {
        signal.kind = Kind::queue_action;
        words >> signal.queue.action;
    } else if (first == "listed-caller") {
        signal.kind = Kind::caller_listed;
    } else if (first == "listed-agent") {
        signal.kind = Kind::agent_listed;
    } else {
        of_queue = false;
        // `gone`, `snapshot` and the like are of no channel.
        if (!kinds().contains(first)) {
            signal.channel.id = first;
            words >> word;
        }
        const auto kind = kinds().find(word);
        if (kind == kinds().end()) throw std::invalid_argument("unknown kind " + word);
        signal.kind = kind->second;
        signal.name = word;
    }
    while (words >> word) {
        if (word.starts_with('#')) break;
        const std::size_t equals = word.find('=');
        std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
        std::replace(value.begin(), value.end(), '_', ' ');
        if (of_queue)
            read_queue_word(signal.queue, word.substr(0, equals), value);
        else
            read_channel_word(signal, word.substr(0, equals), value);
    }
    return line;
}

std::string shown(const Event& event) {
    const std::string name = event.native ? '(' + event.name + ')' : event.name;
    return name_of(event.ressource) + ' ' + name;
}

}  // namespace

std::vector<Line> read(std::string_view text) {
    std::vector<Line> lines;
    std::istringstream in{std::string(text)};
    for (std::string row; std::getline(in, row);) {
        std::istringstream words(row);
        std::string first;
        if (!(words >> first) || first.starts_with('#')) continue;
        lines.push_back(read_line(words, first));
    }
    return lines;
}

Listener::Listener(ExchangeTracker::Settings settings)
    : tracker_(conversation::town(), "FR", settings), now_(std::chrono::seconds(1'780'000'000)) {}

void Listener::hear(const std::vector<Line>& lines) {
    for (const auto& line : lines) hear(line);
}

void Listener::hear(const Line& line) {
    wait(line.after);
    if (line.silent) return;
    ExchangeSignal signal = line.signal;
    signal.captured = signal.collected = now_;
    tracker_.on_signal(signal, events_);
}

void Listener::wait(Duration duration) {
    now_ += duration;
    tracker_.on_time(now_, events_);
}

std::vector<std::string> Listener::told() const {
    std::vector<std::string> out;
    for (const auto& event : events_)
        if (event.protocol != Protocol::queues) out.push_back(shown(event));
    return out;
}

std::vector<std::string> Listener::told_with_parties() const {
    std::vector<std::string> out;
    for (const auto& event : events_)
        if (const auto* data = std::get_if<LineData>(&event.data))
            out.push_back(fmt::format("{} {} > {} ({})", shown(event), name_of(data->calling),
                                      name_of(data->called), name_of(data->dialed)));
    return out;
}

std::vector<std::string> Listener::told_with_reasons() const {
    std::vector<std::string> out;
    for (const auto& event : events_)
        if (const auto* data = std::get_if<LineData>(&event.data))
            out.push_back(data->relevant_info.empty()
                              ? shown(event)
                              : fmt::format("{} [{}]", shown(event), data->relevant_info));
    return out;
}

std::vector<std::string> Listener::told_with_call_ids() const {
    std::vector<std::string> out;
    for (const auto& event : events_)
        if (const auto* data = std::get_if<LineData>(&event.data))
            out.push_back(shown(event) + ' ' + data->call_id);
    return out;
}

std::vector<std::string> Listener::queue_told(const std::vector<std::string>& names) const {
    std::vector<std::string> out;
    for (const auto& event : events_) {
        const auto* data = std::get_if<QueueData>(&event.data);
        if (data == nullptr) continue;
        std::string text = shown(event);
        for (const auto& name : names)
            if (const auto value = data->get(name); !value.empty())
                text += fmt::format(" {}={}", name, name_of(value));
        out.push_back(text);
    }
    return out;
}

}  // namespace callboard::script
