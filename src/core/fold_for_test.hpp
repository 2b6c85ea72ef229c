#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "core/state.hpp"

namespace callboard::test {

inline const TimeZone& paris() {
    static const TimeZone zone = *TimeZone::named("Europe/Paris");
    return zone;
}

inline constexpr const char* kAlice = "0033972000001";
inline constexpr const char* kBob = "0033972000002";
inline constexpr const char* kSupport = "0033972000009";

/// 2026-05-28 12:00 in Paris, on a day like any other.
inline constexpr Time kNoon = time_from_nanoseconds(1'779'962'400'000'000'000);

/// An event of a line in the call `call_id`, from `calling` to `called`.
inline Event line_event(std::string_view name, std::string line, std::string call_id,
                        std::string calling = "0033612345678", std::string called = kAlice) {
    LineData data;
    data.billing = line;
    data.call_id = std::move(call_id);
    data.calling = std::move(calling);
    data.called = data.dialed = std::move(called);
    Event event;
    event.name = name;
    event.ressource = std::move(line);
    event.data = std::move(data);
    return event;
}

using Members = std::initializer_list<std::pair<const char*, const char*>>;

/// An event of a queue with these members beside the usual ones.
inline Event queue_event(std::string_view name, Members members, std::string queue = kSupport) {
    QueueData data;
    data.set("Action", std::string(name));
    data.set("Queue", queue);
    for (const auto& [key, value] : members) data.set(key, value);
    Event event;
    event.name = name;
    event.protocol = Protocol::queues;
    event.ressource = std::move(queue);
    event.data = std::move(data);
    return event;
}

/// Folds one event after the other; time passes by hand.
class Fold {
  public:
    explicit Fold(Time now = kNoon) : now_(now) {}

    State& tell(const Event& event) {
        apply(state, event, ++sequence_, now_, paris());
        return state;
    }
    void pass(Duration time) { now_ += time; }
    Time now() const { return now_; }

    State state;

  private:
    Time now_;
    Sequence sequence_ = 0;
};

}  // namespace callboard::test
