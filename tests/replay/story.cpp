#include "story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "core/sip_tracker.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/sip_scanner.hpp"

namespace callboard::replay {
namespace {

const std::filesystem::path kTraces = std::filesystem::path(CALLBOARD_SOURCE_DIR) / "tests/traces";

constexpr Duration kTick = std::chrono::milliseconds(100);

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Turns the words of the truth into events of one line. The phones' marks say what a person saw; a line can
/// be in several calls, so the counts matter, not one state.
class LineTruth {
  public:
    LineTruth(std::string line, std::vector<Happening>& out) : line_(std::move(line)), out_(out) {}

    void hear(double at, std::string_view words) {
        const bool log = words.starts_with("[device log");
        source_ = log ? std::string(words.substr(0, words.find(']'))) : "phone";
        if (has(words, "unregistered") || has(words, "has lapsed") || has(words, "registration is for"))
            return;
        if (!log && (words.starts_with("registered") || words.starts_with("registration refreshed")))
            return tell(at, "registered");
        if (has(words, "puts ") && has(words, " hold")) return hold(at, true);
        if (words.starts_with("resumes")) return hold(at, false);
        if (has(words, "never rings") || has(words, "does not ring")) return;
        if (has(words, "starts ringing") || has(words, "signals a waiting call") ||
            has(words, "hears ringback") || has(words, "hears early media") ||
            has(words, "hears an announcement") || has(words, "is ringing / far end rings"))
            return ring(at);
        if (words.starts_with("picks up") || has(words, "device picks up") || has(words, "in conversation") ||
            has(words, "PBX answers") || has(words, "call established"))
            return answer(at);
        if (has(words, "ringing stops") || has(words, "stops ringing") || has(words, "gives up") ||
            has(words, "hears busy"))
            return stop(at);
        if (has(words, "call over") || has(words, "hangs up") || has(words, "old call") ||
            has(words, "call failed"))
            return end(at);
    }

  private:
    struct Mark {
        double at = -1000;
        std::string source;
    };

    /// A phone's log and the phone's mark tell the same thing within moments; its log tells two calls apart.
    bool is_repeat(double at, const std::string& event) {
        const Mark& last = last_[event];
        const bool two_calls = source_ != "phone" && last.source != "phone" && source_ != last.source;
        return at - last.at < 0.12 && !two_calls;
    }
    void tell(double at, const std::string& event) {
        last_[event] = {at, source_};
        out_.push_back({at, line_, event});
    }
    void ring(double at) {
        if (is_repeat(at, "start_ringing") || (ringing_ > 0 && at - last_["start_ringing"].at < 3)) return;
        ++ringing_;
        tell(at, "start_ringing");
    }
    void answer(double at) {
        if (is_repeat(at, "start_calling")) return;
        if (ringing_ > 0) {
            --ringing_;
            // What began before the recording cannot be known to end.
            if (last_["start_ringing"].at >= 0) tell(at, "end_ringing");
        }
        ++calling_;
        tell(at, "start_calling");
    }
    void stop(double at) {
        if (ringing_ == 0) return;
        --ringing_;
        tell(at, "end_ringing");
    }
    void end(double at) {
        if (is_repeat(at, "end_calling")) return;
        if (calling_ == 0) {
            if (!is_repeat(at, "end_ringing")) stop(at);
            return;
        }
        if (held_ && calling_ == 1) hold(at, false);
        --calling_;
        if (last_["start_calling"].at >= 0) tell(at, "end_calling");
    }
    void hold(double at, bool held) {
        held_ = held;
        tell(at, held ? "start_hold" : "end_hold");
    }

    std::string line_;
    std::vector<Happening>& out_;
    std::string source_;
    std::map<std::string, Mark> last_;
    int ringing_ = 0;
    int calling_ = 0;
    bool held_ = false;
};

std::string number_of(std::string extension) {
    if (extension.ends_with('b')) extension.pop_back();
    static const std::regex kLine("10[1-8]|20[1-3]");
    return std::regex_match(extension, kLine) ? "0033123456" + extension : "";
}

void read_truth(const std::filesystem::path& path, Scenario& scenario) {
    std::ifstream in(path);
    std::string text;
    std::getline(in, text);
    scenario.begun = std::stod(text.substr(text.find("t0 = ") + 5));
    std::map<std::string, LineTruth> lines;
    while (std::getline(in, text)) {
        std::istringstream columns(text);
        std::string at, line, words;
        std::getline(columns, at, '\t');
        std::getline(columns, line, '\t');
        std::getline(columns, words);
        const std::string number = number_of(line);
        if (number.empty()) continue;
        auto [truth, fresh] = lines.try_emplace(number, number, scenario.truth);
        truth->second.hear(std::stod(at), words);
    }
}

}  // namespace

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kTraces))
        if (entry.path().extension() == ".hep") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

