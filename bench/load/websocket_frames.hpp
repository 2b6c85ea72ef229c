#pragma once

#include "common.hpp"

namespace bench {

/// Calls `handle(opcode, payload)` for each whole frame that a server sent (RFC 6455 §5.2), and returns how
/// many bytes those took.
template <class F>
std::size_t take_frames(sv in, F&& handle) {
    std::size_t at = 0;
    for (;;) {
        const sv frame = in.substr(at);
        if (frame.size() < 2) return at;
        const auto byte = [&frame](std::size_t i) { return u64(static_cast<unsigned char>(frame[i])); };
        u64 length = byte(1) & 127;
        std::size_t head = 2;
        if (length >= 126) {
            head = length == 126 ? 4 : 10;
            if (frame.size() < head) return at;
            length = 0;
            for (std::size_t i = 2; i < head; ++i) length = length << 8 | byte(i);
        }
        if (frame.size() - head < length) return at;
        handle(byte(0) & 15, frame.substr(head, length));
        at += head + length;
    }
}

/// The answer to a ping, masked with zeros (§5.5.3); its payload is shorter than 126 bytes.
inline std::string pong_to(sv payload) {
    return std::string("\x8a") + char(0x80 | payload.size()) + std::string(4, '\0') + std::string(payload);
}

}  // namespace bench
