#pragma once

#include <functional>
#include <string>

namespace callboard::oracle {

/// Draws a number from 0 to `bound` - 1.
using Draw = std::function<std::size_t(std::size_t bound)>;

/// Writes a valid SIP message in one of the many forms that RFC 3261 allows: compact and long header names in
/// any case and order, folds and blanks, quoted names with escapes, several Via and Contact, parameters in
/// any order, with and without body. `draw` makes every choice; 0 is always the plainest.
std::string written_message(const Draw& draw);

/// Changes `message` in one to four places: bytes changed, dropped, doubled or moved, pieces of SIP put in,
/// the end cut.
std::string mutated(std::string message, const Draw& draw);

}  // namespace callboard::oracle
