#pragma once

#include <cstddef>

#include "event/event.hpp"

namespace callboard::bench {

/// What a tracker tells of a call, the `number`-th of many.
Event sample_event(std::size_t number);

}  // namespace callboard::bench
