#pragma once

#include <cstddef>
#include <memory>

#include "event/directory.hpp"

namespace callboard::bench {

/// `count` lines of one account: the first of the numbers that SipCalls uses.
std::shared_ptr<const Directory> lines(std::size_t count);

}  // namespace callboard::bench
