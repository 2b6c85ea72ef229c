#include "core/state.hpp"

#include <algorithm>
#include <array>

#include "core/queue_fold.hpp"

namespace callboard {
namespace {

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

LineStatus status_of(const std::vector<Call>& calls) {
    LineStatus telling = LineStatus::free;
    for (const Call& call : calls)
        if (rank_of(call.status) > rank_of(telling)) telling = call.status;
    return telling;
}

/// One event of one line.
class LineStep {
  public:
    LineStep(State& state, Line& line, const Event& event, const LineData& data, Time timestamp)
        : state_(state),
          line_(line),
          number_(event.ressource),
          source_(event.source),
          data_(data),
          now_(timestamp),
          call_(std::find_if(line.calls.begin(), line.calls.end(),
                             [&data](const Call& call) { return call.call_id == data.call_id; })) {}

    void start_ringing() { up_to_date(); }

    /// The answer of this very call may follow: start_calling takes it up again.
    void end_ringing() {
        if (!known() || call_->status != LineStatus::ringing) return;
        if (state_.rung.size() >= State::kMostRung) state_.rung.pop_front();
        state_.rung.push_back(std::move(*call_));
        line_.calls.erase(call_);
    }

    void start_calling() {
        Call& call = up_to_date();
        if (call.status == LineStatus::ringing) call.status = LineStatus::calling;
        if (!call.answered) call.answered = now_;
    }

    void end_calling() {
        if (known()) line_.calls.erase(call_);
    }

    void start_hold() {
        start_calling();
        call_->status = LineStatus::held;
    }

    void end_hold() {
        if (known() && call_->status == LineStatus::held) call_->status = LineStatus::calling;
    }

  private:
    bool known() const { return call_ != line_.calls.end(); }

    /// The call, made when it is not known, with the parties that are connected now.
    Call& up_to_date() {
        if (!known()) begin();
        Call& call = *call_;
        call.incoming = data_.calling != number_;
        call.calling = data_.calling;
        call.called = data_.called;
        call.dialed = data_.dialed;
        return call;
    }

    void begin() {
        const auto rung = std::find_if(state_.rung.rbegin(), state_.rung.rend(), [this](const Call& ended) {
            return ended.call_id == data_.call_id && ended.line == number_;
        });
        Call call;
        if (rung != state_.rung.rend()) {
            call = std::move(*rung);
            state_.rung.erase(std::next(rung).base());
        } else {
            call.call_id = data_.call_id;
            call.line = number_;
            call.started = now_;
            call.source = source_;
        }
        add(std::move(call));
    }

    /// When there is no room for one more, it takes the place of the call begun first, which has gone on
    /// without an end for longest.
    void add(Call call) {
        auto& calls = line_.calls;
        if (calls.size() < State::kMostCallsOfLine) {
            call_ = calls.insert(calls.end(), std::move(call));
            return;
        }
        call_ = std::min_element(calls.begin(), calls.end(),
                                 [](const Call& a, const Call& b) { return a.started < b.started; });
        *call_ = std::move(call);
    }

    State& state_;
    Line& line_;
    const std::string& number_;
    const std::string& source_;
    const LineData& data_;
    Time now_;
    std::vector<Call>::iterator call_;
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
    if (step != kSteps.end()) (LineStep(state, line, event, data, timestamp).*step->second)();
    if (registered || unregistered) line.registered = registered;
    const LineStatus status = status_of(line.calls);
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
    return status_of(known->second.calls);
}

State told_by(const State& state, const std::function<bool(std::string_view source)>& is_ours) {
    State ours = state;
    const auto is_not_ours = [&](const auto& one) { return !is_ours(one.source); };
    for (auto& [number, line] : ours.lines) std::erase_if(line.calls, is_not_ours);
    for (auto& [number, queue] : ours.queues) std::erase_if(queue.waiting, is_not_ours);
    return ours;
}

const Call* call_of(const State& state, std::string_view line, std::string_view call_id) {
    const auto known = state.lines.find(line);
    if (known == state.lines.end()) return nullptr;
    const auto& calls = known->second.calls;
    const auto found =
        std::find_if(calls.begin(), calls.end(), [&](const Call& call) { return call.call_id == call_id; });
    return found == calls.end() ? nullptr : &*found;
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
