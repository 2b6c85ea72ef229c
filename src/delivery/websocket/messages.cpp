#include "delivery/websocket/messages.hpp"

#include "base/text.hpp"
#include "delivery/websocket/compression.hpp"
#include "delivery/websocket/frame.hpp"

namespace callboard::websocket {

void append_event(std::string& out, const Told& event, bool compressed) {
    const Encoded& encoded = event.encoded();
    if (compressed) {
        const std::string payload =
            deflated(std::string(encoded.v2_before).append(*event.token).append(encoded.v2_after));
        append_head(out, Opcode::text, payload.size(), true);
        out += payload;
        return;
    }
    append_head(out, Opcode::text, encoded.v2_before.size() + event.token->size() + encoded.v2_after.size());
    out.append(encoded.v2_before).append(*event.token).append(encoded.v2_after);
}

void append_ping(std::string& out, Sequence place) { append_frame(out, Opcode::ping, std::to_string(place)); }

std::optional<Sequence> acknowledged(std::string_view pong) { return number_in<Sequence>(pong); }

std::string events_with_pings(std::span<const Told> all, bool compressed) {
    std::string out;
    std::size_t since = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        append_event(out, all[i], compressed);
        const Sequence place = all[i].event->record.sequence;
        const bool event_complete = i + 1 == all.size() || all[i + 1].event->record.sequence != place;
        if (++since < kEventsPerPing || !event_complete) continue;
        append_ping(out, place);
        since = 0;
    }
    return out;
}

}  // namespace callboard::websocket
