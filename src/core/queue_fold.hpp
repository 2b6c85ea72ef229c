#pragma once

#include "core/state.hpp"

namespace callboard {

/// The part of apply() that reads queue events (OVH protocol §4). Precondition: `state`'s day is up to date.
void apply_queue(State& state, const Event& event, const QueueData& data, Time timestamp);

/// A new day began at `since`: counters restart, those who wait are offered again.
void restart_counters(Queue& queue, Time since);

}  // namespace callboard
