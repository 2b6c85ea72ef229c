#include "asterisk_story.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "core/exchange_tracker.hpp"
#include "sources/asterisk/ami_stream.hpp"
#include "sources/asterisk/asterisk_normaliser.hpp"

namespace callboard::replay {
namespace {

const std::filesystem::path kTraces = std::filesystem::path(CALLBOARD_SOURCE_DIR) / "tests/traces";
constexpr Duration kTick = std::chrono::milliseconds(100);

/// Turns frames of a recording into news.
class Reader {
  public:
    explicit Reader(std::vector<AmiNews>& out) : out_(out) {}

    void take(const AmiFrame& frame, Time at) {
        const std::string_view event = frame.event();
        if (frame.get("Message") == "Authentication accepted" && std::exchange(met_, true))
            out_.push_back({AmiNews::Kind::snapshot_ends, {}, at, "gone"});
        if (frame.get("Message") == "Channels will follow")
            out_.push_back({AmiNews::Kind::snapshot_begins, {}, at, {}});
        if (frame.has("Response")) return;
        if (event == "ContactListComplete") out_.push_back({AmiNews::Kind::snapshot_ends, {}, at, {}});
        const bool listed = frame.has("ActionID");
        out_.push_back({listed ? AmiNews::Kind::listed : AmiNews::Kind::event, frame, at, {}});
    }

  private:
    std::vector<AmiNews>& out_;
    bool met_ = false;
};

}  // namespace

std::vector<AmiRead> load_ami(const std::string& name) {
    std::ifstream file(kTraces / (name + ".ami"), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::ifstream index(kTraces / (name + ".ami.idx"));
    std::vector<AmiRead> reads;
    std::int64_t at = 0;
    std::size_t offset = 0, length = 0;
    while (index >> at >> offset >> length) {
        if (offset + length > bytes.size())
            throw std::runtime_error(name + ".ami is shorter than its index says");
        reads.push_back({time_from_nanoseconds(at), bytes.substr(offset, length)});
    }
    if (reads.empty()) throw std::runtime_error(name + ".ami.idx cannot be read");
    return reads;
}

std::vector<std::string> ami_scenario_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kTraces))
        if (entry.path().extension() == ".ami") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::shared_ptr<const Directory> asterisk_office() {
    static const std::map<std::string, std::string> kQueues = {{"8001", "sales"}, {"8002", "support"},
                                                               {"8003", "dyn"},   {"8004", "localq"},
                                                               {"8005", "autop"}, {"8010", "viakam"}};
    const auto plain = office();
    std::vector<Service> services = plain->services();
    for (auto& service : services)
        if (const auto queue = kQueues.find(service.description); queue != kQueues.end())
            service.aliases.push_back(queue->second);
    return std::make_shared<Directory>(plain->accounts(), std::move(services));
}

std::vector<AmiNews> news_of(const std::vector<AmiRead>& reads) {
    std::vector<AmiNews> news;
    Reader reader(news);
    AmiStream stream;
    AmiFrame frame;
    for (const auto& read : reads) {
        stream.feed(read.bytes);
        while (stream.next(frame)) reader.take(frame, read.at);
    }
    return news;
}

std::vector<Told> play_ami(const std::vector<AmiNews>& news, double begun, Duration patience) {
    const auto directory = asterisk_office();
    ExchangeTracker tracker(directory, "FR", {});
    AsteriskNormaliser normaliser(
        [&](std::string_view name) { return directory->by_alias(name) != nullptr; });
    std::vector<ExchangeSignal> signals;
    std::vector<Event> events;
    std::vector<Told> told;
    Time now{};
    const auto collect = [&] {
        for (const auto& signal : signals) tracker.on_signal(signal, events);
        signals.clear();
        for (auto& event : events)
            told.push_back(
                {static_cast<double>(nanoseconds_since_epoch(now)) / 1e9 - begun, std::move(event)});
        events.clear();
    };
    const auto pass = [&](Time until) {
        for (; now != Time{} && now + kTick < until; now += kTick) {
            normaliser.on_time(now, signals);
            collect();
            tracker.on_time(now, events);
            collect();
        }
        now = std::max(now, until);
    };
    for (const auto& one : news) {
        pass(one.collected);
        if (one.kind == AmiNews::Kind::snapshot_ends && one.failure == "gone")
            normaliser.on_gone(now, signals);
        else
            normaliser.take(one, signals);
        collect();
    }
    pass(now + patience);
    return told;
}

}  // namespace callboard::replay
