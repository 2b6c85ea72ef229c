#include "sources/freeswitch/esl_lists.hpp"

#include <simdjson.h>

#include <algorithm>
#include <functional>

#include "sources/freeswitch/freeswitch_signals.hpp"

namespace callboard {
namespace {

constexpr std::size_t kLongestQuote = 120;
constexpr std::size_t kMostColumns = 64;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    return text;
}

Error not_understood(std::string_view answer) {
    std::string quote(trimmed(answer).substr(0, kLongestQuote));
    for (char& c : quote)
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    return {Error::Kind::invalid, "FreeSWITCH answered \"" + quote + "\""};
}

std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    for (std::size_t bar = line.find('|'); bar != std::string_view::npos && cells.size() < kMostColumns;
         bar = line.find('|')) {
        cells.emplace_back(line.substr(0, bar));
        line.remove_prefix(bar + 1);
    }
    cells.emplace_back(line);
    return cells;
}

using Object = simdjson::dom::object;

std::string text_of(const Object& row, std::string_view name) {
    std::string_view text;
    return row[name].get(text) == simdjson::SUCCESS ? std::string(text.substr(0, EslEvent::kLongestValue))
                                                    : std::string();
}

/// `{"row_count":2,"rows":[…]}`; without rows when the count is 0.
Result<void> each_row(std::string_view json, const std::function<void(const Object&)>& visit) {
    thread_local simdjson::dom::parser parser;
    simdjson::dom::object whole;
    std::int64_t count = 0;
    if (parser.parse(json.data(), json.size()).get(whole) != simdjson::SUCCESS ||
        whole["row_count"].get(count) != simdjson::SUCCESS)
        return not_understood(json);
    simdjson::dom::array rows;
    if (whole["rows"].get(rows) != simdjson::SUCCESS) {
        if (count != 0) return not_understood(json);
        return {};
    }
    for (const auto& element : rows) {
        Object row;
        if (element.get(row) == simdjson::SUCCESS) visit(row);
    }
    return {};
}

void list_channel(const Object& row, Time now, std::vector<ListedChannel>& out) {
    const std::string state = text_of(row, "callstate");
    const std::string core = text_of(row, "state");
    if (state == "HANGUP" || core == "CS_HANGUP" || core == "CS_REPORTING" || core == "CS_DESTROY") return;
    ListedChannel listed;
    ExchangeSignal& signal = listed.signal;
    ExchangeChannel& channel = signal.channel;
    signal.kind = ExchangeSignalKind::channel_listed;
    signal.captured = signal.collected = now;
    signal.name = "show channels";
    channel.id = text_of(row, "uuid");
    if (channel.id.empty()) return;
    const std::string name = text_of(row, "name");
    channel.internal = name.starts_with("loopback/");
    const bool came_in = text_of(row, "direction") == "inbound";
    channel.direction = came_in ? ChannelDirection::calls : ChannelDirection::is_called;
    const auto first_of = [&row](std::string_view first, std::string_view second) {
        std::string text = text_of(row, first);
        return text.empty() ? text_of(row, second) : text;
    };
    channel.caller = first_of("initial_cid_num", "cid_num");
    channel.dialled = first_of("initial_dest", "dest");
    channel.device = user_in_contact(text_of(row, "presence_id"));
    channel.up = state == "ACTIVE" || state == "HELD" || state == "UNHELD";
    channel.held = state == "HELD";
    // Of a call that came in it is RINGING also while nothing rings anywhere.
    channel.ringing = !came_in && (state == "RINGING" || state == "EARLY");
    const std::string call = text_of(row, "call_uuid");
    if (!call.empty() && call != channel.id && !came_in) channel.parent = call;
    // Both ends of a bridge have the same.
    if (channel.up && !call.empty()) signal.bridge = call;
    listed.has_phone = name.starts_with("sofia/") && !channel.device.empty();
    out.push_back(std::move(listed));
}

}  // namespace

Result<EslTable> EslTable::read(std::string_view answer) {
    EslTable table;
    if (answer.starts_with("-ERR")) return not_understood(answer);
    std::string_view rest = answer;
    while (!rest.empty()) {
        const std::string_view line = trimmed(rest.substr(0, rest.find('\n')));
        rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
        if (line.empty() || line == "+OK" || line.find('|') == std::string_view::npos) continue;
        auto cells = cells_of(line);
        if (table.columns_.empty())
            table.columns_ = std::move(cells);
        else
            table.rows_.push_back(std::move(cells));
    }
    return table;
}

std::string_view EslTable::get(std::size_t row, std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    if (found == columns_.end()) return {};  // a row may have more cells than there are columns
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    return index < rows_[row].size() ? std::string_view(rows_[row][index]) : std::string_view();
}

Result<std::vector<ListedChannel>> read_channels(std::string_view json, Time now) {
    std::vector<ListedChannel> channels;
    auto read = each_row(json, [&](const Object& row) { list_channel(row, now, channels); });
    if (!read) return read.error();
    // The uuid of a call alone, without another channel in it, is no bridge.
    StringMap<int> members;
    for (const auto& one : channels) ++members[one.signal.bridge];
    for (auto& one : channels)
        if (members[one.signal.bridge] != 2) one.signal.bridge.clear();
    return channels;
}

Result<std::vector<ListedRegistration>> read_registrations(std::string_view json) {
    std::vector<ListedRegistration> registrations;
    auto read = each_row(json, [&](const Object& row) {
        registrations.push_back({text_of(row, "reg_user"), text_of(row, "url")});
    });
    if (!read) return read.error();
    return registrations;
}

std::optional<ExchangeSignal> listed_caller(const EslTable& members, std::size_t row, std::string_view queue,
                                            Time now) {
    const std::string_view state = members.get(row, "state");
    if (state == "Abandoned" || members.get(row, "uuid").empty()) return std::nullopt;
    ExchangeSignal signal;
    signal.kind = ExchangeSignalKind::caller_listed;
    signal.captured = signal.collected = now;
    signal.name = "callcenter_config queue list members";
    ExchangeQueueAction& action = signal.queue;
    action.queue = queue;
    action.caller = members.get(row, "cid_number");
    action.caller_channel = members.get(row, "session_uuid");
    if (state == "Answered") action.agent = members.get(row, "serving_agent");
    const auto field = [&](const char* name, std::string_view column) {
        if (const auto value = members.get(row, column); !value.empty() && value != "0")
            action.fields.set(name, std::string(value));
    };
    field("QueueMemberUUID", "uuid");
    field("QueueMemberSessionUUID", "session_uuid");
    field("QueueMemberCIDNumber", "cid_number");
    field("QueueMemberCIDName", "cid_name");
    field("QueueMemberJoinedTime", "joined_epoch");
    return signal;
}

}  // namespace callboard
