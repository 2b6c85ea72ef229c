#pragma once

#include <string_view>

#include "history/row.hpp"

namespace callboard {

/// What a call that nobody answered came to, read from the reason that its last event gives (`RelevantInfo`):
/// a SIP status line (`486 Busy Here`, RFC 3261 §21), a cause of ITU-T Q.850 (`Q.850;cause=17`, also with a
/// text behind it) or FreeSWITCH's word for one (`USER_BUSY`). `incoming`: as the line sees it. Pure.
///
/// Without a reason the caller gave up: that is a missed call of the line that was called, and an abandoned
/// one of the line that called.
CallOutcome outcome_of_unanswered(std::string_view reason, bool incoming);

/// What a visit to a queue came to that nobody answered, from `QueueCancelReason` (OVH protocol §4.3).
CallOutcome outcome_of_cancelled_visit(std::string_view reason);

}  // namespace callboard
