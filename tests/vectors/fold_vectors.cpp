// Prints every recording's events, one a line as `/api/events` tells it, with what `/api/snapshot` says after
// it: what the page's own fold has to agree with. `{"recording":NAME}` begins each.
#include <fmt/format.h>

#include <algorithm>

#include "api/snapshot.hpp"
#include "asterisk_story.hpp"
#include "event/json.hpp"
#include "freeswitch_story.hpp"
#include "story.hpp"

namespace {

using namespace callboard;

/// The server's way of an event, from the tracker to the state, without the journal.
class Board {
  public:
    explicit Board(std::shared_ptr<const Directory> directory) : directory_(std::move(directory)) {}

    void tell(double seconds, const Event& event) {
        const Service* service = directory_->by_number(event.ressource);
        if (service == nullptr) return;
        last_ = std::max(time_of(seconds), last_ + Duration(1));
        Record record = record_of(event, *service, last_, zone_);
        record.sequence = ++sequence_;
        apply(state_, event, record.sequence, last_, zone_);
        const Encoded encoded = encode(record, zone_);
        Grant all;
        all.account = service->account;
        fmt::print("{{\"event\":{}T{},\"snapshot\":{}}}\n", encoded.v2_before, encoded.v2_after,
                   snapshot_json(state_, *directory_, {}, all, "", last_));
    }

  private:
    static Time time_of(double seconds) {
        return Time(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds)));
    }

    const std::shared_ptr<const Directory> directory_;
    const TimeZone zone_ = TimeZone::utc();
    State state_;
    Time last_{};
    Sequence sequence_ = 0;
};

template <typename Told>
void print(const std::string& name, std::shared_ptr<const Directory> directory, double begun,
           const std::vector<Told>& told) {
    fmt::print("{{\"recording\":\"{}\"}}\n", name);
    Board board(std::move(directory));
    for (const auto& [at, event] : told) board.tell(begun + at, event);
}

}  // namespace

int main() {
    for (const auto& name : replay::scenario_names()) {
        const auto scenario = replay::load(name);
        print(name + ".hep", replay::office(), scenario.begun,
              replay::play(scenario.packets, scenario.begun));
    }
    for (const auto& name : replay::freeswitch_names()) {
        const auto scenario = replay::load_freeswitch(name);
        print(name + ".esl", replay::freeswitch_office(), scenario.begun, replay::play(scenario).told);
    }
    for (const auto& name : replay::ami_scenario_names()) {
        const double begun = 1'780'000'000;
        print(name + ".ami", replay::asterisk_office(), begun,
              replay::play_ami(replay::news_of(replay::load_ami(name)), begun));
    }
    return 0;
}
