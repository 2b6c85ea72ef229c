// What a FreeSWITCH, or something that pretends to be one, sends: through frames, events, the session and the
// tracker, in pieces. Before every conversation the password is accepted, so that the fuzzer need not find
// the way in.
#include <optional>
#include <string>
#include <vector>

#include "core/exchange_tracker.hpp"
#include "fuzz.hpp"
#include "sources/freeswitch/esl_session.hpp"

using namespace callboard;

namespace {

std::shared_ptr<const Directory> office() {
    static const auto kOffice = [] {
        std::vector<Service> services(3);
        services[0].number = "0033972000011";
        services[0].aliases = {"1001"};
        services[1].number = "0033972000012";
        services[1].aliases = {"1002"};
        services[2].number = "0033972000003";
        services[2].type = ServiceType::easy_hunting;
        services[2].aliases = {"support@default", "7001"};
        return std::make_shared<const Directory>(std::vector<Account>{{"office", "Office"}}, services);
    }();
    return kOffice;
}

class World final : public ExchangeSink {
  public:
    explicit World(Duration limit) : tracker_(office(), "FR", {.longest_call = limit, .most_channels = 50}) {}

    void on_signal(const ExchangeSignal& signal) override {
        tracker_.on_signal(signal, events_);
        fuzz::check(tracker_.channels() <= 50, "channels are bounded");
    }
    void on_pause(Time) override {}

    void receive(std::string_view bytes) {
        if (!reader_.take(bytes)) return;
        while (auto frame = reader_.next()) {
            if (frame->content_type.starts_with("text/event-")) look_at(*frame);
            session_.on_frame(*std::move(frame), now());
        }
        session_.take_output();
        check_events();
    }
    void pass(Duration time) {
        now_ += time;
        session_.on_time(now());
        tracker_.on_time(now_, events_);
        check_events();
    }

  private:
    EslSession::Now now() const { return {now_, EslSession::Steady(now_.time_since_epoch())}; }

    static void look_at(const EslFrame& frame) {
        const auto event = EslEvent::read(frame);
        if (!event) return;
        event->each("", [](std::string_view, const std::string& value) {
            fuzz::check(value.size() <= EslEvent::kLongestValue, "values are bounded");
        });
    }
    void check_events() {
        for (const auto& event : events_) {
            fuzz::check(!event.name.empty(), "an event has a name");
            fuzz::check(office()->by_number(event.ressource) != nullptr, "told of a service of ours");
            if (const auto* line = std::get_if<LineData>(&event.data))
                fuzz::check(!line->calling.empty() && !line->called.empty() &&
                                (!line->call_id.empty() || event.name.ends_with("registered")),
                            "a line event names call and parties");
            else
                fuzz::check(std::get<QueueData>(event.data).get("Action") == event.name,
                            "a queue event is an action");
        }
        events_.clear();
    }

    const Secret password_{"x"};
    ExchangeTracker tracker_;
    FreeswitchSignals signals_{[this](const ExchangeSignal& signal) { on_signal(signal); }};
    std::vector<Event> events_;
    EslReader reader_;
    Time now_{std::chrono::seconds(1'780'000'000)};
    EslSession session_{password_, signals_, *this, now()};
};

constexpr std::string_view kWayIn =
    "Content-Type: auth/request\n\nContent-Type: command/reply\nReply-Text: +OK accepted\n\n"
    "Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n";

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    World world(std::chrono::hours(1));
    // The first byte decides whether the way in is made, and how long the pieces are.
    if (bytes.empty()) return 0;
    const auto choice = static_cast<std::uint8_t>(bytes.front());
    std::string_view rest = bytes.substr(1);
    if (choice % 4 != 0) world.receive(kWayIn);
    std::size_t piece = choice / 4 + 1U;
    while (!rest.empty()) {
        const std::size_t count = std::min(piece, rest.size());
        world.receive(rest.substr(0, count));
        rest.remove_prefix(count);
        piece = piece * 3 % 1009 + 1;
        world.pass(std::chrono::milliseconds(piece));
    }
    for (int hour = 0; hour < 3; ++hour) world.pass(std::chrono::hours(1));
    return 0;
}
