#pragma once

namespace callboard {

/// Which thread runs first where processors are few. Each is about the calling thread, from now on; where the
/// system refuses, nothing changes.

/// Its work may come later: it gets a tenth of what one that has said nothing gets (nice 10).
void give_way();

/// It works for moments at a time and somebody waits for each: it asks for turns of 0.1 ms, and in exchange
/// interrupts those that ask for longer ones (sched_setattr(2), Linux 6.12; without, a thread that wakes may
/// have to wait for some milliseconds until another's turn is over).
void be_prompt();

}  // namespace callboard
