#include "freeswitch_story.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "core/exchange_tracker.hpp"
#include "event/numbering.hpp"
#include "sources/freeswitch/esl_session.hpp"

namespace callboard::replay {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(CALLBOARD_SOURCE_DIR) / "tests/traces/freeswitch";

constexpr Duration kTick = std::chrono::milliseconds(100);
/// A phone is told of its new party within this, before or after the exchange tells us.
constexpr double kAroundChange = 0.2;
constexpr double kLatestArrival = 1.0;

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string number_of(const std::string& phone) {
    return phone.size() == 4 && phone.starts_with("100") && phone[3] >= '1' && phone[3] <= '5'
               ? std::string("003397200001") + phone[3]
               : std::string();
}

std::string party(std::string_view raw) {
    static Numbering numbering("FR");
    static const auto office = freeswitch_office();
    return std::string(numbering.party(*office, raw));
}

/// `1002` in `"Bruno" <sip:1002@127.21.0.1>`.
std::string user_of(const std::string& address) {
    const std::size_t sip = address.find("<sip:");
    return sip == std::string::npos ? std::string() : address.substr(sip + 5, address.find('@') - sip - 5);
}

/// One dialog of one phone: what it saw, as events of its line.
class PhoneDialog {
  public:
    PhoneDialog(std::string line, std::string call_id)
        : line_(std::move(line)), call_id_(std::move(call_id)) {}

    void hear(double at, const std::string& what, const std::string& from, const std::string& to,
              const std::string& identity) {
        if (what == "INVITE sent") {
            dialled_ = party(to);
            shown_ = {{at, dialled_}};
        }
        if (what == "INVITE received") shown_ = {{at, party(from)}};
        if (what == "UPDATE received" && !identity.empty()) shown_.emplace_back(at, party(user_of(identity)));
        if (what == "180 sent" || what == "180 received" || what == "183 received") ring(at);
        if (has(what, "200 sent (answered)") || has(what, "200 received (answered)")) answer(at);
        if (what == "CANCEL received" || what == "cancel sent" || has(what, "487 ")) stop(at);
        if (what == "bye sent" || what == "BYE received") end(at, what == "BYE received");
        if (has(what, "unhold (")) return hold(at, false);
        if (has(what, "hold (")) hold(at, true);
    }

    std::vector<PhoneHappening> happenings() {
        for (auto& happening : told_)
            for (std::size_t i = 0; i < shown_.size(); ++i) {
                const bool begun = shown_[i].first <= happening.at + kAroundChange;
                const bool over = i + 1 < shown_.size() && shown_[i + 1].first < happening.at - kAroundChange;
                if (begun && !over) happening.far.push_back(shown_[i].second);
            }
        return told_;
    }

  private:
    void tell(double at, const std::string& event) {
        told_.push_back({at, line_, event, call_id_, {}, dialled_, false});
    }
    void ring(double at) {
        if (state_ != State::idle) return;
        state_ = State::ringing;
        tell(at, "start_ringing");
    }
    void stop(double at) {
        if (state_ != State::ringing) return;
        state_ = State::over;
        tell(at, "end_ringing");
    }
    void answer(double at) {
        if (state_ == State::ringing) tell(at, "end_ringing");
        state_ = State::calling;
        answered_ = at;
        tell(at, "start_calling");
    }
    void end(double at, bool by_exchange) {
        if (state_ != State::calling) return;
        if (held_) hold(at, false);
        state_ = State::over;
        tell(at, "end_calling");
        // A phone that lost a race for the answer: its short call may show or not.
        if (by_exchange && at - answered_ < 0.3)
            for (auto& happening : told_)
                if (has(happening.event, "calling")) happening.optional = true;
    }
    void hold(double at, bool held) {
        held_ = held;
        tell(at, held ? "start_hold" : "end_hold");
    }