Scenario load(const std::string& name) {
    Scenario scenario;
    scenario.name = name;
    auto packets = read_recording((kTraces / (name + ".hep")).string());
    if (!packets) throw std::runtime_error(packets.error().what);
    scenario.packets = *std::move(packets);
    read_truth(kTraces / (name + ".truth.tsv"), scenario);
    return scenario;
}

std::shared_ptr<const Directory> office() {
    std::vector<Service> services;
    const auto add = [&services](const std::string& extension, const std::string& number, ServiceType type) {
        Service service;
        service.account = "office";
        service.number = number;
        service.description = extension;
        service.type = type;
        service.aliases = {extension};
        services.push_back(std::move(service));
    };
    for (int extension : {101, 102, 103, 104, 105, 106, 107, 108, 201, 202, 203})
        add(std::to_string(extension), "0033123456" + std::to_string(extension), ServiceType::sip_line);
    for (int queue = 0; queue < 5; ++queue)
        add(std::to_string(8001 + queue), "003312345680" + std::to_string(queue), ServiceType::easy_hunting);
    add("8010", "0033123456810", ServiceType::cloud_hunting);
    return std::make_shared<Directory>(std::vector<Account>{{"office", "Office"}}, std::move(services));
}

std::vector<Told> play(const std::vector<RecordedPacket>& packets, double begun, Duration patience) {
    SipTracker tracker(office(), "FR", SipTracker::Settings{});
    std::vector<Told> told;
    std::vector<Event> events;
    Time now{};
    const auto collect = [&] {
        for (auto& event : events)
            told.push_back(
                {static_cast<double>(nanoseconds_since_epoch(now)) / 1e9 - begun, std::move(event)});
        events.clear();
    };
    HepPacket hep;
    SipMessage message;
    for (const auto& packet : packets) {
        for (; now != Time{} && now + kTick < packet.received; now += kTick) {
            tracker.on_time(now, events);
            collect();
        }
        now = std::max(now, packet.received);
        tracker.on_time(now, events);
        if (decode_hep(packet.bytes, hep) == HepVerdict::ok && hep.payload_type == hep_payload::sip) {
            message.captured = hep.captured.value_or(now);
            message.collected = now;
            message.source = hep.source;
            message.destination = hep.destination;
            message.capture_id = hep.capture_id;
            message.correlation = hep.correlation;
            if (scan_sip(hep.payload, message) == SipVerdict::ok) tracker.on_message(message, events);
        }
        collect();
    }
    for (const Time end = now + patience; now < end; now += kTick) {
        tracker.on_time(now, events);
        collect();
    }
    return told;
}

std::vector<std::string> differences(const std::vector<Happening>& truth, const std::vector<Told>& told,
                                     double tolerance) {
    std::vector<std::string> out;
    std::vector<bool> used(told.size(), false);
    for (const auto& happening : truth) {
        if (happening.at < 0) continue;
        std::size_t best = told.size();
        double distance = tolerance;
        for (std::size_t i = 0; i < told.size(); ++i) {
            const auto& [at, event] = told[i];
            if (used[i] || event.native || event.ressource != happening.line || event.name != happening.event)
                continue;
            if (std::abs(at - happening.at) <= distance) {
                best = i;
                distance = std::abs(at - happening.at);
                if (at > happening.at) break;
            }
        }
        if (best == told.size())
            out.push_back(
                fmt::format("{:8.3f} {} {} is missing", happening.at, happening.line, happening.event));
        else
            used[best] = true;
    }
    for (std::size_t i = 0; i < told.size(); ++i)
        if (!used[i] && !told[i].event.native)
            out.push_back(fmt::format("{:8.3f} {} {} should not be", told[i].at, told[i].event.ressource,
                                      told[i].event.name));
    return out;
}

}  // namespace callboard::replay
