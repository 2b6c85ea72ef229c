#include <spdlog/spdlog.h>

#include <filesystem>

#include "app/commands.hpp"
#include "app/demo_office.hpp"
#include "app/demo_recordings.hpp"
#include "app/failure.hpp"
#include "app/packet_sender.hpp"
#include "app/player.hpp"
#include "app/recorded_exchange.hpp"
#include "app/signals.hpp"
#include "app/wiring.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLongestGap = std::chrono::seconds(5);
constexpr Duration kBetweenRecordings = std::chrono::seconds(2);

/// Where the demo keeps its data: a place of the user's, or one that goes when this does.
class DemoData {
  public:
    static Result<DemoData> make(const std::string& kept) {
        if (!kept.empty()) return DemoData(kept, false);
        auto made = (fs::temp_directory_path() / "callboard-demo-XXXXXX").string();
        if (::mkdtemp(made.data()) != nullptr) return DemoData(made, true);
        return Error{Error::Kind::unavailable,
                     fmt::format("no temporary directory {}: {}; name a directory with --data", made,
                                 system_error(errno))};
    }
    DemoData(DemoData&& other) noexcept
        : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, false)) {}
    DemoData& operator=(DemoData&&) = delete;
    ~DemoData() {
        std::error_code ignored;
        if (temporary_) fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

  private:
    DemoData(fs::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}
    fs::path path_;
    bool temporary_;
};

Result<std::string> token_of(Installation& installation) {
    if (auto kept = installation.tokens().of_place(kDemoAccount, "")) return kept->text;
    auto made = installation.tokens().create(kDemoAccount, "", std::nullopt);
    if (!made) return made.error();
    return made->text;
}

void say_where(const Installation& installation, const std::string& token) {
    const auto base = "http://" + browsable(installation.http_addresses().front());
    fmt::print("Recorded calls of an office are playing. The page, and the same for a script:\n\n");
    fmt::print("{}/demo/cti#token={}\n", base, token);
    fmt::print("curl '{}/?token={}'\n\n", base, token);
    fmt::print("Ctrl-C ends it.\n");
    std::fflush(stdout);
}

/// Kept data may know calls of an earlier run: those of this one are others.
unsigned first_round(const Clock& clock) {
    return static_cast<unsigned>(nanoseconds_since_epoch(clock.now()) / 60'000'000'000 % 10'000);
}

struct Exchanges {
    std::unique_ptr<RecordedExchange> freeswitch, asterisk;
};

Result<Exchanges> start_exchanges(double speed, const Clock& clock) {
    const auto start = [&](std::string_view name, RecordedExchange::MakeVoice make_voice) {
        return RecordedExchange::start(demo_recording(name), make_voice, clock,
                                       {.speed = speed, .round = first_round(clock)});
    };
    auto freeswitch = start("freeswitch.exchange", freeswitch_voice);
    if (!freeswitch) return freeswitch.error();
    auto asterisk = start("asterisk.exchange", asterisk_voice);
    if (!asterisk) return asterisk.error();
    return Exchanges{*std::move(freeswitch), *std::move(asterisk)};
}

/// Plays every recording of SIP in turn for ever, until told to end.
Result<void> play_office(PacketSender& sender, double speed, const Clock& clock, const Signals& signals) {
    const auto pause = [&](Duration patience) {
        const auto signal = signals.wait(std::chrono::ceil<std::chrono::milliseconds>(patience));
        return !signal || *signal == SIGHUP;
    };
    std::vector<std::vector<RecordedPacket>> office;
    for (const auto& recording : demo_recordings()) {
        if (!recording.name.ends_with(".hep")) continue;
        auto packets = parse_recording(recording.bytes);
        if (!packets)
            return Error{packets.error().kind, std::string(recording.name) + ": " + packets.error().what};
        office.push_back(*std::move(packets));
    }
    const auto between = std::chrono::duration_cast<Duration>(kBetweenRecordings / speed);
    for (unsigned round = first_round(clock);; ++round)
        for (const auto& packets : office) {
            const auto played = play(packets, {speed, kLongestGap}, clock, pause, [&](const auto& packet) {
                return sender.send(replayed(packet.bytes, clock.now(), round));
            });
            if (!played) return played.error();
            if (!*played || !pause(between)) return {};
        }
}

}  // namespace

int demo(const DemoOptions& options) {
    if (auto address = parse_address(options.listen); !address)
        return fail(kWrongUse, "--listen: " + address.error().what);
    const SystemClock clock;
    const Signals signals;
    const auto data = DemoData::make(options.data);
    if (!data) return fail(kNotStarted, data.error().what);
    const auto exchanges = start_exchanges(options.speed, clock);
    if (!exchanges) return fail(kNotStarted, exchanges.error().what);
    auto config = demo_config(options.listen, data->path());
    connect_exchanges(config, exchanges->freeswitch->address(), exchanges->asterisk->address());
    auto installation = Installation::start(config, clock);
    if (!installation)
        return fail(kNotStarted, installation.error().what + " (--listen ADDRESS:PORT, --data DIRECTORY)");
    const auto token = token_of(**installation);
    if (!token) return fail(kNotStarted, token.error().what);
    auto sender = PacketSender::open((*installation)->hep_addresses().front());
    if (!sender) return fail(kNotStarted, sender.error().what);
    say_where(**installation, *token);
    const auto played = play_office(*sender, options.speed, clock, signals);
    (*installation)->stop();
    return played ? kDone : fail(kNotStarted, played.error().what);
}

}  // namespace callboard