    enum class State { idle, ringing, calling, over };
    std::string line_, call_id_, dialled_;
    State state_ = State::idle;
    bool held_ = false;
    double answered_ = 0;
    std::vector<std::pair<double, std::string>> shown_;  // who is at the other end, from when on
    std::vector<PhoneHappening> told_;
};

using Object = simdjson::dom::object;

std::string text_of(const Object& object, std::string_view name) {
    std::string_view text;
    return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

double seconds_of(const Object& object, std::string_view name) {
    double seconds = 0;
    return object[name].get(seconds) == simdjson::SUCCESS ? seconds : 0;
}

std::string lines_of(const Object& truth, std::string_view name) {
    std::string text;
    simdjson::dom::array lines;
    if (truth[name].get(lines) != simdjson::SUCCESS) return "+OK\n";
    for (const auto& line : lines) text.append(std::string_view(line)).append("\n");
    return text;
}

void read_truth(FreeswitchScenario& scenario) {
    simdjson::dom::parser parser;
    const Object truth = parser.load((kFolder / (scenario.name + ".truth.json")).string());
    scenario.begun = seconds_of(truth, "t0_epoch");
    scenario.agents = lines_of(truth, "agents_before");
    scenario.tiers = lines_of(truth, "tiers_before");
    std::vector<std::pair<std::string, PhoneDialog>> dialogs;
    for (const Object happening : simdjson::dom::array(truth["timeline"])) {
        const std::string line = number_of(text_of(happening, "actor"));
        const std::string what = text_of(happening, "what");
        const double at = seconds_of(happening, "t");
        if (line.empty()) continue;
        if (what == "REGISTER done") {
            std::int64_t code = 0;
            if (happening["code"].get(code) == simdjson::SUCCESS && code == 200)
                scenario.phones.push_back({at, line, "registered", "", {}, "", false});
            continue;
        }
        const std::string call_id = text_of(happening, "call");
        if (call_id.empty()) continue;
        auto dialog = std::find_if(dialogs.begin(), dialogs.end(),
                                   [&](const auto& one) { return one.first == line + call_id; });
        if (dialog == dialogs.end())
            dialog = dialogs.insert(dialogs.end(), {line + call_id, PhoneDialog(line, call_id)});
        dialog->second.hear(at, what, text_of(happening, "frm"), text_of(happening, "to"),
                            text_of(happening, "pai"));
    }
    for (auto& [key, dialog] : dialogs)
        for (auto& happening : dialog.happenings()) scenario.phones.push_back(std::move(happening));
    // Who calls a group is told which of its phones rings.
    for (auto& caller : scenario.phones)
        if (caller.event.ends_with("_ringing") && !caller.dialled.empty())
            for (const auto& called : scenario.phones)
                if (called.event == "start_ringing" && called.dialled.empty() &&
                    called.at < caller.at + kAroundChange)
                    caller.far.push_back(called.line);
}

std::string unescaped(std::string text) {
    for (const auto& [escape, meant] : {std::pair{"%40", "@"}, {"%20", " "}, {"%2B", "+"}, {"%3A", ":"}})
        for (std::size_t at = text.find(escape); at != std::string::npos; at = text.find(escape))
            text.replace(at, 3, meant);
    return text;
}

/// The value of `CC-Name` in the plain or the JSON form of an event.
std::string field(std::string_view event, const std::string& name) {
    if (const auto json = event.find('"' + name + "\":"); json != std::string_view::npos) {
        const auto begin = event.find('"', json + name.size() + 3) + 1;
        return std::string(event.substr(begin, event.find('"', begin) - begin));
    }
    const auto plain = event.find('\n' + name + ": ");
    if (plain == std::string_view::npos) return {};
    const auto begin = plain + name.size() + 3;
    return unescaped(std::string(event.substr(begin, event.find('\n', begin) - begin)));
}

void read_queue_events(FreeswitchScenario& scenario) {
    const std::string_view bytes = scenario.bytes;
    for (auto at = bytes.find("Content-Length: "); at != std::string_view::npos;) {
        const auto end = std::min(bytes.find("\nContent-Type: text/event", at), bytes.size());
        const auto next = bytes.find("\n\n", end);
        if (next == std::string_view::npos) break;
        const std::size_t length = std::stoul(std::string(bytes.substr(at + 16, 12)));
        const std::string event = '\n' + std::string(bytes.substr(next + 2, length));
        if (const auto action = field(event, "CC-Action"); !action.empty())
            scenario.queues.push_back({action, field(event, "CC-Queue"), field(event, "CC-Agent"),
                                       field(event, "CC-Member-UUID"), field(event, "CC-Member-CID-Number")});
        at = bytes.find("Content-Length: ", next + 2 + length);
    }
}

Service service(const std::string& number, ServiceType type, const std::string& id,
                std::vector<std::string> aliases) {
    Service made;
    made.account = "office";
    made.number = made.description = number;
    made.type = type;
    made.id = id;
    made.aliases = std::move(aliases);
    return made;
}

/// The exchange's side of the conversation, with the tracker behind it.
class Conversation final : public ExchangeSink {
  public:
    explicit Conversation(const FreeswitchScenario& scenario)
        : scenario_(scenario), now_{time_at(0)}, session_(password_, signals_, *this, moment()) {}

    void on_signal(const ExchangeSignal& signal) override { tracker_.on_signal(signal, events_); }
    void on_pause(Time) override {}

    void receive(std::string_view bytes) {
        if (!reader_.take(bytes)) throw std::runtime_error(reader_.broken());
        while (auto frame = reader_.next()) session_.on_frame(*std::move(frame), moment());
        answer();
        collect();
    }
    void pass_to(double at) {
        for (const Time then = time_at(at); now_ + kTick < then;) {
            now_ += kTick;
            tracker_.on_time(now_, events_);
            collect();
        }
        now_ = std::max(now_, time_at(at));
    }
    double at() const { return static_cast<double>(nanoseconds_since_epoch(now_)) / 1e9 - scenario_.begun; }

    FreeswitchPlay finish() {
        play_.events = session_.counts().events;
        play_.unreadable = session_.counts().unreadable;
        play_.channels = tracker_.channels();
        play_.corrections = tracker_.corrections();
        return std::move(play_);
    }

  private:
    Time time_at(double at) const {
        return Time(std::chrono::nanoseconds(static_cast<std::int64_t>((scenario_.begun + at) * 1e9)));
    }
    EslSession::Now moment() const {
        return {now_, EslSession::Steady(std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                          now_.time_since_epoch()))};
    }
    /// As the FreeSWITCH of the recordings would, whose exchange was silent before.
    void answer() {
        std::string asked = session_.take_output();
        while (!asked.empty()) {
            const std::string command = asked.substr(0, asked.find("\n\n"));
            asked.erase(0, command.size() + 2);
            std::string text = "+OK\n";
            if (command.starts_with("auth") || command.starts_with("event")) continue;
            if (has(command, "as json")) text = "{\"row_count\":0}\n";
            if (has(command, "agent list")) text = scenario_.agents;
            if (has(command, "tier list")) text = scenario_.tiers;
            EslFrame frame;
            frame.content_type = "api/response";
            frame.body = text;
            session_.on_frame(std::move(frame), moment());
            asked += session_.take_output();
        }
    }
    void collect() {
        for (auto& event : events_) play_.told.push_back({at(), std::move(event)});
        events_.clear();
    }

    const FreeswitchScenario& scenario_;
    const Secret password_{"ClueCon"};
    ExchangeTracker tracker_{freeswitch_office(), "FR", ExchangeTracker::Settings{}};
    FreeswitchSignals signals_{[this](const ExchangeSignal& signal) { on_signal(signal); }};
    std::vector<Event> events_;
    FreeswitchPlay play_;
    EslReader reader_;
    Time now_;
    EslSession session_;
};

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " or ") + word;
    return text;
}

