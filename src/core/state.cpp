#include "core/state.hpp"

#include <algorithm>
#include <array>

#include "core/queue_fold.hpp"

namespace callboard {
namespace {

using CallKey = std::pair<std::string_view, std::string_view>;

/// How telling a status is among the calls of one line.
int rank_of(LineStatus status) {
    switch (status) {
        case LineStatus::ringing:
            return 3;
        case LineStatus::calling:
            return 2;
        case LineStatus::held:
            return 1;
        case LineStatus::free:
        case LineStatus::unknown:
            return 0;
    }
    return 0;
}

/// The calls of one line: they stand together in the map.
std::pair<Calls::iterator, Calls::iterator> calls_of(State& state, std::string_view line) {
    const auto first = state.calls.lower_bound(CallKey{line, {}});
    auto last = first;
    while (last != state.calls.end() && last->first.first == line) ++last;
    return {first, last};
}

/// Makes room for one more: the call begun first has gone on without an end for longest.
void limit_calls(State& state, std::string_view line) {
    const auto [first, last] = calls_of(state, line);
    if (static_cast<std::size_t>(std::distance(first, last)) < State::kMostCallsOfLine) return;
    state.calls.erase(std::min_element(
        first, last, [](const auto& a, const auto& b) { return a.second.started < b.second.started; }));
}

/// One event of one line.
class LineStep {
  public:
    LineStep(State& state, const std::string& line, const LineData& data, Time timestamp)
        : state_(state),
          line_(line),
          data_(data),
          now_(timestamp),
          call_(state.calls.find(CallKey{line, data.call_id})) {}

    void start_ringing() { up_to_date(); }

    /// The answer of this very call may follow: start_calling takes it up again.
    void end_ringing() {
        if (!known() || call_->second.status != LineStatus::ringing) return;
        if (state_.rung.size() >= State::kMostRung) state_.rung.pop_front();
        state_.rung.push_back(std::move(call_->second));
        state_.calls.erase(call_);
    }

    void start_calling() {
        Call& call = up_to_date();
        if (call.status == LineStatus::ringing) call.status = LineStatus::calling;
        if (!call.answered) call.answered = now_;
    }

    void end_calling() {
        if (known()) state_.calls.erase(call_);
    }

    void start_hold() {
        start_calling();
        call_->second.status = LineStatus::held;
    }

    void end_hold() {
        if (known() && call_->second.status == LineStatus::held) call_->second.status = LineStatus::calling;
    }

  private:
    bool known() const { return call_ != state_.calls.end(); }

    /// The call, made when it is not known, with the parties that are connected now.
    Call& up_to_date() {
        if (!known()) begin();
        Call& call = call_->second;
        call.incoming = data_.calling != line_;
        call.calling = data_.calling;
        call.called = data_.called;
        call.dialed = data_.dialed;
        return call;
    }

    void begin() {
        limit_calls(state_, line_);
        Call call;
        const auto rung = std::find_if(state_.rung.rbegin(), state_.rung.rend(), [this](const Call& ended) {
            return ended.call_id == data_.call_id && ended.line == line_;
        });
        if (rung != state_.rung.rend()) {
            call = std::move(*rung);
            state_.rung.erase(std::next(rung).base());
        } else {
            call.call_id = data_.call_id;
            call.line = line_;
            call.started = now_;
        }
        call_ = state_.calls.emplace(std::pair(line_, data_.call_id), std::move(call)).first;
    }

    State& state_;
    const std::string& line_;
    const LineData& data_;
    Time now_;
    Calls::iterator call_;
};

using Step = void (LineStep::*)();
constexpr std::array<std::pair<std::string_view, Step>, 6> kSteps = {{
    {event_name::start_ringing, &LineStep::start_ringing},
    {event_name::end_ringing, &LineStep::end_ringing},
    {event_name::start_calling, &LineStep::start_calling},
    {event_name::end_calling, &LineStep::end_calling},
    {event_name::start_hold, &LineStep::start_hold},
    {event_name::end_hold, &LineStep::end_hold},
}};

void apply_line(State& state, const Event& event, const LineData& data, Time timestamp) {
    const auto* step = std::find_if(kSteps.begin(), kSteps.end(),
                                    [&](const auto& known) { return known.first == event.name; });
    const bool registered = event.name == event_name::registered;
    const bool unregistered = event.name == event_name::unregistered;
    if (step == kSteps.end() && !registered && !unregistered && event.name != event_name::call_failed) return;
    Line& line = state.lines[event.ressource];
    line.known = true;
    if (step != kSteps.end()) (LineStep(state, event.ressource, data, timestamp).*step->second)();
    if (registered || unregistered) line.registered = registered;
    const LineStatus status = status_of(state, event.ressource);
    if (status == line.status) return;
    line.status = status;
    line.since = timestamp;
}

}  // namespace

std::string_view text_of(LineStatus status) {
    switch (status) {
        case LineStatus::unknown:
            return "unknown";
        case LineStatus::free:
            return "free";
        case LineStatus::ringing:
            return "ringing";
        case LineStatus::calling:
            return "calling";
        case LineStatus::held:
            return "held";
    }
    return "unknown";
}

LineStatus status_of(const State& state, std::string_view line) {
    const auto known = state.lines.find(line);
    if (known == state.lines.end() || !known->second.known) return LineStatus::unknown;
    LineStatus telling = LineStatus::free;
    for (auto call = state.calls.lower_bound(CallKey{line, {}});
         call != state.calls.end() && call->first.first == line; ++call)
        if (rank_of(call->second.status) > rank_of(telling)) telling = call->second.status;
    return telling;
}

void at(State& state, Time now, const TimeZone& zone) {
    if (now < state.day_end) return;
    state.day_begin = zone.midnight(now);
    // Days have 23 to 25 hours: this is in the next one in any case.
    state.day_end = zone.midnight(state.day_begin + std::chrono::hours(26));
    for (auto& [number, queue] : state.queues)
        restart_counters(queue, std::max(state.began, state.day_begin));
}

void apply(State& state, const Event& event, Sequence sequence, Time timestamp, const TimeZone& zone) {
    if (state.began == Time{}) state.began = timestamp;
    at(state, timestamp, zone);
    state.sequence = sequence;
    if (const auto* line = std::get_if<LineData>(&event.data))
        apply_line(state, event, *line, timestamp);
    else
        apply_queue(state, event, std::get<QueueData>(event.data), timestamp);
}

}  // namespace callboard