/// Whether the event names the parties that the phone was shown.
std::string wrong_parties(const PhoneHappening& happening, const LineData& data) {
    if (happening.event == "registered") return {};
    const bool called_out = !happening.dialled.empty();
    const std::string& own = called_out ? data.calling : data.called;
    const std::string& far = called_out ? data.called : data.calling;
    if (own != happening.line) return fmt::format("its own number is {}", own);
    if (called_out && data.dialed != happening.dialled) return fmt::format("dialled {}", data.dialed);
    if (std::find(happening.far.begin(), happening.far.end(), far) == happening.far.end())
        return fmt::format("the other is {}, not {}", far, join(happening.far));
    return {};
}

std::string queue_number(const std::string& queue) {
    return std::map<std::string, std::string>{{"support@default", "0033972000003"},
                                              {"sales@default", "0033972000004"},
                                              {"ringall@default", "0033972000005"}}
        .emplace(queue, queue)
        .first->second;
}

}  // namespace

std::string freeswitch_bytes(const std::string& name) {
    const std::string path = (kFolder / (name + ".esl.gz")).string();
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error("cannot open " + path);
    std::string bytes, part(1 << 16, '\0');
    for (int count = 0; (count = gzread(file, part.data(), static_cast<unsigned>(part.size()))) > 0;)
        bytes.append(part, 0, static_cast<std::size_t>(count));
    gzclose(file);
    return bytes;
}

std::vector<std::string> freeswitch_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder))
        if (const auto name = entry.path().filename().string(); name.ends_with(".truth.json"))
            names.push_back(name.substr(0, name.size() - 11));
    std::sort(names.begin(), names.end());
    return names;
}

FreeswitchScenario load_freeswitch(const std::string& name) {
    FreeswitchScenario scenario;
    scenario.name = name;
    scenario.bytes = freeswitch_bytes(name);
    std::ifstream in(kFolder / (name + ".esl.chunks.tsv"));
    for (FreeswitchScenario::Chunk chunk; in >> chunk.offset >> chunk.at;) scenario.chunks.push_back(chunk);
    read_truth(scenario);
    read_queue_events(scenario);
    return scenario;
}

std::shared_ptr<const Directory> freeswitch_office() {
    std::vector<Service> services;
    for (char phone = '1'; phone <= '5'; ++phone)
        services.push_back(service(std::string("003397200001") + phone, ServiceType::sip_line,
                                   std::string("29500") + phone, {std::string("100") + phone}));
    services.push_back(service("0033972000002", ServiceType::cloud_hunting, "295010", {}));
    services.push_back(
        service("0033972000003", ServiceType::easy_hunting, "295011", {"support@default", "7001"}));
    services.push_back(
        service("0033972000004", ServiceType::easy_hunting, "295012", {"sales@default", "7002"}));
    services.push_back(
        service("0033972000005", ServiceType::easy_hunting, "295013", {"ringall@default", "7003"}));
    return std::make_shared<Directory>(std::vector<Account>{{"office", "Office"}}, std::move(services));
}

FreeswitchPlay play(const FreeswitchScenario& scenario, std::size_t piece) {
    Conversation conversation(scenario);
    conversation.receive("Content-Type: auth/request\n\n");
    conversation.receive("Content-Type: command/reply\nReply-Text: +OK accepted\n\n");
    for (std::size_t i = 0; i < scenario.chunks.size(); ++i) {
        const auto& chunk = scenario.chunks[i];
        const std::size_t end =
            i + 1 < scenario.chunks.size() ? scenario.chunks[i + 1].offset : scenario.bytes.size();
        conversation.pass_to(chunk.at);
        std::string_view bytes = std::string_view(scenario.bytes).substr(chunk.offset, end - chunk.offset);
        while (!bytes.empty()) {
            const std::size_t count = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
            conversation.receive(bytes.substr(0, count));
            bytes.remove_prefix(count);
        }
    }
    conversation.pass_to(conversation.at() + 60);
    return conversation.finish();
}

std::vector<std::string> line_differences(const FreeswitchScenario& scenario,
                                          const std::vector<FreeswitchTold>& told, double tolerance) {
    std::vector<std::string> out;
    std::vector<bool> used(told.size(), false);
    for (const auto& happening : scenario.phones) {
        std::size_t best = told.size();
        double distance = tolerance;
        for (std::size_t i = 0; i < told.size(); ++i) {
            const auto& [at, event] = told[i];
            const auto* data = std::get_if<LineData>(&event.data);
            if (used[i] || event.native || data == nullptr || event.ressource != happening.line ||
                event.name != happening.event ||
                (!happening.call_id.empty() && data->call_id != happening.call_id))
                continue;
            // By the exchange's clock; its bytes were at times kept back for half a second.
            const double ts = static_cast<double>(nanoseconds_since_epoch(data->ts)) / 1e9 - scenario.begun;
            if (std::abs(ts - happening.at) <= distance && at - happening.at < kLatestArrival) {
                best = i;
                distance = std::abs(ts - happening.at);
            }
        }
        if (best == told.size()) {
            if (!happening.optional)
                out.push_back(fmt::format("{:8.3f} {} {} {} is missing", happening.at, happening.line,
                                          happening.event, happening.call_id));
            continue;
        }
        used[best] = true;
        if (const auto wrong = wrong_parties(happening, std::get<LineData>(told[best].event.data));
            !wrong.empty())
            out.push_back(
                fmt::format("{:8.3f} {} {}: {}", happening.at, happening.line, happening.event, wrong));
    }
    for (std::size_t i = 0; i < told.size(); ++i)
        if (const auto* data = std::get_if<LineData>(&told[i].event.data);
            data != nullptr && !used[i] && !told[i].event.native)
            out.push_back(fmt::format("{:8.3f} {} {} {} should not be", told[i].at, told[i].event.ressource,
                                      told[i].event.name, data->call_id));
    return out;
}

std::vector<std::string> queue_differences(const FreeswitchScenario& scenario,
                                           const std::vector<FreeswitchTold>& told) {
    std::vector<std::string> out;
    std::vector<const Event*> queue_events;
    for (const auto& one : told)
        if (one.event.protocol == Protocol::queues && !one.event.native) queue_events.push_back(&one.event);
    std::size_t next = 0;
    for (const auto& happening : scenario.queues) {
        // A question is no event; an agent without a phone is of no line, and without a tier of no queue.
        if (happening.action.ends_with("-get") || happening.action == "agent-add") continue;
        if (next == queue_events.size()) {
            out.push_back(
                fmt::format("{} of {} {} is missing", happening.action, happening.queue, happening.agent));
            continue;
        }
        const Event& event = *queue_events[next++];
        const auto& data = std::get<QueueData>(event.data);
        const auto expect = [&](const char* name, const std::string& value) {
            if (data.get(name) != value)
                out.push_back(fmt::format("{} of {}: {} is \"{}\", not \"{}\"", happening.action,
                                          happening.queue, name, data.get(name), value));
        };
        expect("Action", happening.action);
        if (!happening.queue.empty()) {
            expect("Queue", queue_number(happening.queue));
            if (event.ressource != queue_number(happening.queue)) out.push_back("told of " + event.ressource);
        }
        expect("QueueMemberUUID", happening.member);
        if (!happening.caller.empty()) expect("Calling", party(happening.caller));
    }
    for (; next < queue_events.size(); ++next)
        out.push_back(fmt::format("{} should not be", queue_events[next]->name));
    return out;
}

}  // namespace callboard::replay
